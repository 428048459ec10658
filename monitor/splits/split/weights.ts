import { positivePart, sum, WEI_PER_ETH, WEI_PER_GWEI } from '../amounts.ts';
import { slotOf } from '../config/moments.ts';
import type { Participant, Pool } from '../config/pool.ts';
import type { Ratio } from '../income/duties.ts';
import type { ValidatorIncome } from '../income/period-income.ts';
import type { LedgerChain, SlotRange } from '../ledger/ledger-port.ts';
import { incomeOf, type Standing } from './standing.ts';

/** The weight of every participant in a stretch of slots, in the order of the pool. */
export function participantWeights(
  pool: Pool,
  chain: LedgerChain,
  range: SlotRange,
  standings: readonly Standing[],
): bigint[] {
  if (pool.weights.kind !== 'validators')
    return pool.participants.map((participant) => heldWeight(participant, chain, range));
  return validatorWeights(pool, pool.weights.measure, standings);
}

/** Stake (wei or units) times the slots it was held. */
export function heldWeight({ stake }: Participant, chain: LedgerChain, range: SlotRange): bigint {
  return sum(heldStretches(stake, chain, range).map(({ amount, slots }) => amount * slots));
}

/** How much was held in the range, and for how many slots; each change begins another stretch. */
function heldStretches(
  stake: Participant['stake'],
  chain: LedgerChain,
  range: SlotRange,
): { readonly amount: bigint; readonly first: bigint; readonly slots: bigint }[] {
  const end = range.endSlot + 1n;
  return stake.flatMap(({ from, amount }, index) => {
    const next = stake[index + 1]?.from ?? null;
    const first = within(from === null ? range.startSlot : slotOf(from, chain), range.startSlot, end);
    const last = within(next === null ? end : slotOf(next, chain), range.startSlot, end);
    return last > first ? [{ amount, first, slots: last - first }] : [];
  });
}

const within = (slot: bigint, low: bigint, high: bigint): bigint =>
  slot < low ? low : slot > high ? high : slot;

/** The same weights as lines for people: each stretch of stake, or each validator, with its numbers. */
export function weightDerivations(
  pool: Pool,
  chain: LedgerChain,
  range: SlotRange,
  standings: readonly Standing[],
): Map<string, string[]> {
  const lines = new Map<string, string[]>(pool.participants.map(({ id }) => [id, []]));
  const { weights } = pool;
  if (weights.kind === 'validators') {
    for (const { validatorIndex, owners, parts, measured, factor } of measures(
      pool,
      weights.measure,
      standings,
    ))
      for (const [id, part] of owners)
        lines
          .get(id)
          ?.push(
            `validator ${validatorIndex}: ${measured} (${weights.measure})` +
              (factor.num === factor.den ? '' : ` x ${factor.num} / ${factor.den} (performance)`) +
              ` x ${part} / ${parts} (owned) x 10^18 = ${ownedWeight(measured, factor, part, parts)}`,
          );
    return lines;
  }
  for (const { id, stake } of pool.participants)
    for (const { amount, first, slots } of heldStretches(stake, chain, range))
      if (amount > 0n)
        lines
          .get(id)
          ?.push(
            `${weights.kind === 'units' ? `${amount} units` : `${amount} wei of stake`} x ${slots} slots ` +
              `(${first} to ${first + slots - 1n}) = ${amount * slots}`,
          );
  return lines;
}

type Measure = Extract<Pool['weights'], { kind: 'validators' }>['measure'];

function validatorWeights(pool: Pool, measure: Measure, standings: readonly Standing[]): bigint[] {
  const position = new Map(pool.participants.map(({ id }, index) => [id, index]));
  const weights = pool.participants.map(() => 0n);
  for (const { owners, parts, measured, factor } of measures(pool, measure, standings))
    for (const [id, part] of owners) {
      const index = position.get(id);
      if (index !== undefined)
        weights[index] = (weights[index] ?? 0n) + ownedWeight(measured, factor, part, parts);
    }
  return weights;
}

/** Owners divide a validator's measure; it is scaled up first, so that thirds do not become nothing. */
const ownedWeight = (measured: bigint, factor: Ratio, part: bigint, parts: bigint): bigint =>
  (measured * factor.num * WEI_PER_ETH * part) / (factor.den * parts);

function* measures(pool: Pool, measure: Measure, standings: readonly Standing[]) {
  for (const { income, factor } of standings) {
    const owners = pool.validators[income.rule]?.owners ?? new Map<string, bigint>();
    const measured = measureOf(income, measure);
    yield { validatorIndex: income.validatorIndex, owners, parts: sum(owners.values()), measured, factor };
  }
}

export function measureOf(income: ValidatorIncome, measure: Measure): bigint {
  switch (measure) {
    case 'slots':
      return income.slots;
    case 'effective-balance':
      return income.effectiveGweiSlots;
    case 'duties':
      return income.duties.attestations.assigned * effectiveEth(income);
    case 'income':
      return positivePart(incomeOf(income));
  }
}

/** Effective balance in whole ether, averaged over the slots. */
export const effectiveEth = ({
  effectiveGweiSlots,
  slots,
}: Pick<ValidatorIncome, 'effectiveGweiSlots' | 'slots'>): bigint =>
  slots === 0n ? 0n : effectiveGweiSlots / slots / WEI_PER_GWEI;
