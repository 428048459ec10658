import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openGuard, type Guard, type Outcome } from '../../slashing-db/index.ts';
import type { GuardedMessage } from '../../slashing-db/message.ts';
import type { SlashingGuardOptions } from '../../slashing-db/slashing-guard.ts';
import type { Pubkey } from '../../core/units.ts';
import { endOfTime, SPEC } from './slashing-fixtures.ts';

/** A directory of its own for the running test, removed after it. */
export function tempDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'vigil-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Path of a database that does not exist yet. */
export const tempDatabase = (): string => join(tempDirectory(), 'slashing.sqlite');

export const TRUSTING: SlashingGuardOptions = {
  spec: SPEC,
  clock: endOfTime(),
  onMissingHistory: 'trust',
};

/** The real guard over a real SQLite file; closed after the test at the latest. */
export function openTestGuard(path: string, options: Partial<SlashingGuardOptions> = {}): Guard {
  const guard = openGuard({ ...TRUSTING, ...options, path });
  onTestFinished(() => guard.close());
  return guard;
}

/** The outcome in one word: `released`, or the reason of the refusal. */
export async function verdict(guard: Guard, pubkey: Pubkey, message: GuardedMessage): Promise<string> {
  const outcome: Outcome<string> = await guard.release(pubkey, message, () => Promise.resolve('signature'));
  return outcome.kind === 'released' ? 'released' : outcome.reason;
}

export const exportOf = (guard: Guard): string => [...guard.exportInterchange()].join('');
