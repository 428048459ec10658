import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { applyPlan, changesOf } from '../../../../cli/install/apply-plan.ts';
import { MARK, render, UNITS } from '../../../../cli/install/render-units.ts';
import { installPlan, uninstallPlan, type SystemdPlan } from '../../../../cli/install/systemd-plan.ts';
import { RUNTIME_FLAGS, unitValues } from '../../../../cli/install/unit-values.ts';

const WANTED = {
  user: false,
  dataDir: null,
  backupDir: null,
  allow: [],
  root: '/opt/vigil',
  node: '/opt/node/bin/node',
  home: '/home/me',
};
const VALUES = unitValues(WANTED);

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'vigil-install-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const below = (root: string, plan: SystemdPlan): SystemdPlan => ({
  ...plan,
  files: plan.files.map((file) => ({ ...file, path: join(root, file.path) })),
});

const FILES_ONLY = { remove: false, runCommands: false };

it.each([
  [{ dataDir: '/var/lib/my vigil' }, 'BAD_ARGUMENT'],
  [{ dataDir: '/var/lib/%h' }, 'BAD_ARGUMENT'],
  [{ dataDir: '/var/lib/$HOME' }, 'BAD_ARGUMENT'],
  [{ dataDir: '/var/lib/a\nExecStart=/bin/sh' }, 'BAD_ARGUMENT'],
  [{ dataDir: '/var/lib/../../etc' }, 'BAD_ARGUMENT'],
  [{ dataDir: 'vigil' }, 'BAD_ARGUMENT'],
  [{ dataDir: '/' }, 'BAD_ARGUMENT'],
  [{ backupDir: '/var/"x"' }, 'BAD_ARGUMENT'],
  [{ allow: ['example.org'] }, 'BAD_ARGUMENT'],
  [{ allow: ['any'] }, 'BAD_ARGUMENT'],
  [{ allow: ['10.0.0.0/8 any'] }, 'BAD_ARGUMENT'],
  [{ dataDir: '/home/me/vigil' }, 'OUT_OF_REACH'],
  [{ root: '/root/vigil' }, 'OUT_OF_REACH'],
  [{ node: '/tmp/node' }, 'OUT_OF_REACH'],
])('refuses %j with %s', (odd, code) => {
  expect(() => unitValues({ ...WANTED, ...odd })).toThrow(expect.objectContaining({ code, exitCode: 2 }));
});

it('lets a user have everything at home', () => {
  const { dataDir, monitorDir, backupDir, credentials } = unitValues({
    ...WANTED,
    user: true,
    root: '/home/me/vigil',
  });
  expect({ dataDir, monitorDir, backupDir, credentials }).toEqual({
    dataDir: '/home/me/.local/share/vigil',
    monitorDir: '/home/me/.local/share/vigil',
    backupDir: '/home/me/.local/share/vigil-backup',
    credentials: '/home/me/.config/vigil/credentials',
  });
});

it('gives the runtime the flags that the launcher gives it', () => {
  const launcher = readFileSync(new URL('../../../../cli/vigil.js', import.meta.url), 'utf8');
  const flags = /^const FLAGS = \[(.*)\];$/m
    .exec(launcher)?.[1]
    ?.split(', ')
    .map((flag) => flag.slice(1, -1));
  expect(RUNTIME_FLAGS).toEqual(flags);
  expect(flags).toContain('--disable-sigusr1');
  expect(launcher).toContain("MALLOC_ARENA_MAX: '2'");
  expect(render('vigil-signer.service', VALUES)).toContain('Environment=MALLOC_ARENA_MAX=2\n');
});

it.each([...UNITS, 'vigil.sysusers', 'vigil.tmpfiles'])(
  '%s is known again, and no place in it is left open',
  (name) => {
    for (const user of [false, true]) {
      const text = render(name, { ...VALUES, user });
      expect(text.startsWith(MARK)).toBe(true);
      // @system-service and its like are sets of system calls.
      expect(text.match(/@[A-Z_]+@/g)).toBeNull();
      expect(text).not.toMatch(/[ \t]$/m);
    }
  },
);

it('never restarts what was refused for safety', () => {
  for (const unit of ['vigil-signer.service', 'vigil-monitor.service']) {
    expect(render(unit, VALUES)).toMatch(/^RestartPreventExitStatus=2 3$/m);
  }
});

it('lets the signer speak with those who were named', () => {
  const text = render('vigil-signer.service', { ...VALUES, allow: ['10.1.0.0/24', 'fd00::1'] });
  expect(text).toMatch(/^IPAddressDeny=any\nIPAddressAllow=localhost 10\.1\.0\.0\/24 fd00::1$/m);
});

it('leaves nothing in the units of a user that only the system can keep', () => {
  for (const unit of UNITS) {
    const text = render(unit, { ...VALUES, user: true });
    expect(text).not.toMatch(
      /^(User|Group|Protect\w+|Private\w+|IPAddress\w+|ReadWritePaths|NoExecPaths|CapabilityBoundingSet)=/m,
    );
    expect(text).not.toContain('network-online');
    expect(text).not.toContain('multi-user');
  }
});

it('writes, writes nothing twice, and takes away only what it wrote', () => {
  const root = folder();
  const plan = below(root, installPlan(VALUES, '/etc/systemd/system'));
  expect(new Set(applyPlan(plan, FILES_ONLY).values())).toEqual(new Set(['written']));
  expect(new Set(applyPlan(plan, FILES_ONLY).values())).toEqual(new Set(['unchanged']));
  const units = join(root, 'etc/systemd/system');
  expect(readdirSync(units).sort()).toEqual([...UNITS].sort());
  expect(statSync(join(units, 'vigil-signer.service')).mode & 0o777).toBe(0o644);

  mkdirSync(join(units, 'vigil-signer.service.d'));
  writeFileSync(join(units, 'other.service'), '[Service]\n');
  const gone = below(root, uninstallPlan(VALUES, '/etc/systemd/system'));
  expect(new Set(applyPlan(gone, { remove: true, runCommands: false }).values())).toEqual(
    new Set(['removed']),
  );
  expect(readdirSync(units).sort()).toEqual(['other.service', 'vigil-signer.service.d']);
  expect(new Set(applyPlan(gone, { remove: true, runCommands: false }).values())).toEqual(
    new Set(['absent']),
  );
});

it('changes nothing when one of the files is somebody else’s', () => {
  const root = folder();
  const plan = below(root, installPlan(VALUES, '/etc/systemd/system'));
  const units = join(root, 'etc/systemd/system');
  mkdirSync(units, { recursive: true });
  writeFileSync(join(units, 'vigil-monitor.service'), '[Service]\nExecStart=/usr/bin/mine\n');
  for (const remove of [false, true]) {
    expect(() => applyPlan(plan, { remove, runCommands: false })).toThrow(
      expect.objectContaining({ code: 'NOT_OURS' }),
    );
  }
  expect(readdirSync(units)).toEqual(['vigil-monitor.service']);
});

it('looks without touching', () => {
  const root = folder();
  const plan = below(root, installPlan(VALUES, '/etc/systemd/system'));
  expect([...changesOf(plan.files, false).values()].every((change) => change === 'written')).toBe(true);
  expect(existsSync(join(root, 'etc'))).toBe(false);
});

it('says what systemd said when it does not do its part', () => {
  const root = folder();
  const fails = join(root, 'fails');
  writeFileSync(fails, '#!/bin/sh\necho no such bus >&2\nexit 1\n');
  chmodSync(fails, 0o755);
  const plan: SystemdPlan = {
    files: [],
    folders: [],
    before: [{ argv: [fails], mayFail: true }],
    after: [{ argv: [fails], mayFail: false }],
  };
  expect(() => applyPlan(plan, { remove: false, runCommands: true })).toThrow(
    expect.objectContaining({
      code: 'SYSTEMD_FAILED',
      message: expect.stringContaining('no such bus') as string,
    }),
  );
});
