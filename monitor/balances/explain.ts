import type { LedgerInput, LedgerResult } from '../ledger/ledger-input.ts';
import { ledgerParts } from '../ledger/parts.ts';
import type { Asked } from './ask.ts';
import { investigate } from './investigate.ts';

/**
 * The ledger of an epoch, with a look at the queues where a balance asks for one. What is unexplained in the end stays
 * in the residuals.
 * @throws BALANCES_MISSING, BALANCES_NOT_FINAL, or what the nodes fail with
 */
export async function explainedParts(
  nodes: Asked,
  input: Omit<LedgerInput, 'queue'>,
  signal?: AbortSignal,
): Promise<LedgerResult> {
  const first = ledgerParts({ ...input, queue: null });
  if (first.unexplained.length === 0) return first;
  const queue = await investigate(nodes, { ...input, unexplained: first.unexplained }, signal);
  return queue === null ? first : ledgerParts({ ...input, queue });
}
