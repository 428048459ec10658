import type { ChainSpec } from '../core/chain/chain-spec.ts';
import type { SlotClock } from '../core/chain/slot-clock.ts';
import type { Logger } from '../core/log/logger.ts';
import { beaconError } from './errors.ts';
import type { BeaconMetrics } from './metrics.ts';
import type { Answer, Call } from './node/call.ts';
import { BeaconFailure } from './node/failure.ts';
import { NodeAddress } from './node/node-address.ts';
import { NodeClient, type NodeClientOptions } from './node/node-client.ts';
import { DEFAULT_LIMITS, judgeNode, type Doubt, type TruthLimits, type Verdict } from './nodes/judge-node.ts';
import { NodeWatch } from './nodes/node-watch.ts';

export interface BeaconNodesOptions {
  /** In the order of preference; may carry credentials. */
  readonly urls: readonly string[];
  readonly limits?: Partial<TruthLimits>;
  readonly client?: Partial<NodeClientOptions>;
}

export interface BeaconNodesModules {
  readonly spec: ChainSpec;
  readonly clock: SlotClock;
  readonly log: Logger;
  readonly metrics?: BeaconMetrics;
}

/** What is known of one node, for a person or a health page. */
export interface NodeReport {
  readonly name: string;
  readonly doubt: Doubt | null;
  readonly score: number;
  readonly headSlot: bigint | null;
  readonly syncDistance: bigint | null;
  readonly selected: boolean;
}

/** No check waits longer than this for a node: by then it is not well. */
const CHECK_TIMEOUT_MS = 5000;

/**
 * Several beacon nodes as one source of truth. A node that is syncing, optimistic, behind, ahead of the clock or of
 * another network is not asked; of the others the best one is, and the next one when it fails. "Not found" is told only
 * when every one of them says so.
 */
export class BeaconNodes {
  readonly #modules: BeaconNodesModules;
  readonly #limits: TruthLimits;
  readonly #watches: readonly NodeWatch[];
  #checked: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  readonly #stopped = new AbortController();

  constructor(options: BeaconNodesOptions, modules: BeaconNodesModules) {
    this.#modules = modules;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    const names = uniqueNames(options.urls);
    this.#watches = options.urls.map((url, at) => {
      const name = names[at] ?? url;
      const address = new NodeAddress(url, name);
      const client = new NodeClient(address, options.client, modules.metrics?.ofNode(name) ?? null);
      return new NodeWatch(client, this.#limits.probation);
    });
  }

  /** Checks all nodes now and then once a slot. */
  async start(): Promise<void> {
    await this.#firstCheck();
    this.#timer ??= setInterval(() => void this.check(), this.#modules.spec.slotDurationMs);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#stopped.abort();
  }

  /** Looks at every node; never fails. */
  async check(): Promise<void> {
    const { spec } = this.#modules;
    const stopped = this.#stopped.signal;
    const before = this.#watches.map((watch) => this.#wordsFor(watch));
    await Promise.all(this.#watches.map((watch) => watch.check(spec, CHECK_TIMEOUT_MS, stopped)));
    for (const [at, watch] of this.#watches.entries()) {
      const { doubt } = this.#verdict(watch);
      watch.judged(doubt === null);
      if (this.#wordsFor(watch) !== before[at]) this.#tellOfChange(watch, doubt);
    }
    this.#publish();
  }

  /**
   * The answer of the best source of truth that gives one.
   * @throws BEACON_NO_TRUTH when no node is one; otherwise what the nodes failed with: BEACON_NOT_FOUND only if all of
   * them said so; the reason of `signal` when the caller gave up
   */
  async ask<T>(call: Call<T>, signal?: AbortSignal): Promise<Answer<T>> {
    await this.#firstCheck();
    const failures: BeaconFailure[] = [];
    for (const watch of this.#bestFirst()) {
      try {
        const answer = await watch.client.ask(call, signal);
        watch.answered();
        if (!answer.executionOptimistic) return answer;
        watch.sawOptimistic();
        watch.client.metrics?.failed(call.operation, 'optimistic');
        const { name } = watch.client;
        failures.push(
          new BeaconFailure('optimistic', `${name}: the answer to ${call.operation} is optimistic`),
        );
      } catch (error) {
        if (!(error instanceof BeaconFailure)) throw error;
        watch.failed(error.kind);
        failures.push(error);
      }
      this.#publish();
      // What must not arrive twice has perhaps arrived, although no answer came back.
      if (!call.idempotent) break;
    }
    throw failures.find(({ kind }) => kind !== 'not-found') ?? failures[0] ?? this.#noTruth();
  }

  /**
   * What every node by itself says, for what one alone is not believed in: in the order of the URLs, null from one that
   * is no source of truth. A node that is not there counts as such, as it does when it is asked alone.
   * @param timeoutMs for each node, all its tries together
   */
  async askEach<T>(call: Call<T>, timeoutMs: number): Promise<(Answer<T> | BeaconFailure | null)[]> {
    await this.#firstCheck();
    const fit = new Set(this.#bestFirst());
    const answers = await Promise.all(
      this.#watches.map((watch) =>
        fit.has(watch) ? this.#askOne(watch, call, timeoutMs) : Promise.resolve(null),
      ),
    );
    this.#publish();
    return answers;
  }

  /** The node that calls go to first; null when none is a source of truth. */
  best(): NodeClient | null {
    return this.#bestFirst()[0]?.client ?? null;
  }

  isTruth(client: NodeClient): boolean {
    return this.#bestFirst().some((watch) => watch.client === client);
  }

  report(): NodeReport[] {
    const best = this.best();
    return this.#watches.map((watch) => ({
      name: watch.client.name,
      ...this.#verdict(watch),
      headSlot: watch.facts.sync?.headSlot ?? null,
      syncDistance: watch.facts.sync?.syncDistance ?? null,
      selected: watch.client === best,
    }));
  }

  async #askOne<T>(watch: NodeWatch, call: Call<T>, timeoutMs: number): Promise<Answer<T> | BeaconFailure> {
    const late = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await watch.client.ask(call, AbortSignal.any([late, this.#stopped.signal]));
      watch.answered();
      return answer;
    } catch (error) {
      if (error instanceof BeaconFailure) {
        watch.failed(error.kind);
        return error;
      }
      if (!late.aborted && !this.#stopped.signal.aborted) throw error;
      // At the end of the process nothing is learnt.
      if (!this.#stopped.signal.aborted) watch.failed('timeout');
      return new BeaconFailure('timeout', `${watch.client.name}: no answer to ${call.operation} in time`);
    }
  }

  /** Whoever asks before the first check is over waits for it, rather than being told that there is no truth. */
  #firstCheck(): Promise<void> {
    return (this.#checked ??= this.check());
  }

  #bestFirst(): NodeWatch[] {
    return this.#watches
      .map((watch) => ({ watch, ...this.#verdict(watch) }))
      .filter(({ doubt }) => doubt === null)
      .sort((one, other) => other.score - one.score)
      .map(({ watch }) => watch);
  }

  #verdict(watch: NodeWatch): Verdict {
    const clockSlot = this.#modules.clock.currentSlot();
    return judgeNode(watch.facts, { clockSlot, bestHead: this.#bestHead(clockSlot), limits: this.#limits });
  }

  /** Heads that are not verified, not ours or in the future are nothing to be behind of. */
  #bestHead(clockSlot: bigint): bigint | null {
    let best: bigint | null = null;
    for (const { facts } of this.#watches) {
      const { network, sync } = facts;
      if (network !== 'ours' || sync === null || sync.isOptimistic) continue;
      if (sync.headSlot - clockSlot > this.#limits.maxAheadOfClock) continue;
      if (best === null || sync.headSlot > best) best = sync.headSlot;
    }
    return best;
  }

  #noTruth(): Error {
    const states = this.#watches.map((watch) => `${watch.client.name} is ${this.#wordsFor(watch) ?? 'fit'}`);
    return beaconError('BEACON_NO_TRUTH', `no beacon node is a source of truth: ${states.join('; ')}`);
  }

  /** The doubt, and for a wrong network which; null without a doubt. */
  #wordsFor(watch: NodeWatch): string | null {
    const { doubt } = this.#verdict(watch);
    return doubt === 'wrong network' && watch.otherNetwork !== null
      ? `on the ${doubt}: ${watch.otherNetwork}`
      : doubt;
  }

  #tellOfChange(watch: NodeWatch, doubt: Doubt | null): void {
    const { log } = this.#modules;
    const { name } = watch.client;
    if (doubt === null) log.info({ node: name }, 'the beacon node is a source of truth');
    else
      log.warn(
        { node: name, doubt },
        `the beacon node is no source of truth: ${this.#wordsFor(watch) ?? doubt}`,
      );
  }

  #publish(): void {
    for (const [at, { doubt, ...facts }] of this.report().entries()) {
      const metrics = this.#watches[at]?.client.metrics;
      metrics?.judged({ ...facts, truth: doubt === null });
      metrics?.selected(facts.selected);
    }
  }
}

/** Two nodes behind one host differ by what must not be shown, so they are numbered. */
function uniqueNames(urls: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return urls.map((url) => {
    const { name } = new NodeAddress(url);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}#${count}`;
  });
}
