import { REWARD_METHODS, type LedgerPart } from '../model/ledger-part.ts';
import { storeError } from './store-errors.ts';
import { AMOUNTS, DUTIES } from './tables/ledger-columns.ts';

/**
 * Two stretches of one day that touch, as one. Effective balance is that of the later one; the method is the weaker one,
 * because a sum is known no better than its parts. So the result does not depend on the order of adding.
 */
export function addParts(left: LedgerPart, right: LedgerPart): LedgerPart {
  const { validatorIndex, day, startSlot, openingBalanceGwei } = left;
  const { endSlot, closingBalanceGwei, effectiveBalanceGwei } = right;
  const sums = Object.fromEntries(AMOUNTS.map((name) => [name, left[name] + right[name]])) as Pick<
    LedgerPart,
    (typeof AMOUNTS)[number]
  >;
  const duties = Object.fromEntries(
    DUTIES.map((name) => [name, left.duties[name] + right.duties[name]]),
  ) as unknown as LedgerPart['duties'];
  const method = weakness(left) >= weakness(right) ? left.method : right.method;
  return {
    ...{ validatorIndex, day, startSlot, endSlot },
    ...{ openingBalanceGwei, closingBalanceGwei, effectiveBalanceGwei },
    ...sums,
    method,
    duties,
  };
}

const weakness = ({ method }: LedgerPart): number => REWARD_METHODS.indexOf(method);

/** @throws MONITOR_LEDGER_SEAM when the balance changes between two slots, where nothing happens */
export function assertSeam(left: LedgerPart, right: LedgerPart): void {
  if (left.closingBalanceGwei === right.openingBalanceGwei) return;
  throw storeError(
    'MONITOR_LEDGER_SEAM',
    `validator ${left.validatorIndex} has ${left.closingBalanceGwei.toString()} gwei at the end of slot ` +
      `${left.endSlot.toString()} and begins slot ${right.startSlot.toString()} with ${right.openingBalanceGwei.toString()}`,
  );
}
