import { sha256 } from '../chain/shuffle.ts';

/** What befalls a block: never made, too late to be voted for, or left behind by the next proposer. */
export type BlockFault = 'none' | 'missed' | 'late' | 'orphaned';

/** What befalls a vote. `late` votes arrive that many slots after their own. */
export type VoteFault =
  | { readonly kind: 'none' | 'missed' | 'wrong_head' | 'wrong_target' }
  | { readonly kind: 'late'; readonly slots: number };

/** What goes wrong, decided by slot and validator alone, so that a run can be repeated. */
export interface FaultPlan {
  block(slot: number): BlockFault;
  vote(slot: number, validator: number): VoteFault;
  /** Whether a sync committee member's message is lost. */
  syncMissed(slot: number, validator: number): boolean;
  /** How many blocks of the head's branch the proposer of this slot leaves behind. */
  reorgDepth(slot: number): number;
}

const NONE: VoteFault = { kind: 'none' };

/** Nothing goes wrong but what is asked for. */
export class ScriptedFaults implements FaultPlan {
  readonly #blocks = new Map<number, BlockFault>();
  readonly #votes = new Map<string, VoteFault>();
  readonly #sync = new Set<string>();
  readonly #reorgs = new Map<number, number>();
  readonly #outages: {
    readonly validators: ReadonlySet<number>;
    readonly from: number;
    readonly to: number;
  }[] = [];

  setBlock(slot: number, fault: BlockFault): this {
    this.#blocks.set(slot, fault);
    return this;
  }

  setVote(slot: number, validator: number, fault: VoteFault): this {
    this.#votes.set(`${slot}:${validator}`, fault);
    return this;
  }

  missSync(slot: number, validator: number): this {
    this.#sync.add(`${slot}:${validator}`);
    return this;
  }

  setReorg(slot: number, depth: number): this {
    this.#reorgs.set(slot, depth);
    return this;
  }

  /** These validators do not vote in slots `from` to `to`: more than a third of them, and nothing is finalized. */
  offline(validators: Iterable<number>, from: number, to: number): this {
    this.#outages.push({ validators: new Set(validators), from, to });
    return this;
  }

  block(slot: number): BlockFault {
    return this.#blocks.get(slot) ?? 'none';
  }

  vote(slot: number, validator: number): VoteFault {
    if (this.#isOffline(slot, validator)) return { kind: 'missed' };
    return this.#votes.get(`${slot}:${validator}`) ?? NONE;
  }

  syncMissed(slot: number, validator: number): boolean {
    return this.#isOffline(slot, validator) || this.#sync.has(`${slot}:${validator}`);
  }

  reorgDepth(slot: number): number {
    return this.#reorgs.get(slot) ?? 0;
  }

  #isOffline(slot: number, validator: number): boolean {
    return this.#outages.some(
      ({ validators, from, to }) => from <= slot && slot <= to && validators.has(validator),
    );
  }
}

/** Chances out of 1, each drawn by itself. */
export interface FaultRates {
  readonly missedBlocks?: number;
  readonly lateBlocks?: number;
  readonly orphanedBlocks?: number;
  readonly reorgs?: number;
  readonly missedVotes?: number;
  readonly lateVotes?: number;
  readonly wrongHeads?: number;
  readonly wrongTargets?: number;
  readonly missedSync?: number;
}

/** Faults drawn from a seed. */
export class RandomFaults implements FaultPlan {
  readonly #seed: string;
  readonly #rates: FaultRates;

  constructor(seed: string, rates: FaultRates) {
    this.#seed = seed;
    this.#rates = rates;
  }

  block(slot: number): BlockFault {
    const draw = this.#draw(`block ${slot}`);
    const { missedBlocks = 0, lateBlocks = 0, orphanedBlocks = 0 } = this.#rates;
    if (draw < missedBlocks) return 'missed';
    if (draw < missedBlocks + lateBlocks) return 'late';
    return draw < missedBlocks + lateBlocks + orphanedBlocks ? 'orphaned' : 'none';
  }

  vote(slot: number, validator: number): VoteFault {
    const draw = this.#draw(`vote ${slot} ${validator}`);
    const { missedVotes = 0, lateVotes = 0, wrongHeads = 0, wrongTargets = 0 } = this.#rates;
    let upTo = missedVotes;
    if (draw < upTo) return { kind: 'missed' };
    if (draw < (upTo += lateVotes)) {
      return { kind: 'late', slots: 1 + Math.floor(this.#draw(`delay ${slot} ${validator}`) * 6) };
    }
    if (draw < (upTo += wrongHeads)) return { kind: 'wrong_head' };
    return draw < upTo + wrongTargets ? { kind: 'wrong_target' } : NONE;
  }

  syncMissed(slot: number, validator: number): boolean {
    return this.#draw(`sync ${slot} ${validator}`) < (this.#rates.missedSync ?? 0);
  }

  reorgDepth(slot: number): number {
    if (this.#draw(`reorg ${slot}`) >= (this.#rates.reorgs ?? 0)) return 0;
    return 1 + Math.floor(this.#draw(`depth ${slot}`) * 3);
  }

  /** From 0 up to 1. */
  #draw(label: string): number {
    const bytes = sha256(Buffer.from(`${this.#seed} ${label}`));
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) / 2 ** 32;
  }
}
