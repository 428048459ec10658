import { positivePart, WEI_PER_ETH, WEI_PER_GWEI } from '../amounts.ts';
import { slotOf } from '../config/moments.ts';
import type { Participant, Pool } from '../config/pool.ts';
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
  const end = range.endSlot + 1n;
  let weight = 0n;
  stake.forEach(({ from, amount }, index) => {
    const next = stake[index + 1]?.from ?? null;
    const first = within(from === null ? range.startSlot : slotOf(from, chain), range.startSlot, end);
    const last = within(next === null ? end : slotOf(next, chain), range.startSlot, end);
    if (last > first) weight += amount * (last - first);
  });
  return weight;
}

const within = (slot: bigint, low: bigint, high: bigint): bigint =>
  slot < low ? low : slot > high ? high : slot;

type Measure = Extract<Pool['weights'], { kind: 'validators' }>['measure'];

/** Owners divide a validator's measure; it is scaled up first, so that thirds do not become nothing. */
function validatorWeights(pool: Pool, measure: Measure, standings: readonly Standing[]): bigint[] {
  const position = new Map(pool.participants.map(({ id }, index) => [id, index]));
  const weights = pool.participants.map(() => 0n);
  for (const { income, factor } of standings) {
    const owners = pool.validators[income.rule]?.owners ?? new Map<string, bigint>();
    let parts = 0n;
    for (const part of owners.values()) parts += part;
    const measured = measureOf(income, measure) * factor.num * WEI_PER_ETH;
    for (const [id, part] of owners) {
      const index = position.get(id);
      if (index !== undefined)
        weights[index] = (weights[index] ?? 0n) + (measured * part) / (factor.den * parts);
    }
  }
  return weights;
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
export const effectiveEth = ({ effectiveGweiSlots, slots }: ValidatorIncome): bigint =>
  slots === 0n ? 0n : effectiveGweiSlots / slots / WEI_PER_GWEI;
