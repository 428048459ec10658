import { BitArray } from '@chainsafe/ssz';
import type { altair } from '@lodestar/types';
import { toHex } from '../../core/hex.ts';
import { syncMessageRoot } from '../chain/block/sync-aggregate.ts';
import type { ChainContext } from '../chain/context.ts';
import { ensure } from '../chain/invalid.ts';
import { validatorAt, type BeaconState } from '../chain/state.ts';
import { syncCommitteeOfSlot } from '../chain/sync-committee.ts';
import { countOf } from './vote-bits.ts';

export const SYNC_SUBCOMMITTEES = 4;

/** Sync committee messages that wait to be included, each checked when it came. */
export class SyncPool {
  readonly #context: ChainContext;
  /** By slot and block root: validator to signature. */
  readonly #messages = new Map<string, Map<number, Uint8Array>>();
  readonly #contributions = new Map<string, altair.SyncCommitteeContribution[]>();

  constructor(context: ChainContext) {
    this.#context = context;
  }

  /** @throws InvalidMessage */
  addMessage(state: BeaconState, message: altair.SyncCommitteeMessage): void {
    const { slot, validatorIndex, beaconBlockRoot, signature } = message;
    ensure(
      syncCommitteeOfSlot(this.#context.rules, state, slot).includes(validatorIndex),
      `validator ${validatorIndex} is not in the committee`,
    );
    const root = syncMessageRoot(this.#context, slot, toHex(beaconBlockRoot));
    const { pubkey } = validatorAt(state, validatorIndex);
    ensure(
      this.#context.signatures.verify(root, [pubkey], signature),
      'the signature is not that of the member',
    );
    const key = keyOf(slot, toHex(beaconBlockRoot));
    const signed = this.#messages.get(key) ?? new Map<number, Uint8Array>();
    this.#messages.set(key, signed.set(validatorIndex, signature));
  }

  /** @throws InvalidMessage */
  addContribution(state: BeaconState, contribution: altair.SyncCommitteeContribution): void {
    const { slot, beaconBlockRoot, subcommitteeIndex, aggregationBits, signature } = contribution;
    ensure(subcommitteeIndex < SYNC_SUBCOMMITTEES, `no subcommittee ${subcommitteeIndex}`);
    const members = aggregationBits.intersectValues([...this.#members(state, slot, subcommitteeIndex)]);
    const pubkeys = members.map((index) => validatorAt(state, index).pubkey);
    const root = syncMessageRoot(this.#context, slot, toHex(beaconBlockRoot));
    ensure(
      this.#context.signatures.verify(root, pubkeys, signature),
      'the contribution is not signed by its members',
    );
    const key = keyOf(slot, toHex(beaconBlockRoot));
    this.#contributions.set(key, [...(this.#contributions.get(key) ?? []), contribution]);
  }

  /** The positions of one subcommittee that signed a block, or null when none did. */
  contribution(
    state: BeaconState,
    slot: number,
    subcommitteeIndex: number,
    blockRoot: Uint8Array,
  ): altair.SyncCommitteeContribution | null {
    const members = this.#members(state, slot, subcommitteeIndex);
    const signed = this.#messages.get(keyOf(slot, toHex(blockRoot)));
    const aggregationBits = BitArray.fromBoolArray(members.map((index) => signed?.has(index) === true));
    // A member signs once and counts at each of its positions.
    const signatures = members.flatMap((index) => signed?.get(index) ?? []);
    const own: altair.SyncCommitteeContribution = {
      ...{ slot, beaconBlockRoot: blockRoot, subcommitteeIndex, aggregationBits },
      signature: this.#context.signatures.aggregate(signatures),
    };
    const received = (this.#contributions.get(keyOf(slot, toHex(blockRoot))) ?? []).filter(
      (contribution) => contribution.subcommitteeIndex === subcommitteeIndex,
    );
    const best = [own, ...received].reduce((first, second) =>
      countOf(second.aggregationBits) > countOf(first.aggregationBits) ? second : first,
    );
    return countOf(best.aggregationBits) === 0 ? null : best;
  }

  /** What the block of the slot after would include. */
  aggregate(state: BeaconState, slot: number, blockRoot: Uint8Array): altair.SyncAggregate {
    const { rules, signatures } = this.#context;
    const syncCommitteeBits = BitArray.fromBitLen(rules.SYNC_COMMITTEE_SIZE);
    const parts: Uint8Array[] = [];
    const size = rules.SYNC_COMMITTEE_SIZE / SYNC_SUBCOMMITTEES;
    for (let subcommittee = 0; subcommittee < SYNC_SUBCOMMITTEES; subcommittee += 1) {
      const contribution = this.contribution(state, slot, subcommittee, blockRoot);
      if (contribution === null) continue;
      for (const position of contribution.aggregationBits.getTrueBitIndexes()) {
        syncCommitteeBits.set(subcommittee * size + position, true);
      }
      parts.push(contribution.signature);
    }
    return { syncCommitteeBits, syncCommitteeSignature: signatures.aggregate(parts) };
  }

  #members(state: BeaconState, slot: number, subcommittee: number): readonly number[] {
    const { rules } = this.#context;
    const size = rules.SYNC_COMMITTEE_SIZE / SYNC_SUBCOMMITTEES;
    return syncCommitteeOfSlot(rules, state, slot).slice(subcommittee * size, (subcommittee + 1) * size);
  }

  prune(beforeSlot: number): void {
    for (const pool of [this.#messages, this.#contributions]) {
      for (const key of pool.keys()) if (Number(key.split(':')[0]) < beforeSlot) pool.delete(key);
    }
  }
}

const keyOf = (slot: number, root: string): string => `${slot}:${root}`;
