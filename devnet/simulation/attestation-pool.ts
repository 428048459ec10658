import { BitArray } from '@chainsafe/ssz';
import { ssz, type electra, type phase0 } from '@lodestar/types';
import { toHex } from '../../core/hex.ts';
import { attestationRoot, checkAttestationData } from '../chain/block/attestations.ts';
import { committeesOf } from '../chain/committees.ts';
import type { ChainContext } from '../chain/context.ts';
import { ensure, InvalidMessage } from '../chain/invalid.ts';
import { epochAt } from '../chain/rules.ts';
import { validatorAt, type BeaconState } from '../chain/state.ts';
import { concatenated, countOf, isDisjoint, union } from './vote-bits.ts';

/** Some members of one committee with the same vote. */
interface Share {
  readonly bits: BitArray;
  readonly signature: Uint8Array;
  /** Not before this slot may a block have it: votes that travel slowly. */
  readonly fromSlot: number;
}

interface Vote {
  readonly data: phase0.AttestationData;
  readonly shares: Map<number, Share[]>;
}

/** Votes that wait to be included, each checked when it came. */
export class AttestationPool {
  readonly #context: ChainContext;
  readonly #votes = new Map<string, Vote>();
  /** By epoch: who voted what, as far as this node has seen. */
  readonly #seen = new Map<number, Map<number, Set<string>>>();

  constructor(context: ChainContext) {
    this.#context = context;
  }

  /**
   * @param state of the chain's head, at the present slot
   * @throws InvalidMessage
   */
  addSingle(state: BeaconState, attestation: electra.SingleAttestation, fromSlot: number): void {
    const { data, committeeIndex, attesterIndex, signature } = attestation;
    const members = this.#membersOf(state, data, committeeIndex);
    const position = members.indexOf(attesterIndex);
    ensure(position !== -1, `validator ${attesterIndex} is not in committee ${committeeIndex}`);
    this.#verify(state, data, [attesterIndex], signature);
    const bits = BitArray.fromSingleBit(members.length, position);
    this.#add(data, committeeIndex, { bits, signature, fromSlot }, [attesterIndex]);
  }

  /** An aggregate of one committee, as aggregators publish it. @throws InvalidMessage */
  addAggregate(state: BeaconState, attestation: electra.Attestation): void {
    const { data, aggregationBits, committeeBits, signature } = attestation;
    const [committeeIndex, ...others] = committeeBits.getTrueBitIndexes();
    ensure(committeeIndex !== undefined && others.length === 0, 'an aggregate is of one committee');
    const members = this.#membersOf(state, data, committeeIndex);
    ensure(aggregationBits.bitLen === members.length, 'the aggregation bits do not fit the committee');
    const attesters = aggregationBits.intersectValues([...members]);
    ensure(attesters.length > 0, 'nobody attests');
    this.#verify(state, data, attesters, signature);
    this.#add(data, committeeIndex, { bits: aggregationBits, signature, fromSlot: data.slot }, attesters);
  }

  #membersOf(state: BeaconState, data: phase0.AttestationData, committeeIndex: number): readonly number[] {
    const { rules } = this.#context;
    const epoch = epochAt(rules, data.slot);
    const present = epochAt(rules, state.slot);
    ensure(data.slot <= state.slot, 'the vote is from the future');
    ensure(epoch === present || epoch === present - 1, 'the vote is too old');
    ensure(data.target.epoch === epoch, 'the slot is not in the target epoch');
    ensure(data.index === 0, 'the index of an Electra vote is 0');
    const committees = committeesOf(rules, state, epoch).bySlot[data.slot % rules.SLOTS_PER_EPOCH];
    const members = committees?.[committeeIndex];
    ensure(members !== undefined, `slot ${data.slot} has no committee ${committeeIndex}`);
    return members;
  }

  #verify(
    state: BeaconState,
    data: phase0.AttestationData,
    attesters: readonly number[],
    signature: Uint8Array,
  ) {
    const pubkeys = attesters.map((index) => validatorAt(state, index).pubkey);
    const holds = this.#context.signatures.verify(attestationRoot(this.#context, data), pubkeys, signature);
    ensure(holds, 'the signature is not that of the attester');
  }

  #add(
    data: phase0.AttestationData,
    committeeIndex: number,
    share: Share,
    attesters: readonly number[],
  ): void {
    const root = toHex(ssz.phase0.AttestationData.hashTreeRoot(data));
    const vote = this.#votes.get(root) ?? { data, shares: new Map<number, Share[]>() };
    this.#votes.set(root, vote);
    const shares = vote.shares.get(committeeIndex) ?? [];
    const known = shares.some(({ bits }) => toHex(bits.uint8Array) === toHex(share.bits.uint8Array));
    if (!known) vote.shares.set(committeeIndex, [...shares, share]);
    const voters = this.#seen.get(data.target.epoch) ?? new Map<number, Set<string>>();
    this.#seen.set(data.target.epoch, voters);
    for (const index of attesters) voters.set(index, (voters.get(index) ?? new Set()).add(root));
  }

  /** Roots of the votes of a validator in an epoch; two of them are a double vote. */
  seen(epoch: number, validator: number): readonly string[] {
    return [...(this.#seen.get(epoch)?.get(validator) ?? [])];
  }

  dataOf(root: string): phase0.AttestationData | undefined {
    return this.#votes.get(root)?.data;
  }

  /** The best aggregate of one committee, for its aggregators. */
  aggregate(dataRoot: string, committeeIndex: number): electra.Attestation | null {
    const vote = this.#votes.get(dataRoot);
    const best = this.#merged(vote?.shares.get(committeeIndex) ?? [])[0];
    if (vote === undefined || best === undefined) return null;
    return this.#onChain(vote.data, [[committeeIndex, best]]);
  }

  all(): electra.Attestation[] {
    return [...this.#votes.values()].flatMap(({ data, shares }) =>
      [...shares].flatMap(([committee, list]) =>
        this.#merged(list).map((share) => this.#onChain(data, [[committee, share]])),
      ),
    );
  }

  /**
   * What a block on this state would include: per vote, all committees in one aggregate (EIP-7549), the fullest first.
   * @param isIncluded whether a validator's vote is in the chain already
   */
  pack(
    state: BeaconState,
    isIncluded: (validator: number, dataRoot: string) => boolean,
  ): electra.Attestation[] {
    const { rules } = this.#context;
    const packed: { readonly attestation: electra.Attestation; readonly gain: number }[] = [];
    for (const [root, { data, shares }] of this.#votes) {
      if (!this.#fits(state, data)) continue;
      const committees =
        committeesOf(rules, state, data.target.epoch).bySlot[data.slot % rules.SLOTS_PER_EPOCH] ?? [];
      const layers: [number, Share][][] = [];
      for (const [committee, list] of [...shares].toSorted(([first], [second]) => first - second)) {
        const members = committees[committee] ?? [];
        const fresh = list.filter(
          ({ bits, fromSlot }) =>
            fromSlot < state.slot &&
            bits.bitLen === members.length &&
            bits.intersectValues([...members]).some((validator) => !isIncluded(validator, root)),
        );
        this.#merged(fresh).forEach((share, layer) => (layers[layer] ??= []).push([committee, share]));
      }
      for (const layer of layers) {
        const gain = layer.reduce((total, [, { bits }]) => total + countOf(bits), 0);
        packed.push({ attestation: this.#onChain(data, layer), gain });
      }
    }
    return packed
      .toSorted((first, second) => second.gain - first.gain)
      .slice(0, rules.MAX_ATTESTATIONS_ELECTRA)
      .map(({ attestation }) => attestation);
  }

  #fits(state: BeaconState, data: phase0.AttestationData): boolean {
    try {
      checkAttestationData(this.#context.rules, state, data);
      return true;
    } catch (error) {
      if (error instanceof InvalidMessage) return false;
      throw error;
    }
  }

  /** Aggregates of disjoint shares, fullest first; what overlaps stays apart. */
  #merged(shares: readonly Share[]): Share[] {
    const merged: { bits: BitArray; parts: Share[] }[] = [];
    for (const share of shares.toSorted((first, second) => countOf(second.bits) - countOf(first.bits))) {
      const into = merged.find(({ bits }) => isDisjoint(bits, share.bits));
      if (into === undefined) merged.push({ bits: share.bits.clone(), parts: [share] });
      else {
        into.bits = union(into.bits, share.bits);
        into.parts.push(share);
      }
    }
    return merged.map(({ bits, parts }) => ({
      bits,
      signature: this.#context.signatures.aggregate(parts.map(({ signature }) => signature)),
      fromSlot: Math.max(...parts.map(({ fromSlot }) => fromSlot)),
    }));
  }

  #onChain(data: phase0.AttestationData, parts: readonly (readonly [number, Share])[]): electra.Attestation {
    const committeeBits = BitArray.fromBitLen(this.#context.rules.MAX_COMMITTEES_PER_SLOT);
    for (const [committee] of parts) committeeBits.set(committee, true);
    return {
      aggregationBits: concatenated(parts.map(([, { bits }]) => bits)),
      data,
      signature: this.#context.signatures.aggregate(parts.map(([, { signature }]) => signature)),
      committeeBits,
    };
  }

  /** Forgets votes that no block may include any more. */
  prune(epoch: number): void {
    for (const [root, { data }] of this.#votes) if (data.target.epoch < epoch - 1) this.#votes.delete(root);
    for (const seen of this.#seen.keys()) if (seen < epoch - 2) this.#seen.delete(seen);
  }
}
