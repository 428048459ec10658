import { ChainFeed, type ChainEvent } from '../../beacon/index.ts';
import type { SlotClock } from '../../core/chain/slot-clock.ts';
import { epoch as epochOf, type Epoch } from '../../core/units.ts';
import { MonitorEngine } from '../engine/engine.ts';
import { finalStore } from '../engine/final-store.ts';
import { SingleFlight } from '../engine/single-flight.ts';
import { TaskLog } from '../engine/task-log.ts';
import type { MonitorMetrics } from '../metrics/index.ts';
import type { MonitorState } from '../model/monitor-state.ts';
import type { MonitorStore } from '../store/index.ts';
import { WatchList } from '../watched/index.ts';
import { Comparison } from './comparison.ts';
import type { EngineParts } from './engine-parts.ts';
import type { MonitorOptions } from './monitor-options.ts';
import { WatchedSet } from './watched-set.ts';

/** Every question to a node has an end long before this, and so has the work on one epoch. */
const STUCK_MS = 600_000;

/** Epochs between two looks at what is older than it has to be kept. */
const PRUNE_EVERY = 32n;

export interface MonitorModules extends EngineParts {
  readonly metrics: MonitorMetrics;
  readonly clock: SlotClock;
}

/** Everything put together and kept going. */
export class Monitor {
  readonly #options: MonitorOptions;
  readonly #modules: MonitorModules;
  readonly #tasks: TaskLog;
  readonly #engine: MonitorEngine;
  readonly #watched: WatchedSet;
  readonly #comparison: Comparison;
  readonly #feed: ChainFeed;
  readonly #rounds: SingleFlight;
  readonly #stopped = new AbortController();
  readonly #startedMs: number;
  #timer: NodeJS.Timeout | null = null;
  #resolvedAt: Epoch | null = null;
  #prunedAt: Epoch | null = null;
  #askedAgainAt: Epoch | null = null;
  #gapEpochs = 0;
  /** When something last came to an end: a round, or an epoch in the middle of a long one. Monotonic milliseconds. */
  #movedAt = performance.now();

  constructor(options: MonitorOptions, modules: MonitorModules) {
    const { spec, log, time = Date.now } = options;
    const { nodes, clock, store, metrics, sources } = modules;
    this.#options = options;
    this.#modules = modules;
    this.#startedMs = time();
    const tasks = new TaskLog(log, time);
    this.#tasks = tasks;
    const groupOf = (index: number): string => this.#watched.groupOf(index);
    this.#watched = new WatchedSet({
      ...{ nodes, store },
      list: new WatchList(options.watch, { ask: nodes.ask.bind(nodes), log, nowMs: time }),
      // Groups and labels are no business of the engine's, but the list is one.
      onChange: (watched) => this.#engine.watch(watched),
      onProblem: () => metrics.watchListFailed(),
    });
    this.#comparison = new Comparison({
      ...{ spec, nodes, store, sources, metrics, tasks, log, groupOf },
      severalNodes: options.beaconNodes.length > 1,
      doors: options.signers,
      watched: () => this.#watched.list.current(),
      nowMs: () => clock.nowMs(),
      signal: this.#stopped.signal,
    });
    this.#engine = new MonitorEngine({
      ...{ ...sources, records: modules.records, clock, log, tasks },
      store: finalStore(store),
      onFinal: (record, { states, view, seats }) => {
        this.#movedAt = performance.now();
        const last = [...(states.get(record.parts.at(-1)?.endSlot ?? view.to)?.values() ?? [])];
        store.putStatuses(record.epoch, last);
        this.#gapEpochs = gapEpochsOf(store, record.epoch);
        metrics.final(record, groupOf);
        // Without seats nobody has looked for votes yet: they are looked for when it is compared.
        if (seats !== null) {
          this.#comparison.bring(record.epoch, { verdicts: record.attestations, blocks: view.blocks });
        }
        this.#comparison.compareWritten();
        return Promise.resolve();
      },
      // Its signature alone proves who made it: that of a twin need not become the head.
      onBlock: (block) => {
        if (this.#watched.has(block.proposerIndex)) this.#comparison.check([], [block]);
      },
      onHead: ({ attestations }, blocks) => {
        this.#comparison.check(
          attestations.flatMap(({ verdicts }) => verdicts),
          blocks,
        );
        metrics.update(this.state());
        return Promise.resolve();
      },
    });
    this.#rounds = new SingleFlight(() => this.#round());
    this.#feed = new ChainFeed(nodes, { pollMs: Math.ceil(spec.slotDurationMs / 3) }, log, (event) =>
      this.#heard(event),
    );
  }

  async start(): Promise<void> {
    // The first time a bad watch file is the operator's to mend; later it leaves the list as it is.
    await this.#resolve();
    this.#feed.start();
    // Should every event get lost, a slot later there is a round all the same.
    this.#timer = setInterval(() => void this.#rounds.run(), this.#options.spec.slotDurationMs);
    void this.#rounds.run();
  }

  async reload(): Promise<void> {
    this.#resolvedAt = null;
    await this.#rounds.run();
  }

  /** @throws when the rounds stand still, or the database does not answer; a node that does not is no such thing */
  alive(): Promise<string> {
    return Promise.resolve().then(() => {
      const still = performance.now() - this.#movedAt;
      if (still > STUCK_MS) throw new Error(`no round has ended for ${Math.round(still / 1000)} seconds`);
      const next = this.#modules.store.nextEpoch();
      const count = this.#watched.list.current().length;
      return `watching ${count} validators; ${next === null ? 'nothing is final yet' : `final up to epoch ${next - 1n}`}`;
    });
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#stopped.abort();
    await this.#feed.stop();
    await this.#rounds.idle();
    await this.#comparison.idle();
  }

  state(): MonitorState {
    const { spec } = this.#options;
    const { clock, nodes } = this.#modules;
    const { list } = this.#watched;
    return {
      network: spec.name,
      slotsPerEpoch: spec.slotsPerEpoch,
      slotDurationMs: spec.slotDurationMs,
      genesisTimeSeconds: spec.genesisTimeSeconds,
      clockSlot: clock.currentSlot(),
      head: this.#engine.head,
      finalizedEpoch: this.#engine.finalizedEpoch,
      lastFinalEpoch: this.#engine.lastFinal,
      gapEpochs: this.#gapEpochs,
      watched: list.current(),
      pending: list.pending(),
      watchFileProblem: list.fileProblem(),
      watchProblems: list.problems(),
      nodes: nodes.report(),
      lastSuccessMs: this.#tasks.lastSuccessMs,
      errors: this.#tasks.errors,
      unjudged: this.#comparison.unjudged,
      reorgs: this.#engine.reorgs,
      startedMs: this.#startedMs,
    };
  }

  #heard(event: ChainEvent): void {
    // A block that cannot be had now is asked for again when it becomes the head.
    this.#engine.note(event).catch(() => undefined);
    if (event.kind !== 'block') void this.#rounds.run();
  }

  async #round(): Promise<void> {
    const now = this.#modules.clock.currentEpoch();
    if (this.#resolvedAt !== now) await this.#tasks.attempt('watch-list', () => this.#resolve());
    await this.#engine.round(this.#stopped.signal);
    this.#comparison.retry();
    this.#comparison.compareWritten();
    if (this.#askedAgainAt !== now) {
      this.#askedAgainAt = now;
      await this.#tasks.attempt('execution-income', () => this.#askAgain());
    }
    await this.#tasks.attempt('retention', () => this.#prune(now));
    this.#options.onRound?.(this.state());
    this.#movedAt = performance.now();
  }

  async #resolve(): Promise<void> {
    await this.#watched.resolve();
    this.#resolvedAt = this.#modules.clock.currentEpoch();
  }

  async #askAgain(): Promise<void> {
    const improved = (await this.#modules.askAgain?.round()) ?? 0;
    if (improved > 0) this.#options.log.info({ blocks: improved }, 'what blocks paid is known by now');
  }

  #prune(now: Epoch): Promise<void> {
    const { store } = this.#modules;
    if (this.#prunedAt !== null && now < this.#prunedAt + PRUNE_EVERY) return Promise.resolve();
    store.prune(this.#options.retention);
    this.#prunedAt = now;
    return Promise.resolve();
  }
}

const gapEpochsOf = (store: MonitorStore, last: Epoch): number =>
  store.gaps(epochOf(0n), last).reduce((sum, { from, to }) => sum + Number(to - from) + 1, 0);
