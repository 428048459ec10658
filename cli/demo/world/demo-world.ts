import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePubkey, type Pubkey } from '../../../core/units.ts';
import { parseKeystore, type Keystore } from '../../../signer/keystore/eip2335.ts';
import type { Output } from '../../output/output.ts';
import { allKeysOpen } from './all-keys-open.ts';
import { Daemon } from './daemon.ts';
import { DemoChain } from './demo-chain.ts';
import { runVerb } from './run-verb.ts';

/** Validators that Vigil signs for. */
const OURS = 8;

/** Until then keys are imported and daemons started; what takes longer only costs the first duties. */
const SECONDS_TO_GENESIS = 8;

/** A chain, a signer with keys of some of its validators, a validator client between them, and a monitor. */
export interface DemoWorld {
  readonly chain: DemoChain;
  readonly signer: Daemon;
  readonly monitor: Daemon;
  readonly monitorDb: string;
  readonly pubkeys: readonly Pubkey[];
  /** The keystore of one of our validators, and its password, as whoever copied it would have them. */
  readonly stolenKey: (validator: number) => Promise<{ keystore: Keystore; password: string }>;
  /** Ends all of it and leaves nothing behind. */
  close(): Promise<void>;
}

/** @throws DEMO_WENT_WRONG when a part of it does not start */
export async function startWorld(output: Output, signal: AbortSignal): Promise<DemoWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'vigil-demo-'));
  const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const each of closers.splice(0).reverse()) await each();
  };
  try {
    const keys = await makeKeys(folder, output, signal);
    const { pubkeys } = keys;
    output.note(`Starting a chain whose genesis is in ${SECONDS_TO_GENESIS} seconds, and a beacon node ...`);
    const genesisTimeSeconds = Math.ceil(Date.now() / 1000) + SECONDS_TO_GENESIS;
    const chain = await DemoChain.start({ pubkeys, genesisTimeSeconds });
    closers.push(() => chain.stop());
    const signer = await startSigner({ ...{ folder, chain, output, signal } });
    closers.push(() => signer.stop());
    await allKeysOpen(signer.url('http'), signal);
    await chain.workWith(signer.url('http'));
    const monitor = await startMonitor({ ...{ folder, chain, output, signal } }, signer);
    closers.push(() => monitor.stop());
    return {
      ...{ chain, signer, monitor, pubkeys, close },
      monitorDb: join(folder, 'monitor', 'monitor.sqlite'),
      stolenKey: keys.stolenKey,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Start {
  readonly folder: string;
  readonly chain: DemoChain;
  readonly output: Output;
  readonly signal: AbortSignal;
}

async function makeKeys(folder: string, output: Output, signal: AbortSignal) {
  output.note(`Making keys of ${OURS} validators ...`);
  const password = randomBytes(16).toString('hex');
  await writeFile(join(folder, 'password.txt'), `${password}\n`, { mode: 0o600 });
  const made = await runVerb(
    [
      ...['keys', 'new', '--random', '--count', `${OURS}`, '--kdf', 'pbkdf2', '--json'],
      ...['--out', join(folder, 'keys'), '--password-file', join(folder, 'password.txt')],
    ],
    signal,
  );
  const { pubkeys } = JSON.parse(made) as { pubkeys: string[] };
  return {
    pubkeys: pubkeys.map((text) => parsePubkey(text, 'pubkey')),
    stolenKey: async (validator: number) => {
      const text = await readFile(join(folder, 'keys', `keystore-${pubkeys[validator] ?? ''}.json`), 'utf8');
      return { keystore: parseKeystore(text, 'keystore'), password };
    },
  };
}

async function startSigner({ folder, chain, output, signal }: Start): Promise<Daemon> {
  const flags = ['--data-dir', join(folder, 'signer'), '--beacon-node', chain.url];
  output.note('Importing the keys, starting the signer ...');
  await mkdir(join(folder, 'signer'), { mode: 0o700 });
  await runVerb(
    [
      ...['keys', 'import', ...flags, '--log-level', 'silent'],
      ...['--keystores', join(folder, 'keys'), '--password-file', join(folder, 'password.txt')],
    ],
    signal,
  );
  // The keys were made a moment ago: nothing is missing from their history, and nobody else can have signed yet.
  const fresh = ['--on-missing-history', 'trust', '--doppelganger-epochs', '0'];
  const listen = ['--http-port', '0', '--metrics-port', '0', '--log-level', 'warn'];
  const portsFile = join(folder, 'signer', 'vigil.ports');
  return Daemon.start({ args: ['signer', ...flags, ...fresh, ...listen], portsFile, signal });
}

async function startMonitor({ folder, chain, output, signal }: Start, signer: Daemon): Promise<Daemon> {
  output.note('Starting the monitor ...');
  const signerUrl = signer.url('http');
  return Daemon.start({
    args: [
      ...['monitor', '--data-dir', join(folder, 'monitor'), '--beacon-node', chain.url],
      ...['--watch', `signer:${signerUrl}`, '--signer-url', signerUrl],
      ...['--signer-token-file', join(folder, 'signer', 'api-token.txt')],
      ...['--monitor-port', '0', '--log-level', 'warn'],
    ],
    portsFile: join(folder, 'monitor', 'monitor.ports'),
    signal,
  });
}
