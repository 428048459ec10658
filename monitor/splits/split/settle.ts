import { byText, positivePart } from '../amounts.ts';
import type { Allocation } from '../allocation/allocation.ts';
import type { Pool } from '../config/pool.ts';
import type { Account, PayoutState } from '../payouts/payout-state.ts';
import { splitsError } from '../splits-errors.ts';
import type { Pot } from './pot.ts';
import type { ParticipantLine } from './split-result.ts';

/**
 * Adds what the period gave to what was carried, pays whoever reaches the minimum, carries the rest. Who is no longer in
 * the configuration keeps the balance.
 */
export function settle(
  pool: Pool,
  pot: Pot,
  allocation: Allocation,
  opening: PayoutState,
): { participants: ParticipantLine[]; accounts: Map<string, Account> } {
  const accounts = new Map(opening.accounts);
  if (pool.merkle?.kind === 'cumulative' && pool.preset !== 'lido-csm') refuseSharedAddress(pool, accounts);
  let nextIndex = accounts.size;
  const participants = pool.participants.map(
    ({ id, name, address, minimumPayoutWei }, position): ParticipantLine => {
      const account = accounts.get(id) ?? { index: nextIndex++, address, balanceWei: 0n, paidWei: 0n };
      refuseNewAddress(pool, id, address, account);
      const commissionWei = total(allocation.commission.filter((line) => line.to === id));
      const expensesWei = total(pot.expenses.filter((line) => line.to === id));
      const shareWei = allocation.sharesWei[position] ?? 0n;
      const roundingWei = allocation.roundingWei[position] ?? 0n;
      const balanceWei = account.balanceWei + commissionWei + expensesWei + shareWei + roundingWei;
      const minimum = minimumPayoutWei ?? pool.minimumPayoutWei;
      const payoutWei = balanceWei > 0n && balanceWei >= minimum ? balanceWei : 0n;
      const repaidWei = (account.expensesWei ?? 0n) + expensesWei;
      const rewardWei = commissionWei + shareWei + roundingWei;
      const lossWei = account.taxLossWei ?? 0n;
      const taxLossWei = pool.tax.basis === 'accrual' ? positivePart(lossWei - rewardWei) : 0n;
      const closing: Account = {
        index: account.index,
        address,
        balanceWei: balanceWei - payoutWei,
        ...(payoutWei > 0n || repaidWei === 0n ? {} : { expensesWei: repaidWei }),
        ...(taxLossWei === 0n ? {} : { taxLossWei }),
        paidWei: account.paidWei + payoutWei,
      };
      accounts.set(id, closing);
      return {
        id,
        name,
        address,
        index: account.index,
        openingWei: account.balanceWei,
        weight: allocation.weights[position] ?? 0n,
        shareWei,
        commissionWei,
        expensesWei,
        repaidWei: payoutWei > 0n ? repaidWei : 0n,
        roundingWei,
        accruedWei: positivePart(rewardWei - lossWei),
        minimumPayoutWei: minimum,
        payoutWei,
        closingWei: closing.balanceWei,
        paidWei: closing.paidWei,
      };
    },
  );
  return { participants, accounts: new Map([...accounts].sort(([a], [b]) => byText(a, b))) };
}

/** A contract with a cumulative tree pays what an address has not had yet: a new one would be paid everything again. */
function refuseNewAddress(pool: Pool, id: string, address: string, account: Account): void {
  if (pool.merkle?.kind !== 'cumulative' || account.address === address || account.paidWei === 0n) return;
  throw splitsError(
    'SPLIT_IMPOSSIBLE',
    `${id} was paid at ${account.address} and now has ${address}; with a cumulative tree a new address needs a new participant`,
  );
}

/**
 * Of two leaves for one address a contract pays the larger, or of the second only what is above the first. Lido's tree has
 * operators for leaves, and no addresses.
 */
function refuseSharedAddress({ participants }: Pool, accounts: ReadonlyMap<string, Account>): void {
  const holders = new Map<string, string>();
  const hold = (id: string, address: string): void => {
    const other = holders.get(address) ?? id;
    holders.set(address, other);
    if (other !== id)
      throw splitsError(
        'SPLIT_IMPOSSIBLE',
        `${id} has the address of ${other}, ${address}, and a cumulative tree has one leaf for an address: ` +
          `let ${other} come back under that id, or give ${id} an address of its own`,
      );
  };
  const present = new Set(participants.map(({ id }) => id));
  // Who left keeps the leaf of the old address; who is there has that of the file.
  for (const [id, { address, balanceWei, paidWei }] of accounts)
    if (paidWei > 0n || (!present.has(id) && balanceWei !== 0n)) hold(id, address);
  for (const { id, address } of participants) hold(id, address);
}

function total(lines: readonly { readonly amountWei: bigint }[]): bigint {
  return lines.reduce((all, { amountWei }) => all + amountWei, 0n);
}
