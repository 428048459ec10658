import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { isVigilError } from '../../core/errors.ts';
import { parseUint64 } from '../../core/uint64.ts';
import { epoch, parsePubkey, parseRoot, slot, ZERO_ROOT } from '../../core/units.ts';
import {
  openGuard,
  type Guard,
  type GuardedMessage,
  type OpenGuardOptions,
} from '../../slashing-db/index.ts';
import type { AttestationCheck, BlockCheck, TestCase, TestStep } from './test-case.ts';

export interface Failure {
  /** Index of the step, from 0. */
  readonly step: number;
  readonly what: string;
  readonly expected: string;
  readonly got: string;
}

/** Milliseconds so far ahead that no slot of a test file lies in the future, however large. */
const END_OF_TIME_MS = 1e30;

/**
 * Plays one file of the EIP-3076 suite against the real guard over a new SQLite file. The minimal column
 * (`should_succeed`) has to be met exactly, and nothing may be signed where the complete column forbids it.
 * A file that contains slashable data is imported like any other. A refused import must have changed nothing, so
 * the checks behind it are played too.
 * @param open the storage that it is played over; default: a SQLite file
 * @returns the first deviation, or null
 */
export async function runTestCase(
  testCase: TestCase,
  open: (options: OpenGuardOptions) => Guard | Promise<Guard> = openGuard,
): Promise<Failure | null> {
  const directory = mkdtempSync(join(tmpdir(), 'vigil-interchange-'));
  const spec = specOf(testCase);
  const guard = await open({
    path: join(directory, 'slashing.sqlite'),
    spec,
    clock: new SlotClock(spec, () => END_OF_TIME_MS),
    onMissingHistory: 'trust',
  });
  try {
    for (const [index, step] of testCase.steps.entries()) {
      const failure = await runStep(guard, step);
      if (failure !== null) return { step: index, ...failure };
    }
    return null;
  } finally {
    await guard.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

type Deviation = Omit<Failure, 'step'>;

async function runStep(guard: Guard, step: TestStep): Promise<Deviation | null> {
  const imported = await importInto(guard, step.interchange);
  const expected = step.should_succeed ? 'accepted' : 'refused';
  if ((imported === null) !== step.should_succeed) {
    return { what: 'import', expected, got: imported ?? 'accepted' };
  }
  for (const check of step.blocks) {
    const message = { kind: 'block', slot: slot(parseUint64(check.slot, 'slot')), ...rootOf(check) } as const;
    const deviation = await play(guard, check, message, `block ${check.slot}`);
    if (deviation !== null) return deviation;
  }
  for (const check of step.attestations) {
    const message = {
      kind: 'attestation',
      source: epoch(parseUint64(check.source_epoch, 'source_epoch')),
      target: epoch(parseUint64(check.target_epoch, 'target_epoch')),
      ...rootOf(check),
    } as const;
    const what = `attestation ${check.source_epoch} -> ${check.target_epoch}`;
    const deviation = await play(guard, check, message, what);
    if (deviation !== null) return deviation;
  }
  return null;
}

async function play(
  guard: Guard,
  check: BlockCheck | AttestationCheck,
  message: GuardedMessage,
  what: string,
): Promise<Deviation | null> {
  const pubkey = parsePubkey(check.pubkey, 'pubkey');
  await guard.admitKey(pubkey, false);
  let signatures = 0;
  const outcome = await guard.release(pubkey, message, () => Promise.resolve((signatures += 1)));
  const got = outcome.kind === 'released' ? 'signed' : `refused (${outcome.reason})`;
  const allowed = check.should_succeed && (check.should_succeed_complete ?? true);
  const expected = allowed ? 'signed' : 'refused';
  // The signature is what counts, not what the answer says about it.
  return signatures === (allowed ? 1 : 0) && got.startsWith(expected) ? null : { what, expected, got };
}

/** @returns null when the file was imported, else the error */
async function importInto(guard: Guard, interchange: unknown): Promise<string | null> {
  const bytes = new TextEncoder().encode(JSON.stringify(interchange));
  try {
    await guard.importInterchange(ReadableStream.from([bytes]));
    return null;
  } catch (error) {
    if (isVigilError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
}

const rootOf = ({ signing_root }: BlockCheck | AttestationCheck) => ({
  signingRoot: signing_root === undefined ? ZERO_ROOT : parseRoot(signing_root, 'signing_root'),
});

const specOf = (testCase: TestCase): ChainSpec => ({
  name: 'interchange-tests',
  presetBase: 'mainnet',
  genesisTimeSeconds: 0n,
  genesisValidatorsRoot: parseRoot(testCase.genesis_validators_root, 'genesis_validators_root'),
  slotsPerEpoch: 32n,
  slotDurationMs: 12_000,
  forks: [{ name: 'phase0', version: new Uint8Array(4), epoch: epoch(0n) }],
});
