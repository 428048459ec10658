import {
  finalityCheckpoints,
  header,
  type BlockHeader,
  type ChainEvent,
  type FinalityCheckpoints,
} from '../../beacon/index.ts';
import { epochOfSlot, startSlotOfEpoch } from '../../core/chain/chain-spec.ts';
import type { SlotClock } from '../../core/chain/slot-clock.ts';
import type { Logger } from '../../core/log/logger.ts';
import { epoch as epochOf, type Epoch, type Root } from '../../core/units.ts';
import type { BlockFacts } from '../model/block-facts.ts';
import type { EpochRecord } from '../model/epoch-record.ts';
import type { HeadState } from '../model/monitor-state.ts';
import type { WatchedValidator } from '../model/watched-validator.ts';
import type { SeenBlock } from '../proposals/index.ts';
import type { BlockShelf } from './block-shelf.ts';
import { ChainAnswers } from './chain-answers.ts';
import type { UnitSources } from './collect-unit.ts';
import type { FinalStore } from './final-store.ts';
import { Finalizer, type OnFinal } from './finalizer.ts';
import { HeadView } from './head-view.ts';
import type { RecordMaker } from './record-maker.ts';
import type { TaskLog } from './task-log.ts';
import type { UnitFacts } from './unit-facts.ts';

export interface EngineModules extends UnitSources {
  readonly shelf: BlockShelf;
  readonly clock: SlotClock;
  readonly store: FinalStore;
  readonly records: RecordMaker;
  readonly tasks: TaskLog;
  readonly log: Logger;
  /** After a record is safe. */
  readonly onFinal: OnFinal;
  /** After the head was looked at. */
  readonly onHead: (head: HeadState, blocks: readonly BlockFacts[]) => Promise<void>;
  /** A block that an event told of, whether or not it ever becomes the head. */
  readonly onBlock: (block: BlockFacts) => void;
}

/** Blocks that could not be had and are asked for again; of more the oldest are given up. */
const MOST_UNREAD = 16;
/** Blocks that events told of are remembered for so many epochs: an orphan that nobody serves any more was still seen. */
const REMEMBER_EPOCHS = 8n;

/**
 * Follows the chain: what is final is written down once, what is at the head is judged anew with every head. Whatever
 * woke it, a round asks for head and finality itself, so that a lost event costs nothing but time.
 */
export class MonitorEngine {
  readonly #modules: EngineModules;
  readonly #finalizer: Finalizer;
  readonly #head: HeadView;
  #answers: ChainAnswers | null = null;
  #watched: readonly WatchedValidator[] = [];
  #finality: FinalityCheckpoints | null = null;
  #lastFinal: Epoch | null = null;
  #seen: Omit<SeenBlock, 'canonical'>[] = [];
  /** Blocks that events told of and that could not be had yet. */
  readonly #unread = new Set<Root>();
  #reorgs = 0;

  constructor(modules: EngineModules) {
    this.#modules = modules;
    this.#finalizer = new Finalizer(modules, modules);
    this.#head = new HeadView(modules);
  }

  get head(): HeadState | null {
    return this.#head.state;
  }

  get finalizedEpoch(): Epoch | null {
    return this.#finality?.finalized.epoch ?? null;
  }

  /** The last epoch that was written down since the start. */
  get lastFinal(): Epoch | null {
    return this.#lastFinal;
  }

  get reorgs(): number {
    return this.#reorgs;
  }

  /** Another set of validators: what was asked for the one before is asked again. */
  watch(watched: readonly WatchedValidator[]): void {
    this.#watched = watched;
    const indices = watched.map(({ index }) => index);
    this.#answers = new ChainAnswers(this.#modules.nodes, this.#modules.spec, indices);
    this.#head.forget();
  }

  /** What events are good for here: the rest of them only says that it is time for a round. */
  async note(event: ChainEvent): Promise<void> {
    if (event.kind === 'reorg') {
      this.#reorgs += 1;
      this.#modules.committees.forgetFrom(epochOfSlot(this.#modules.spec, event.newHead.slot));
    }
    if (event.kind === 'block') await this.#read(event.block.root);
  }

  /** @throws what the nodes failed with; it is tried again in the next rounds */
  async #read(told: Root): Promise<void> {
    this.#unread.add(told);
    const block = await this.#modules.shelf.byRoot(told);
    // Two events of the same block may have asked for it.
    if (!this.#unread.delete(told)) return;
    const { slot, root, proposerIndex } = block;
    this.#seen.push({ slot, root, proposerIndex });
    this.#modules.onBlock(block);
  }

  /** A second block for a slot is in nobody's branch: if it could not be had at once, nothing else brings it. */
  async #readAgain(): Promise<void> {
    const left = [...this.#unread];
    for (const root of left.slice(0, -MOST_UNREAD)) this.#unread.delete(root);
    await Promise.allSettled(left.slice(-MOST_UNREAD).map((root) => this.#read(root)));
  }

  /** One round: whatever became final, then the head. Never fails; what went wrong is with the tasks. */
  async round(signal?: AbortSignal): Promise<void> {
    const { nodes, tasks } = this.#modules;
    const answers = this.#answers;
    if (answers === null || this.#watched.length === 0) return;
    await this.#readAgain();
    let head: BlockHeader | null = null;
    await tasks.attempt('finality', async () => {
      head = (await nodes.ask(header('head'))).data;
      // Finality first: what it settles the head need not look at again.
      await this.#finalize(epochOfSlot(this.#modules.spec, head.slot), answers, signal);
    });
    await tasks.attempt('head', async () => {
      head ??= (await nodes.ask(header('head'))).data;
      await this.#look(head, answers);
    });
  }

  async #look({ root }: BlockHeader, answers: ChainAnswers): Promise<void> {
    const { shelf, store, onHead } = this.#modules;
    await this.#head.update(await shelf.byRoot(root), store.nextEpoch() ?? epochOf(0n), answers);
    if (this.#head.state !== null) await onHead(this.#head.state, this.#head.blocks);
  }

  async #finalize(headEpoch: Epoch, answers: ChainAnswers, signal?: AbortSignal): Promise<void> {
    const { nodes } = this.#modules;
    const { data } = await nodes.ask(finalityCheckpoints('head'));
    this.#finality = data;
    await this.#finalizer.run({
      ...{ finalized: data.finalized, headEpoch, watched: this.#watched, answers, alsoSeen: this.#seen },
      onFinal: (record, facts) => this.#wasFinal(record, facts, answers),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async #wasFinal(record: EpochRecord, facts: UnitFacts, answers: ChainAnswers): Promise<void> {
    const { spec, shelf, onFinal } = this.#modules;
    const { epoch } = record;
    this.#lastFinal = epoch;
    this.#head.wasFinal(epoch, record.attestations);
    // The next unit begins with the next epoch, and is paid for votes of the one before this.
    shelf.forgetBefore(startSlotOfEpoch(spec, epochOf(epoch + 1n)));
    if (epoch > 0n) answers.forgetBefore(epochOf(epoch - 1n));
    const oldest = startSlotOfEpoch(spec, epoch) - REMEMBER_EPOCHS * spec.slotsPerEpoch;
    this.#seen = this.#seen.filter(({ slot }) => slot >= oldest);
    await onFinal(record, facts);
  }
}
