import { sum } from '../amounts.ts';
import type { PayoutState } from '../payouts/payout-state.ts';
import { splitsError } from '../splits-errors.ts';
import type { SplitResult } from './split-result.ts';

/**
 * The law of the whole room: what comes in is what goes out and what is kept, to the wei. In: income, slashing, held
 * income released, bonds. Out: payouts and expenses to others. Kept: balances, carry, what is held, less losses carried.
 * @throws SPLIT_NOT_CONSERVED before anything is written
 */
export function assertConserved({ totals, expenses, closing }: SplitResult, opening: PayoutState): void {
  const incoming =
    totals.clWei +
    totals.elWei +
    totals.adjustmentsWei +
    totals.slashingWei +
    totals.bondWei +
    totals.heldWei -
    released(totals.heldWei, opening, closing);
  const outgoing =
    totals.payoutWei + sum(expenses.filter(({ to }) => to === null).map(({ amountWei }) => amountWei));
  const kept = keptIn(closing) - keptIn(opening);
  if (incoming !== outgoing + kept)
    throw splitsError(
      'SPLIT_NOT_CONSERVED',
      `${incoming} wei came in, ${outgoing} went out and ${kept} were kept`,
    );
  const paid = (state: PayoutState) => sum([...state.accounts.values()].map(({ paidWei }) => paidWei));
  if (paid(closing) - paid(opening) !== totals.payoutWei)
    throw splitsError('SPLIT_NOT_CONSERVED', 'payouts are not what the accounts were paid');
}

/** Adjustments out of what was held are no new income. */
const released = (addedWei: bigint, opening: PayoutState, closing: PayoutState): bigint =>
  opening.heldWei + addedWei - closing.heldWei;

const keptIn = ({ accounts, carryWei, heldWei, lossWei }: PayoutState): bigint =>
  sum([...accounts.values()].map(({ balanceWei }) => balanceWei)) + carryWei + heldWei - lossWei;
