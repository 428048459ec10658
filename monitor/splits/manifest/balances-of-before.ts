import { existsSync } from 'node:fs';
import type { PayoutEntry } from '../payouts/payout-ledger.ts';
import { stateHash } from '../payouts/state-json.ts';
import { splitsError } from '../splits-errors.ts';
import { readManifest } from './read-manifest.ts';

/**
 * Compares the balances that a period opens with, which the payout ledger has, with the manifest that closed the period
 * before: it is the one other place that tells whether somebody put money into the ledger.
 * @param path where that manifest should be
 * @returns a note for people when there is no such manifest, or none that says anything of balances
 * @throws PAYOUTS_BROKEN when ledger and manifest contradict each other
 */
export function checkBalancesBefore(entry: PayoutEntry, path: string): string | null {
  if (!existsSync(path))
    return `the manifest of ${entry.period} is not at ${path}, so its balances are those of the payout ledger, compared with nothing`;
  const { hash, said } = readManifest(path);
  if (hash !== entry.manifest)
    throw splitsError(
      'PAYOUTS_BROKEN',
      `${path} is not the manifest that closed ${entry.period} (${entry.manifest}); name the right one with --previous`,
    );
  if (said.closingHash === undefined)
    return `the manifest of ${entry.period} is of the rules ${said.ruleset}, which say nothing of balances: those of the payout ledger were compared with nothing`;
  if (said.closingHash !== stateHash(entry.state))
    throw splitsError(
      'PAYOUTS_BROKEN',
      `the balances after ${entry.period} are not those that its manifest ${path} led to`,
    );
  return null;
}
