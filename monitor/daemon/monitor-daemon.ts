import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { collectDefaultMetrics, Registry } from 'prom-client';
import {
  BeaconNodes,
  ChainFeed,
  configSpec,
  createBeaconMetrics,
  finalityCheckpoints,
  type ChainEvent,
} from '../../beacon/index.ts';
import type { ConfigValues } from '../../core/chain/config-values.ts';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import { epoch as epochOf, type Epoch } from '../../core/units.ts';
import { MonitorEngine } from '../engine/engine.ts';
import { finalStore } from '../engine/final-store.ts';
import { SingleFlight } from '../engine/single-flight.ts';
import { TaskLog } from '../engine/task-log.ts';
import { blockWitnesses } from '../foreign/index.ts';
import { startMonitorHttp } from '../http/index.ts';
import { createMonitorMetrics, type MonitorMetrics } from '../metrics/index.ts';
import type { BlockFacts } from '../model/block-facts.ts';
import type { MonitorState } from '../model/monitor-state.ts';
import type { AttestationVerdict } from '../model/verdicts.ts';
import type { MonitorStore } from '../store/index.ts';
import { WatchList } from '../watched/index.ts';
import { engineParts, type EngineParts } from './engine-parts.ts';
import { ForeignLink } from './foreign-link.ts';
import type { MonitorOptions, RunningMonitor } from './monitor-options.ts';
import { WrittenEpochs } from './written-epochs.ts';

/** Every question to a node has an end long before this, and so has the work on one epoch. */
const STUCK_MS = 600_000;

/** Epochs between two looks at what is older than it has to be kept. */
const PRUNE_EVERY = 32n;

/**
 * Starts the monitor: node, database, watch list, then rounds for as long as it lasts. Before a node is a source of
 * truth there is nothing to start with, so that is waited for.
 */
export async function startMonitor(options: MonitorOptions): Promise<RunningMonitor> {
  const { spec, log, time = Date.now } = options;
  const closers: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const each of closers.reverse()) await each();
  };
  try {
    await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
    const clock = new SlotClock(spec, time);
    const registry = new Registry();
    collectDefaultMetrics({ register: registry, prefix: 'vigil_' });
    const metrics = createBeaconMetrics(registry);
    const nodes = new BeaconNodes({ urls: options.beaconNodes }, { spec, clock, log, metrics });
    closers.push(() => nodes.stop());
    await nodes.start();
    const values = await untilAnswered(nodes, options);
    const parts = engineParts({ ...options, nodes, values });
    const { store } = parts;
    closers.push(() => store.close());
    const duties = createMonitorMetrics(registry, {
      perValidatorLimit: options.perValidatorMetrics,
      statusOf: (index) => store.statusOf(index),
      nowMs: time,
      unresolvedBlocks: () => store.query.unresolvedPayments(),
      feeRecipients: options.feeRecipients ?? [],
    });
    const monitor = new Monitor(options, { ...parts, clock, metrics: duties });
    closers.push(() => monitor.stop());
    await monitor.start();
    const { dataDir, host, port: wanted } = options;
    const http = await startMonitorHttp({
      ...{ dataDir, host, port: wanted, registry, log, metrics: duties, hostAllowlist: [host] },
      view: { state: () => monitor.state(), store, nowMs: time },
    });
    closers.push(() => http.close());
    const { port } = http;
    log.info(
      { network: spec.name, watched: monitor.state().watched.length, host, port },
      'the monitor watches',
    );
    return { port, reload: () => monitor.reload(), alive: () => monitor.alive(), stop: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The constants of the network, from the first node that is a source of truth. */
async function untilAnswered(
  nodes: BeaconNodes,
  { log, spec, signal, onWaiting = () => undefined }: MonitorOptions,
): Promise<ConfigValues> {
  // It may be waited for long; what is in the way is said when it changes.
  let said = '';
  for (;;) {
    try {
      return (await nodes.ask(configSpec(), signal)).data;
    } catch (error) {
      signal?.throwIfAborted();
      const { message } = error as Error;
      if (message !== said) log.warn(message);
      said = message;
      onWaiting();
      // Whoever gives the start up hears the reason, not that a timer was stopped.
      await delay(spec.slotDurationMs, undefined, signal === undefined ? {} : { signal }).catch(
        () => undefined,
      );
      signal?.throwIfAborted();
    }
  }
}

interface MonitorModules extends EngineParts {
  readonly metrics: MonitorMetrics;
  readonly clock: SlotClock;
}

/** Everything put together and kept going. */
class Monitor {
  readonly #options: MonitorOptions;
  readonly #modules: MonitorModules;
  readonly #tasks: TaskLog;
  readonly #engine: MonitorEngine;
  readonly #watchList: WatchList;
  readonly #foreign: ForeignLink;
  readonly #feed: ChainFeed;
  readonly #rounds: SingleFlight;
  readonly #written: WrittenEpochs;
  /** Beside the rounds: an epoch of long ago may have to be read again. */
  readonly #comparing: SingleFlight;
  readonly #asides = new Set<Promise<unknown>>();
  readonly #stopped = new AbortController();
  readonly #startedMs: number;
  #groups: ReadonlyMap<number, string> = new Map();
  #timer: NodeJS.Timeout | null = null;
  #resolvedAt: Epoch | null = null;
  #prunedAt: Epoch | null = null;
  #askedAgainAt: Epoch | null = null;
  #gapEpochs = 0;
  /** When something last came to an end: a round, or an epoch in the middle of a long one. Monotonic milliseconds. */
  #movedAt = performance.now();

  constructor(options: MonitorOptions, modules: MonitorModules) {
    const { spec, log, time = Date.now } = options;
    const { nodes, clock, store, metrics } = modules;
    this.#options = options;
    this.#modules = modules;
    this.#startedMs = time();
    this.#tasks = new TaskLog(log, time);
    const nowMs = (): bigint => clock.nowMs();
    this.#foreign = new ForeignLink({
      ...{ spec, store, log, nowMs, doors: options.signers },
      ...(options.beaconNodes.length > 1 ? { witnesses: blockWitnesses(nodes) } : {}),
      onForeign: (message) => metrics.foreign(message, (index) => this.#groupOf(index)),
      onForged: () => metrics.forgedBlock(),
      onImpossible: () => metrics.impossibleVote(),
    });
    this.#engine = new MonitorEngine({
      ...{ ...modules.sources, records: modules.records, clock, log, tasks: this.#tasks },
      store: finalStore(store),
      onFinal: (record, { states, view, seats }) => {
        this.#movedAt = performance.now();
        const last = [...(states.get(record.parts.at(-1)?.endSlot ?? view.to)?.values() ?? [])];
        store.putStatuses(record.epoch, last);
        this.#gapEpochs = gapEpochsOf(store, record.epoch);
        metrics.final(record, (index) => this.#groupOf(index));
        // Without seats nobody has looked for votes yet: they are looked for when it is compared.
        if (seats !== null)
          this.#written.bring(record.epoch, { verdicts: record.attestations, blocks: view.blocks });
        void this.#comparing.run();
        return Promise.resolve();
      },
      // Its signature alone proves who made it: that of a twin need not become the head.
      onBlock: (block) => {
        if (this.#groups.has(block.proposerIndex)) this.#compare([], [block]);
      },
      onHead: ({ attestations }, blocks) => {
        this.#compare(
          attestations.flatMap(({ verdicts }) => verdicts),
          blocks,
        );
        metrics.update(this.state());
        return Promise.resolve();
      },
    });
    this.#watchList = new WatchList(options.watch, { ask: nodes.ask.bind(nodes), log, nowMs: time });
    // Groups and labels are no business of the engine's, but the list is one.
    this.#watchList.onChange(() => {
      const watched = this.#watchList.current();
      this.#groups = new Map(watched.map(({ index, group }) => [index, group]));
      this.#engine.watch(watched);
    });
    this.#written = new WrittenEpochs({
      ...{ store, sources: modules.sources, link: this.#foreign },
      watched: () => this.#watchList.current(),
    });
    this.#comparing = new SingleFlight(async () => {
      await this.#tasks.attempt('foreign-signatures', () => this.#written.run(this.#stopped.signal));
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
      const count = this.#watchList.current().length;
      return `watching ${count} validators; ${next === null ? 'nothing is final yet' : `final up to epoch ${next - 1n}`}`;
    });
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#stopped.abort();
    await this.#feed.stop();
    await this.#rounds.idle();
    await this.#comparing.idle();
    await Promise.all(this.#asides);
    await this.#foreign.watch.idle();
  }

  state(): MonitorState {
    const { spec } = this.#options;
    const { clock, nodes } = this.#modules;
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
      watched: this.#watchList.current(),
      pending: this.#watchList.pending(),
      watchFileProblem: this.#watchList.fileProblem(),
      watchProblems: this.#watchList.problems(),
      nodes: nodes.report(),
      lastSuccessMs: this.#tasks.lastSuccessMs,
      errors: this.#tasks.errors,
      unjudged: this.#unjudged(),
      reorgs: this.#engine.reorgs,
      startedMs: this.#startedMs,
    };
  }

  #unjudged(): MonitorState['unjudged'] {
    const { unjudged } = this.#foreign;
    return unjudged === null ? null : { ...unjudged, epochs: this.#written.waiting ?? 0 };
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
    this.#beside(async () => {
      await this.#foreign.watch.retry();
    });
    void this.#comparing.run();
    if (this.#askedAgainAt !== now) {
      this.#askedAgainAt = now;
      await this.#tasks.attempt('execution-income', () => this.#askAgain());
    }
    await this.#tasks.attempt('retention', () => this.#prune(now));
    this.#options.onRound?.(this.state());
    this.#movedAt = performance.now();
  }

  async #resolve(): Promise<void> {
    const { clock, nodes, store } = this.#modules;
    await this.#watchList.resolve();
    if (this.#watchList.problems().length > 0) this.#modules.metrics.watchListFailed();
    const watched = this.#watchList.current();
    const before = new Map(store.known().map((known) => [known.index, known]));
    const { data } = await nodes.ask(finalityCheckpoints('head'));
    const { epoch } = data.finalized;
    // The oldest epoch that every node still knows all about, so that there is something to see at once.
    store.watch(watched, epochOf(epoch > 2n ? epoch - 2n : 0n));
    const kept = new Set(watched.map(({ index }) => index));
    store.unwatch(
      [...before.values()]
        .filter((known) => known.watched && !kept.has(known.index))
        .map(({ index }) => index),
    );
    this.#resolvedAt = clock.currentEpoch();
  }

  #groupOf(index: number): string {
    return this.#groups.get(index) ?? 'default';
  }

  /** What is on chain against what our signers signed. */
  #compare(verdicts: readonly AttestationVerdict[], blocks: readonly BlockFacts[]): void {
    const watched = this.#watchList.current();
    this.#beside(() => this.#foreign.check(watched, verdicts, blocks));
  }

  /** Signers that take their time hold up no duty. */
  #beside(step: () => Promise<void>): void {
    const work = this.#tasks.attempt('foreign-signatures', step).finally(() => this.#asides.delete(work));
    this.#asides.add(work);
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
