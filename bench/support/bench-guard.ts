import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import { loadChainSpec } from '../../core/chain/load-chain-spec.ts';
import { epoch, parsePubkey, parseRoot, type Pubkey } from '../../core/units.ts';
import type { AttestationMessage } from '../../slashing-db/message.ts';
import { toOpen, type OpenGuardOptions } from '../../slashing-db/open-guard.ts';
import { openStorage } from '../../slashing-db/open-storage.ts';
import { SlashingGuard } from '../../slashing-db/slashing-guard.ts';
import { SlowStorage } from './slow-storage.ts';

/** A folder on the disk that the benchmark measures: BENCH_DIR, else the system's temporary folder. */
export function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(process.env['BENCH_DIR'] ?? tmpdir(), 'vigil-bench-'));
  return use(folder).finally(() => rmSync(folder, { recursive: true, force: true }));
}

/** The guard as the daemon opens it, anchor included, on mainnet's clock. */
export async function openBenchGuard(folder: string, delayMs = 0): Promise<SlashingGuard> {
  const options = await guardOptions(folder);
  const storage = openStorage(toOpen(options));
  return new SlashingGuard(new SlowStorage(storage, delayMs), options);
}

export async function guardOptions(folder: string): Promise<OpenGuardOptions> {
  const spec = await loadChainSpec('mainnet', {});
  mkdirSync(join(folder, 'data'), { recursive: true });
  return {
    path: join(folder, 'data', 'slashing.sqlite'),
    anchors: [join(folder, 'anchor', 'anchor')],
    spec,
    clock: new SlotClock(spec, Date.now),
    onMissingHistory: 'trust',
  };
}

/** Not points on the curve: the guard itself never looks. */
export const benchKey = (n: number): Pubkey => parsePubkey(`0x${n.toString(16).padStart(96, '0')}`, 'pubkey');

const ROOT = parseRoot(`0x${'5a'.repeat(32)}`, 'root');

export const vote = (target: number): AttestationMessage => ({
  kind: 'attestation',
  source: epoch(BigInt(target - 1)),
  target: epoch(BigInt(target)),
  signingRoot: ROOT,
});
