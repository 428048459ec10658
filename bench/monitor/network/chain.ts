import { activePreset } from '@lodestar/params';
import { epochOfSlot, forkAtEpoch, type ChainSpec } from '../../../core/chain/chain-spec.ts';
import { toHex } from '../../../core/hex.ts';
import { slot as slotOf } from '../../../core/units.ts';
import { Balances } from './balances.ts';
import { BlockMaker, type BlockFork, type MadeBlock } from './make-block.ts';
import { Members, mixed } from './members.ts';
import { Pay } from './pay.ts';

/** Epochs of blocks that are kept: what is not final, and what is looked at when it becomes so. */
const KEPT_EPOCHS = 8;

export interface ChainBlock extends MadeBlock {
  readonly slot: number;
  readonly rootHex: string;
  readonly parentRoot: Uint8Array;
  readonly proposer: number;
  readonly fork: BlockFork;
  readonly syncBits: readonly boolean[];
  readonly pay: { readonly votesGwei: number; readonly syncGwei: number };
}

/**
 * A chain on which everything is well: a block in every slot, nearly all votes in time, final after two epochs. It is
 * made for one who asks, slot by slot, and remembers no more than a node must.
 */
export class Chain {
  readonly spec: ChainSpec;
  readonly members: Members;
  readonly pay: Pay;
  readonly balances: Balances;
  readonly syncCommittee: readonly number[];
  readonly #maker: BlockMaker;
  readonly #blocks = new Map<number, ChainBlock>();
  readonly #byRoot = new Map<string, ChainBlock>();
  readonly #first: number;
  #head: ChainBlock;
  #next: ChainBlock | null = null;

  /** @param firstEpoch whose first slot has the first block */
  constructor(spec: ChainSpec, validators: number, firstEpoch: number) {
    const slotsPerEpoch = Number(spec.slotsPerEpoch);
    const { BASE_REWARD_FACTOR, SYNC_COMMITTEE_SIZE } = activePreset;
    this.spec = spec;
    this.members = new Members(validators, slotsPerEpoch);
    this.pay = new Pay(validators, BASE_REWARD_FACTOR, slotsPerEpoch, SYNC_COMMITTEE_SIZE);
    this.balances = new Balances(validators, this.pay);
    this.syncCommittee = this.members.spread(SYNC_COMMITTEE_SIZE);
    this.#maker = new BlockMaker(this.members, slotsPerEpoch);
    this.#first = firstEpoch * slotsPerEpoch;
    this.balances.keep(this.#first - 1);
    this.#head = this.#extend(this.#first, new Uint8Array(32).fill(1));
  }

  get head(): ChainBlock {
    return this.#head;
  }

  get slotsPerEpoch(): number {
    return Number(this.spec.slotsPerEpoch);
  }

  get headEpoch(): number {
    return this.epochOf(this.#head.slot);
  }

  epochOf(slot: number): number {
    return Math.floor(slot / this.slotsPerEpoch);
  }

  /** Of the epochs before that of the head, the last but `back`. */
  checkpoint(back: number): { readonly epoch: number; readonly root: string } {
    const epoch = this.headEpoch - back;
    const block = this.#blocks.get(epoch * this.slotsPerEpoch);
    return { epoch, root: block?.rootHex ?? `0x${'01'.repeat(32)}` };
  }

  at(slot: number): ChainBlock | null {
    return this.#blocks.get(slot) ?? null;
  }

  byRoot(root: string): ChainBlock | null {
    return this.#byRoot.get(root) ?? null;
  }

  /** Makes the next block, which nobody sees yet. */
  prepare(): void {
    this.#next ??= this.#extend(this.#head.slot + 1, this.#head.root);
  }

  /** One block more. */
  advance(): void {
    this.prepare();
    this.#head = this.#next ?? this.#head;
    this.#next = null;
  }

  #extend(slot: number, parentRoot: Uint8Array): ChainBlock {
    const epoch = this.epochOf(slot);
    if (slot % this.slotsPerEpoch === 0) this.balances.payVotes(epoch - 2);
    const fork = forkAtEpoch(this.spec, epochOfSlot(this.spec, slotOf(BigInt(slot)))).name;
    if (fork !== 'electra' && fork !== 'fulu') throw new Error(`no blocks of ${fork} are made here`);
    const proposer = this.members.proposer(slot);
    const withdrawals = this.balances.sweep(activePreset.MAX_WITHDRAWALS_PER_PAYLOAD);
    const syncBits = this.syncCommittee.map((_, position) => mixed(position, slot) % 50 !== 0);
    const pay = this.#payForBlock(proposer, syncBits);
    const rootAt = (at: number) => this.#blocks.get(at)?.root ?? null;
    const made = this.#maker.make({ fork, slot, proposer, parentRoot, withdrawals, syncBits, rootAt });
    const block = { slot, proposer, parentRoot, fork, syncBits, pay, rootHex: toHex(made.root), ...made };
    this.#blocks.set(slot, block);
    this.#byRoot.set(block.rootHex, block);
    this.#forget(slot - KEPT_EPOCHS * this.slotsPerEpoch);
    if ((slot + 1) % this.slotsPerEpoch === 0 || this.#dayOf(slot + 1) !== this.#dayOf(slot))
      this.balances.keep(slot);
    return block;
  }

  /** UTC. */
  #dayOf(slot: number): number {
    const { genesisTimeSeconds, slotDurationMs } = this.spec;
    return Math.floor((Number(genesisTimeSeconds) * 1000 + slot * slotDurationMs) / 86_400_000);
  }

  #payForBlock(proposer: number, syncBits: readonly boolean[]): ChainBlock['pay'] {
    const { syncGwei, voteInclusionGwei } = this.pay;
    let hits = 0;
    for (const [position, hit] of syncBits.entries()) {
      this.balances.add(this.syncCommittee[position] ?? 0, hit ? syncGwei : -syncGwei);
      if (hit) hits += 1;
    }
    const pay = { votesGwei: voteInclusionGwei, syncGwei: Math.floor(syncGwei / 7) * hits };
    this.balances.add(proposer, pay.votesGwei + pay.syncGwei);
    return pay;
  }

  #forget(slot: number): void {
    const block = this.#blocks.get(slot);
    if (block === undefined) return;
    this.#blocks.delete(slot);
    this.#byRoot.delete(block.rootHex);
  }
}
