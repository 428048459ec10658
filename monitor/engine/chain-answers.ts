import {
  attestationRewards,
  blockRewards,
  committees,
  proposerDuties,
  syncRewards,
  validators,
  type AttestationRewards,
  type BlockReward,
  type SyncReward,
  type ValidatorState,
} from '../../beacon/index.ts';
import { epochOfSlot, startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { slot as slotOf, type Epoch, type Root, type Slot } from '../../core/units.ts';
import { EpochSeats } from '../attestations/seats.ts';
import type { BeaconSource } from '../chain/index.ts';
import { dutiesOfWatched, type ProposalDuty } from '../proposals/index.ts';
import { TaggedMemo } from './tagged-memo.ts';

export type StatesByIndex = ReadonlyMap<number, ValidatorState>;

/**
 * What nodes know of one branch of the chain and do not keep for ever, asked for once per branch. A tag is the root of
 * the last block before the answer was settled: as long as that block is canonical, the answer holds.
 */
export class ChainAnswers {
  readonly #nodes: BeaconSource;
  readonly #spec: ChainSpec;
  readonly #watched: readonly number[];
  readonly #watchedSet: ReadonlySet<number>;
  readonly #ids: readonly bigint[];
  readonly #seats = new TaggedMemo<EpochSeats>();
  readonly #states = new TaggedMemo<StatesByIndex>();
  readonly #votes = new TaggedMemo<AttestationRewards>();
  readonly #proposers = new TaggedMemo<readonly ProposalDuty[]>();
  readonly #blockRewards = new TaggedMemo<BlockReward>();
  readonly #syncRewards = new TaggedMemo<readonly SyncReward[]>();

  /** @param watched for whom; another set of validators needs another object */
  constructor(nodes: BeaconSource, spec: ChainSpec, watched: readonly number[]) {
    this.#nodes = nodes;
    this.#spec = spec;
    this.#watched = watched;
    this.#watchedSet = new Set(watched);
    this.#ids = watched.map(BigInt);
  }

  get watched(): readonly number[] {
    return this.#watched;
  }

  get watchedSet(): ReadonlySet<number> {
    return this.#watchedSet;
  }

  /** Seats of an epoch, slot by slot, so that the network's committees are never all in memory. */
  seats(epoch: Epoch, tag: Root): Promise<EpochSeats> {
    return this.#seats.get(epoch, tag, '', async () => {
      const seats = new EpochSeats(epoch, this.#watched, this.#spec);
      const start = startSlotOfEpoch(this.#spec, epoch);
      for (let offset = 0n; offset < this.#spec.slotsPerEpoch; offset += 1n) {
        const at = slotOf(start + offset);
        // A state of the epoch itself: clients answer for the epochs next to that of the state only.
        const { data } = await this.#nodes.ask(committees(start, { epoch, slot: at }, this.#spec));
        seats.addSlot(at, data);
      }
      return seats;
    });
  }

  /** The watched validators after a slot; those whom the state does not know are missing. */
  states(at: Slot, tag: Root): Promise<StatesByIndex> {
    return this.#states.get(epochOfSlot(this.#spec, at), tag, at.toString(), async () => {
      const { data } = await this.#nodes.ask(validators(at, this.#ids));
      return new Map(data.map((state) => [Number(state.index), state]));
    });
  }

  voteRewards(epoch: Epoch, tag: Root): Promise<AttestationRewards> {
    return this.#votes.get(
      epoch,
      tag,
      '',
      async () => (await this.#nodes.ask(attestationRewards(epoch, this.#ids))).data,
    );
  }

  /** Of the watched only. */
  proposers(epoch: Epoch, tag: Root): Promise<readonly ProposalDuty[]> {
    return this.#proposers.get(epoch, tag, '', async () => {
      const { data } = await this.#nodes.ask(proposerDuties(epoch, this.#spec));
      return dutiesOfWatched(data.duties, this.#watchedSet);
    });
  }

  blockReward(block: { readonly root: Root; readonly slot: Slot }): Promise<BlockReward> {
    return this.#blockRewards.get(
      epochOfSlot(this.#spec, block.slot),
      block.root,
      '',
      async () => (await this.#nodes.ask(blockRewards(block.root))).data,
    );
  }

  syncRewards(
    block: { readonly root: Root; readonly slot: Slot },
    member: number,
  ): Promise<readonly SyncReward[]> {
    return this.#syncRewards.get(
      epochOfSlot(this.#spec, block.slot),
      block.root,
      member.toString(),
      async () => (await this.#nodes.ask(syncRewards(block.root, [BigInt(member)]))).data,
    );
  }

  forgetBefore(epoch: Epoch): void {
    for (const memo of [
      this.#seats,
      this.#states,
      this.#votes,
      this.#proposers,
      this.#blockRewards,
      this.#syncRewards,
    ]) {
      memo.forgetBefore(epoch);
    }
  }
}
