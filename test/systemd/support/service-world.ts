import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chainSpecFromValues } from '../../../core/chain/config-values.ts';
import type { ChainSpec } from '../../../core/chain/chain-spec.ts';
import { parseRoot } from '../../../core/units.ts';
import { SystemdWorld, VIGIL, type Ran } from './systemd-world.ts';

export const NETWORK = {
  PRESET_BASE: 'minimal',
  CONFIG_NAME: 'vigil-test',
  SECONDS_PER_SLOT: '6',
  GENESIS_FORK_VERSION: '0x00000001',
  ALTAIR_FORK_VERSION: '0x01000001',
  ALTAIR_FORK_EPOCH: '0',
  BELLATRIX_FORK_VERSION: '0x02000001',
  BELLATRIX_FORK_EPOCH: '0',
  CAPELLA_FORK_VERSION: '0x03000001',
  CAPELLA_FORK_EPOCH: '0',
};

export const ROOT = parseRoot(`0x${'42'.repeat(32)}`, 'root');
export const DATA = '/var/lib/vigil';
export const MONITOR_DATA = '/var/lib/vigil-monitor';

/** Vigil as `vigil install systemd` leaves it, under a systemd of its own. */
export class ServiceWorld extends SystemdWorld {
  /** A million epochs old. */
  readonly genesisTimeSeconds = BigInt(Math.floor(Date.now() / 1000)) - 48_000_000n;
  readonly spec: ChainSpec = chainSpecFromValues(NETWORK, {
    genesisTimeSeconds: this.genesisTimeSeconds,
    genesisValidatorsRoot: ROOT,
  });

  static override async start(): Promise<ServiceWorld> {
    const world = new ServiceWorld();
    await world.entered();
    world.ok(...VIGIL, 'install', 'systemd');
    world.write('/etc/vigil/network.yaml', yaml(NETWORK));
    return world;
  }

  write(inside: string, text: string, mode = 0o644): void {
    const path = this.path(inside);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text, { mode });
  }

  /** A configuration of the test beside what the units say, in force at once. */
  dropIn(unit: string, text: string): void {
    this.write(`/run/systemd/system/${unit}.d/test.conf`, text);
    this.ok('systemctl', 'daemon-reload');
  }

  as(user: string, ...verb: readonly string[]): Ran {
    return this.run('setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', ...VIGIL, ...verb);
  }

  /** @returns the output of a verb that must succeed */
  vigil(...verb: readonly string[]): string {
    const { status, stdout, stderr } = this.as('vigil', ...verb, '--data-dir', DATA);
    if (status !== 0) throw new Error(`vigil ${verb.join(' ')} ended with ${status}: ${stderr}`);
    return stdout;
  }

  /** Everything stopped, nothing left of the test before; one key, never used. */
  fresh(settings: Readonly<Record<string, string>> = {}): string {
    this.run('systemctl', 'stop', 'vigil-signer', 'vigil-monitor', 'vigil-backup.timer', 'vigil-backup');
    this.run('systemctl', 'reset-failed');
    for (const unit of ['vigil-signer.service', 'vigil-monitor.service', 'vigil-backup.timer']) {
      rmSync(this.path(`/run/systemd/system/${unit}.d`), { recursive: true, force: true });
    }
    for (const folder of [
      DATA,
      `${DATA}-anchor`,
      MONITOR_DATA,
      '/var/backups/vigil',
      '/etc/vigil/credentials',
      '/run/vigil-test',
    ]) {
      rmSync(this.path(folder), { recursive: true, force: true });
    }
    mkdirSync(this.path('/run/vigil-test'));
    this.ok('systemd-tmpfiles', '--create', '/etc/tmpfiles.d/vigil.conf');
    this.ok('systemctl', 'daemon-reload');
    const network = {
      'network': '/etc/vigil/network.yaml',
      'genesis-validators-root': ROOT,
      'genesis-time': `${this.genesisTimeSeconds}`,
      // A key that was made a second ago signs at once.
      'on-missing-history': 'trust',
    };
    this.write(`${DATA}/vigil.yaml`, yaml({ ...network, ...settings }));
    const made = this.vigil('keys', 'new', '--random', '--kdf', 'pbkdf2', '--json');
    const [pubkey = ''] = (JSON.parse(made) as { pubkeys: string[] }).pubkeys;
    return pubkey;
  }

  /** A request from in there. */
  send(url: string, body?: unknown): { readonly status: number; readonly body: unknown } {
    const script = `const [url, body] = process.argv.slice(1);
      const response = await fetch(url, body === undefined ? {} : { method: 'POST', body, headers: { 'content-type': 'application/json', accept: 'application/json' } });
      console.log(JSON.stringify({ status: response.status, body: await response.json() }));`;
    const [node] = VIGIL;
    const asked = body === undefined ? [] : [JSON.stringify(body)];
    return JSON.parse(this.ok(node, '--input-type=module', '--eval', script, url, ...asked)) as {
      status: number;
      body: unknown;
    };
  }

  sign(pubkey: string, body: unknown): { readonly status: number; readonly body: unknown } {
    return this.send(`http://127.0.0.1:9000/api/v1/eth2/sign/${pubkey}`, body);
  }
}

const yaml = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}: "${value}"\n`)
    .join('');
