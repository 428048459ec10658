import { z } from 'zod';
import { byText } from '../amounts.ts';
import type { PayoutState } from './payout-state.ts';

const wei = z
  .string()
  .regex(/^(0|-?[1-9]\d*)$/)
  .transform(BigInt);

const amounts = z.record(z.string(), wei).transform((record) => new Map(Object.entries(record)));

const account = z.strictObject({
  index: z.number().int().nonnegative(),
  address: z.string(),
  balanceWei: wei,
  paidWei: wei,
});

/** A state as JSON: integers as decimal strings, accounts by id. */
export const stateSchema = z
  .strictObject({
    accounts: z.record(z.string(), account),
    carryWei: wei,
    lossWei: wei,
    heldWei: wei,
    bondUsedWei: amounts,
  })
  .transform((state): PayoutState => ({ ...state, accounts: new Map(Object.entries(state.accounts)) }));

export function encodeState(state: PayoutState): object {
  const sorted = <V>(map: ReadonlyMap<string, V>): [string, V][] => [...map].sort(([a], [b]) => byText(a, b));
  return {
    accounts: Object.fromEntries(
      sorted(state.accounts).map(([id, { index, address, balanceWei, paidWei }]) => [
        id,
        { index, address, balanceWei: balanceWei.toString(), paidWei: paidWei.toString() },
      ]),
    ),
    carryWei: state.carryWei.toString(),
    lossWei: state.lossWei.toString(),
    heldWei: state.heldWei.toString(),
    bondUsedWei: Object.fromEntries(sorted(state.bondUsedWei).map(([id, used]) => [id, used.toString()])),
  };
}
