import { positivePart, sum } from '../amounts.ts';
import { splitsError } from '../splits-errors.ts';
import type { Allocation, AllocationInputs } from './allocation.ts';
import { divide } from './divide.ts';

/** What a preset gives to whom, in wei, and by which weight; the rest goes to the participant of `floor-to`. */
export interface Gifts {
  readonly weights: ReadonlyMap<string, bigint>;
  readonly sharesWei: ReadonlyMap<string, bigint>;
}

/**
 * The frame of the presets that floor each operator's part and leave the rest to a protocol. They say nothing about
 * losses, so a loss that was not kept as a high-water mark falls on the protocol, as a lower share price does.
 */
export function allocateToOperators(
  inputs: AllocationInputs,
  give: (amountWei: bigint, inputs: AllocationInputs) => Gifts,
): Allocation {
  const { pool, pot, carryWei } = inputs;
  const sharedWei = pot.distributableWei + carryWei;
  const amount = positivePart(sharedWei);
  const { weights, sharesWei } = give(amount, inputs);
  const given = sum(sharesWei.values());
  if (given > amount) throw splitsError('SPLIT_IMPOSSIBLE', `operators would get ${given} wei of ${amount}`);
  const inOrder = (values: ReadonlyMap<string, bigint>) =>
    pool.participants.map(({ id }) => values.get(id) ?? 0n);
  const sink = pool.rounding.kind === 'floor-to' ? pool.rounding.participant : null;
  const rest = divide(
    pool,
    sharedWei - given,
    pool.participants.map(({ id }) => (id === sink ? 1n : 0n)),
  );
  const own = inOrder(sharesWei);
  return {
    ...rest,
    commission: [],
    weights: inOrder(weights),
    sharedWei,
    sharesWei: rest.sharesWei.map((part, index) => part + (own[index] ?? 0n)),
  };
}

export function add(map: Map<string, bigint>, id: string, amount: bigint): void {
  map.set(id, (map.get(id) ?? 0n) + amount);
}
