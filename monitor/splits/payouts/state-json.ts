import { createHash } from 'node:crypto';
import { z } from 'zod';
import { byText } from '../amounts.ts';
import type { Account, PayoutState, ValidatorEnd } from './payout-state.ts';

const wei = z
  .string()
  .regex(/^(0|-?[1-9]\d*)$/)
  .transform(BigInt);

const amounts = z.record(z.string(), wei).transform((record) => new Map(Object.entries(record)));

const account = z
  .strictObject({
    index: z.number().int().nonnegative(),
    address: z.string(),
    balanceWei: wei,
    // Entries of before it was kept have none.
    expensesWei: wei.optional(),
    taxLossWei: wei.optional(),
    paidWei: wei,
  })
  .transform(({ expensesWei, taxLossWei, ...rest }): Account => ({
    ...rest,
    ...(expensesWei === undefined ? {} : { expensesWei }),
    ...(taxLossWei === undefined ? {} : { taxLossWei }),
  }));

/** `balance@slot` by index: there may be ten thousand of them. */
const validators = z
  .record(z.string().regex(/^(0|[1-9]\d*)$/), z.string().regex(/^(0|[1-9]\d*)@(0|[1-9]\d*)$/))
  .transform(
    (record) =>
      new Map(
        Object.entries(record).map(([index, text]): [bigint, ValidatorEnd] => {
          const [balance = '0', slot = '0'] = text.split('@');
          return [BigInt(index), { balanceGwei: BigInt(balance), endSlot: BigInt(slot) }];
        }),
      ),
  );

/** A state as JSON: integers as decimal strings, accounts by id. */
export const stateSchema = z
  .strictObject({
    accounts: z.record(z.string(), account),
    carryWei: wei,
    lossWei: wei,
    heldWei: wei,
    bondUsedWei: amounts,
    validators: validators.optional(),
    counted: z.array(z.string().regex(/^[0-9a-f]{16}$/)).optional(),
  })
  .transform((state): PayoutState => ({
    ...state,
    accounts: new Map(Object.entries(state.accounts)),
    validators: state.validators ?? new Map<bigint, ValidatorEnd>(),
    counted: state.counted ?? null,
  }));

export function encodeState(state: PayoutState): object {
  const sorted = <V>(map: ReadonlyMap<string, V>): [string, V][] => [...map].sort(([a], [b]) => byText(a, b));
  return {
    accounts: Object.fromEntries(
      sorted(state.accounts).map(
        ([id, { index, address, balanceWei, expensesWei = 0n, taxLossWei = 0n, paidWei }]) => [
          id,
          {
            index,
            address,
            balanceWei: balanceWei.toString(),
            ...(expensesWei === 0n ? {} : { expensesWei: expensesWei.toString() }),
            ...(taxLossWei === 0n ? {} : { taxLossWei: taxLossWei.toString() }),
            paidWei: paidWei.toString(),
          },
        ],
      ),
    ),
    carryWei: state.carryWei.toString(),
    lossWei: state.lossWei.toString(),
    heldWei: state.heldWei.toString(),
    bondUsedWei: Object.fromEntries(sorted(state.bondUsedWei).map(([id, used]) => [id, used.toString()])),
    ...(state.validators.size === 0
      ? {}
      : {
          validators: Object.fromEntries(
            [...state.validators]
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([index, { balanceGwei, endSlot }]) => [index.toString(), `${balanceGwei}@${endSlot}`]),
          ),
        }),
    ...(state.counted === null ? {} : { counted: state.counted }),
  };
}

/** sha256 of a state: what a manifest says of the balances that it leads to. */
export const stateHash = (state: PayoutState): string =>
  createHash('sha256')
    .update(JSON.stringify(encodeState(state)))
    .digest('hex');
