import { setTimeout as sleep } from 'node:timers/promises';
import { isVigilError } from '../../core/errors.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Root } from '../../core/units.ts';
import { finalityCheckpoints } from '../endpoints/finality.ts';
import { header } from '../endpoints/headers.ts';
import { BeaconFailure } from '../node/failure.ts';
import type { NodeClient } from '../node/node-client.ts';
import { jittered, type RetryPolicy } from '../node/retry.ts';
import type { BeaconNodes } from '../nodes.ts';
import { acceptedTopics } from './accepted-topics.ts';
import type { ChainEvent, StreamedEvent } from './chain-event.ts';
import { streamEvents, type StreamOptions } from './event-stream.ts';
import { EVENT_TOPICS, type EventTopic } from './event-topics.ts';
import { HeadTracker } from './head-tracker.ts';

export interface ChainFeedOptions {
  readonly topics: readonly EventTopic[];
  /** How often the head is asked for while no stream stands, and how often the node of the stream is looked at. */
  readonly pollMs: number;
  /** Pauses between streams that broke. `attempts` is not used: it is tried for ever. */
  readonly reconnect: Omit<RetryPolicy, 'attempts'>;
  /** How long a node that refuses to stream is polled before it is asked again. */
  readonly refusedMs: number;
  readonly openTimeoutMs: number;
  readonly idleMs: number;
}

/** For slots of twelve seconds: a head is news for a third of a slot, and four empty slots in a row are rare. */
export const DEFAULT_FEED_OPTIONS: ChainFeedOptions = {
  topics: EVENT_TOPICS,
  pollMs: 4000,
  reconnect: { baseMs: 500, maxMs: 30_000 },
  refusedMs: 600_000,
  openTimeoutMs: 10_000,
  idleMs: 60_000,
};

/**
 * What happens on the chain, from the stream of the best node while it stands and by asking for the head while it does
 * not. After every connection the head is asked for once, so that what happened in between is told as a gap. Events are
 * reasons to look: each may be missed or come late, none of them decides anything.
 */
export class ChainFeed {
  readonly #nodes: BeaconNodes;
  readonly #options: ChainFeedOptions;
  readonly #log: Logger;
  readonly #onEvent: (event: ChainEvent) => void;
  readonly #tracker = new HeadTracker();
  readonly #stopped = new AbortController();
  /** What each node was found to take, if not everything. */
  readonly #accepted = new Map<NodeClient, readonly EventTopic[]>();
  #failuresInRow = 0;
  #running: Promise<void> | null = null;

  /** @param onEvent called in order; what it throws is logged and goes no further */
  constructor(
    nodes: BeaconNodes,
    options: Partial<ChainFeedOptions>,
    log: Logger,
    onEvent: (event: ChainEvent) => void,
  ) {
    this.#nodes = nodes;
    this.#options = { ...DEFAULT_FEED_OPTIONS, ...options };
    this.#log = log;
    this.#onEvent = onEvent;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!this.#isStopped()) {
      try {
        await this.#pollFor(await this.#streamOnce());
      } catch (error) {
        if (this.#isStopped()) return;
        this.#log.error({ err: error }, 'the chain feed stumbled');
        await sleep(this.#options.pollMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  /** Streams for as long as it lasts. @returns for how long to poll before the next try */
  async #streamOnce(): Promise<number> {
    const { pollMs, reconnect, refusedMs } = this.#options;
    const client = this.#nodes.best();
    if (client === null) return pollMs;
    try {
      await this.#stream(client);
      return 0;
    } catch (error) {
      if (!(error instanceof BeaconFailure)) throw error;
      this.#log.debug({ node: client.name, kind: error.kind }, `no events: ${error.message}`);
      if (error.kind === 'refused' && !this.#accepted.has(client)) {
        return (await this.#learnTopics(client)) ? 0 : refusedMs;
      }
      if (['refused', 'not-found', 'server'].includes(error.kind)) return refusedMs;
      this.#failuresInRow += 1;
      return jittered({ ...reconnect, attempts: Infinity }, this.#failuresInRow);
    }
  }

  /** Ends without a failure when the node is no source of truth any more. */
  async #stream(client: NodeClient): Promise<void> {
    const left = new AbortController();
    const look = setInterval(() => {
      if (!this.#nodes.isTruth(client)) left.abort();
    }, this.#options.pollMs);
    let caughtUp: Promise<void> = Promise.resolve();
    const topics = this.#accepted.get(client) ?? this.#options.topics;
    const options = this.#streamOptions(AbortSignal.any([this.#stopped.signal, left.signal]));
    try {
      const events = streamEvents(client, topics, options, () => {
        caughtUp = this.#poll();
      });
      for await (const each of events) {
        // What was streamed meanwhile waits, so that the gap is told before what comes after it.
        await caughtUp;
        this.#failuresInRow = 0;
        this.#take(each);
      }
    } catch (error) {
      if (left.signal.aborted && !this.#isStopped()) return;
      throw error;
    } finally {
      clearInterval(look);
      await caughtUp;
    }
  }

  async #learnTopics(client: NodeClient): Promise<boolean> {
    const { topics } = this.#options;
    const accepted = await acceptedTopics(client, topics, this.#streamOptions(this.#stopped.signal));
    this.#log.info({ node: client.name, topics: accepted }, 'the beacon node does not stream every topic');
    // With none it is polled, and asked anew for all of them when that time is over.
    if (accepted.length > 0) this.#accepted.set(client, accepted);
    return accepted.length > 0;
  }

  /** Until the time is over: the head is asked for at its start and then every `pollMs`. */
  async #pollFor(timeMs: number): Promise<void> {
    const { pollMs } = this.#options;
    const { signal } = this.#stopped;
    const until = performance.now() + timeMs;
    for (let left = timeMs; left > 0 && !this.#isStopped(); left = until - performance.now()) {
      await this.#poll();
      await sleep(Math.min(pollMs, left), undefined, { signal });
    }
  }

  /** Asks for head and finality. What the nodes do not answer is asked again at the next turn. */
  async #poll(): Promise<void> {
    const { signal } = this.#stopped;
    try {
      const { data: head } = await this.#nodes.ask(header('head'), signal);
      const { last } = this.#tracker;
      if (last?.root === head.root) return;
      const apart = last !== null && head.parentRoot !== last.root;
      const canonical = apart ? await this.#isCanonical(last.root) : null;
      const { slot, root, parentRoot } = head;
      this.#tell(this.#tracker.head({ slot, root, parentRoot }, canonical));
      const { data } = await this.#nodes.ask(finalityCheckpoints('head'), signal);
      this.#tell(this.#tracker.finalized({ kind: 'finalized', ...data.finalized }));
    } catch (error) {
      if (!isVigilError(error) && !this.#isStopped()) throw error;
    }
  }

  /** Null when no node knows the block: orphans are forgotten, and a node may not have seen it yet. */
  async #isCanonical(root: Root): Promise<boolean | null> {
    try {
      return (await this.#nodes.ask(header(root), this.#stopped.signal)).data.canonical;
    } catch (error) {
      if (isVigilError(error, 'BEACON_NOT_FOUND')) return null;
      throw error;
    }
  }

  #take({ event, executionOptimistic }: StreamedEvent): void {
    // The head after it will tell the gap.
    if (executionOptimistic) return;
    switch (event.kind) {
      case 'head':
        return this.#tell(this.#tracker.head(event.head));
      case 'reorg':
        return this.#tell(this.#tracker.reorg(event));
      case 'finalized':
        return this.#tell(this.#tracker.finalized(event));
      case 'block':
      case 'slashing':
      case 'gap':
        return this.#tell([event]);
    }
  }

  #tell(events: readonly ChainEvent[]): void {
    for (const event of events) {
      try {
        this.#onEvent(event);
      } catch (error) {
        this.#log.error({ err: error }, `an event (${event.kind}) could not be worked on`);
      }
    }
  }

  #streamOptions(signal: AbortSignal): StreamOptions {
    const { openTimeoutMs, idleMs } = this.#options;
    return { openTimeoutMs, idleMs, signal };
  }
}
