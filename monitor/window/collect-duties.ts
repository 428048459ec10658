import {
  attesterDuties,
  gaveNoAnswer,
  proposerDuties,
  syncDuties,
  type BeaconNodes,
  type Call,
  type SyncDuty,
} from '../../beacon/index.ts';
import { forkAtEpoch, startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { isAtLeast } from '../../core/chain/fork.ts';
import { epoch, slot, type Epoch, type Slot } from '../../core/units.ts';
import type { KnownDuties, SlotDuty, SyncStretch } from './known-duties.ts';

export interface DutyQuestion {
  readonly spec: ChainSpec;
  readonly syncPeriodEpochs: bigint;
  readonly nowSlot: Slot;
  readonly indices: readonly number[];
}

/**
 * Asks for everything that is decided: votes of this epoch and the next, proposals of this one and, since Fulu looks
 * ahead (EIP-7917), of the next, sync committees of this period and the next. What the node does not answer for the
 * later ones shortens what is known; without an answer for the present there is nothing to say.
 * @throws what the nodes fail with
 */
export async function collectDuties(nodes: BeaconNodes, question: DutyQuestion): Promise<KnownDuties> {
  const { spec, nowSlot, syncPeriodEpochs } = question;
  const present = epoch(nowSlot / spec.slotsPerEpoch);
  const next = epoch(present + 1n);
  const indices = question.indices.map(BigInt);
  const ours = new Set(indices);
  const ask = async <T>(call: Call<T>): Promise<T> => (await nodes.ask(call)).data;
  const proposalsOf = async (at: Epoch): Promise<SlotDuty[]> =>
    slotDuties(
      (await ask(proposerDuties(at, spec))).duties.filter(({ validatorIndex }) => ours.has(validatorIndex)),
    );

  const attestations = slotDuties(await ask(attesterDuties(present, indices, spec)));
  const nextAttestations = await ifAnswered(ask(attesterDuties(next, indices, spec)));
  const proposals = await proposalsOf(present);
  const nextProposals = await ifAnswered(proposalsOf(next));
  const looksAhead = isAtLeast(forkAtEpoch(spec, present).name, 'fulu');

  const period = present / syncPeriodEpochs;
  const stretch = (of: bigint, duties: readonly SyncDuty[]): SyncStretch =>
    syncStretch(spec, syncPeriodEpochs, of, duties);
  const sync = stretch(period, await ask(syncDuties(present, indices)));
  const nextSync = await ifAnswered(ask(syncDuties(epoch((period + 1n) * syncPeriodEpochs), indices)));
  const stretches = [sync, ...(nextSync === null ? [] : [stretch(period + 1n, nextSync)])];

  const endOf = (at: Epoch): Slot => startSlotOfEpoch(spec, epoch(at + 1n));
  const certain = looksAhead && nextProposals !== null;
  return {
    nowSlot,
    attestations: upcoming(nowSlot, [...attestations, ...slotDuties(nextAttestations ?? [])]),
    attestationsUntil: endOf(nextAttestations === null ? present : next),
    proposals: upcoming(nowSlot, [...proposals, ...(certain ? nextProposals : [])]),
    proposalsUntil: endOf(certain ? next : present),
    expectedProposals: certain ? [] : upcoming(nowSlot, nextProposals ?? []),
    sync: stretches.filter(({ members }) => members.length > 0),
    syncUntil: slot((stretches.at(-1)?.endSlot ?? nowSlot) + 1n),
  };
}

/** A message for a slot is counted in the block of the next, so the period is one slot early. */
function syncStretch(
  spec: ChainSpec,
  periodEpochs: bigint,
  period: bigint,
  duties: readonly SyncDuty[],
): SyncStretch {
  const start = startSlotOfEpoch(spec, epoch(period * periodEpochs));
  const end = startSlotOfEpoch(spec, epoch((period + 1n) * periodEpochs));
  return {
    startSlot: slot(start === 0n ? 0n : start - 1n),
    endSlot: slot(end - 2n),
    members: duties.map(({ validatorIndex, positions }) => ({
      validatorIndex: Number(validatorIndex),
      positions: positions.length,
    })),
  };
}

const slotDuties = (
  duties: readonly { readonly validatorIndex: bigint; readonly slot: Slot }[],
): SlotDuty[] =>
  duties.map(({ validatorIndex, slot: at }) => ({ validatorIndex: Number(validatorIndex), slot: at }));

const upcoming = (nowSlot: Slot, duties: readonly SlotDuty[]): SlotDuty[] =>
  duties
    .filter((duty) => duty.slot >= nowSlot)
    .sort((a, b) => Number(a.slot - b.slot) || a.validatorIndex - b.validatorIndex);

async function ifAnswered<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (gaveNoAnswer(error)) return null;
    throw error;
  }
}
