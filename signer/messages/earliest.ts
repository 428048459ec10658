import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { slot, type Epoch, type Slot } from '../../core/units.ts';

/**
 * How long before its time a message is asked for by honest clients, at most. What is left of it after the clock
 * tolerance of the guard is room for those that prepare early; longer would only serve whoever gathers signatures.
 */
export const LEAD = {
  /** A proposer asks in its slot; one that prepares knows its duties an epoch ahead. */
  randaoEpochs: 1n,
  /** Clients prove that they aggregate as soon as they know the duties of the next epoch. */
  selectionEpochs: 2n,
  /** Preferences and credentials go out for the proposals of the next epoch. */
  proposalEpochs: 2n,
  /** A builder bids for the next slot. */
  bidSlots: 1n,
  /** A registration has the time of the client's clock. */
  registrationSeconds: 3600n,
} as const;

/** The slot `lead` slots before a message's own. */
export const slotsBefore = (at: Slot, lead: bigint): Slot => slot(at > lead ? at - lead : 0n);

/** The first slot of the epoch `lead` epochs before a message's own. */
export const epochsBefore = (spec: ChainSpec, at: Epoch, lead: bigint): Slot =>
  slot((at > lead ? at - lead : 0n) * spec.slotsPerEpoch);

/** The slot of `lead` seconds before a Unix time; the first one for what is before genesis. */
export function secondsBefore(spec: ChainSpec, unixSeconds: bigint, lead: bigint): Slot {
  const sinceGenesis = unixSeconds - lead - spec.genesisTimeSeconds;
  return slot(sinceGenesis > 0n ? (sinceGenesis * 1000n) / BigInt(spec.slotDurationMs) : 0n);
}
