import { positivePart, sum } from '../amounts.ts';
import { splitsError } from '../splits-errors.ts';
import type { Allocation, AllocationInputs } from './allocation.ts';
import { divide } from './divide.ts';
import type { Gifts } from './gifts.ts';

/**
 * The frame of the presets that floor each operator's part of one amount and leave the rest to a protocol. They say
 * nothing about losses, so a loss that was not kept as a high-water mark falls on the protocol, as a lower share price does.
 */
export function allocateToOperators(
  inputs: AllocationInputs,
  give: (amountWei: bigint, inputs: AllocationInputs) => Gifts,
): Allocation {
  const amount = positivePart(inputs.pot.distributableWei + inputs.carryWei);
  const gifts = give(amount, inputs);
  const given = sum(gifts.sharesWei.values());
  if (given > amount) throw splitsError('SPLIT_IMPOSSIBLE', `operators would get ${given} wei of ${amount}`);
  return withRest(inputs, gifts);
}

/** Gifts, and the rest to the participant of `floor-to`: what is over, or what is missing after losses of others. */
export function withRest({ pool, pot, carryWei }: AllocationInputs, gifts: Gifts): Allocation {
  const { weights, sharesWei, derivations, standings } = gifts;
  const sharedWei = pot.distributableWei + carryWei;
  const given = sum(sharesWei.values());
  const inOrder = (values: ReadonlyMap<string, bigint>) =>
    pool.participants.map(({ id }) => values.get(id) ?? 0n);
  const sink = pool.rounding.kind === 'floor-to' ? pool.rounding.participant : null;
  const rest = divide(
    pool,
    sharedWei - given,
    pool.participants.map(({ id }) => (id === sink ? 1n : 0n)),
  );
  const own = inOrder(sharesWei);
  const told = new Map(derivations);
  if (sink !== null)
    told.set(sink, [
      ...(told.get(sink) ?? []),
      `the rest: ${sharedWei} wei - ${given} of all others = ${sharedWei - given}`,
    ]);
  return {
    ...rest,
    commission: [],
    weights: inOrder(weights),
    sharedWei,
    sharesWei: rest.sharesWei.map((part, index) => part + (own[index] ?? 0n)),
    derivations: told,
    standings: standings ?? null,
  };
}
