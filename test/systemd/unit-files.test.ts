import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { render, UNITS } from '../../cli/install/render-units.ts';
import { unitValues } from '../../cli/install/unit-values.ts';

const PAGE = readFileSync(new URL('../../docs/systemd.md', import.meta.url), 'utf8');
const SERVICES = UNITS.filter((unit) => unit.endsWith('.service'));

/** `systemd-analyze security` counts in tenths. */
const MOST_EXPOSED = 15;

/** The units with this very program in them, in a folder of their own. */
function written(user: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-units-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const values = unitValues({
    user,
    dataDir: null,
    backupDir: null,
    allow: [],
    root: '/opt/vigil',
    node: '/opt/node',
    home: '/home/me',
  });
  // It has to be there to be looked at.
  const here = { ...values, node: process.execPath };
  for (const unit of UNITS) writeFileSync(join(folder, unit), render(unit, here));
  return folder;
}

const analyze = (...args: readonly string[]) =>
  // The manager of a user wants to know where it would live.
  spawnSync('systemd-analyze', args, {
    encoding: 'utf8',
    env: { ...process.env, XDG_RUNTIME_DIR: tmpdir() },
  });

const VERSION = /^systemd (\d+)/.exec(analyze('--version').stdout)?.[1];

test.each([false, true])('systemd understands every line of the units (of a user: %s)', (user) => {
  const folder = written(user);
  const paths = UNITS.map((unit) => join(folder, unit));
  const { status, stdout, stderr } = analyze('verify', '--man=no', ...(user ? ['--user'] : []), ...paths);
  // It tells of other units of this machine too, and ends well whatever it says of a directive.
  const ours = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('vigil'));
  expect(ours).toEqual([]);
  expect(status).toBe(0);
});

test('and says so when it does not', () => {
  const folder = written(false);
  const path = join(folder, 'vigil-signer.service');
  writeFileSync(path, readFileSync(path, 'utf8').replace('MemorySwapMax=', 'MemorySwapMost='));
  expect(analyze('verify', '--man=no', path).stderr).toContain('MemorySwapMost');
});

const pageSays = (unit: string) => PAGE.split(`| \`${unit}\` | `).at(-1)?.split(' ', 1)[0];

interface Finding {
  readonly name: string;
  readonly exposure: string | null;
}

test.each(SERVICES)(
  '%s is exposed no more than the page says, and the page has a reason for all of it',
  (unit) => {
    const path = join(written(false), unit);
    const { status, stdout } = analyze(
      'security',
      '--offline=true',
      `--threshold=${MOST_EXPOSED}`,
      '--no-pager',
      path,
    );
    const exposure = /exposure level for [\w.-]+: ([0-9.]+)/.exec(stdout)?.[1];
    // Another version counts other things.
    if (VERSION === '252') expect(pageSays(unit)).toBe(exposure);
    expect(status).toBe(0);
    const json = analyze('security', '--offline=true', '--json=short', '--no-pager', path).stdout;
    const left = (JSON.parse(json) as Finding[]).filter(({ exposure: of }) => of !== null && of !== '');
    const named = left.map(({ name }) => name.replaceAll('|', '\\|'));
    const unexplained = named.filter((name) => !PAGE.includes(`| \`${name}\` |`));
    expect(unexplained).toEqual([]);
  },
);
