import type { BeaconNodes } from '../../beacon/index.ts';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Epoch } from '../../core/units.ts';
import type { UnitSources } from '../engine/collect-unit.ts';
import { SingleFlight } from '../engine/single-flight.ts';
import type { TaskLog } from '../engine/task-log.ts';
import type { EpochMessages } from '../engine/votes-of-epoch.ts';
import { blockWitnesses, type SignerDoor } from '../foreign/index.ts';
import type { MonitorMetrics } from '../metrics/index.ts';
import type { BlockFacts } from '../model/block-facts.ts';
import type { MonitorState } from '../model/monitor-state.ts';
import type { AttestationVerdict } from '../model/verdicts.ts';
import type { WatchedValidator } from '../model/watched-validator.ts';
import type { MonitorStore } from '../store/index.ts';
import { ForeignLink } from './foreign-link.ts';
import { WrittenEpochs } from './written-epochs.ts';

export interface ComparisonModules {
  readonly spec: ChainSpec;
  readonly nodes: BeaconNodes;
  /** Whether there is more than one: a single node is believed. */
  readonly severalNodes: boolean;
  readonly store: MonitorStore;
  readonly sources: UnitSources;
  readonly doors: readonly SignerDoor[];
  readonly watched: () => readonly WatchedValidator[];
  readonly groupOf: (index: number) => string;
  readonly metrics: Pick<MonitorMetrics, 'foreign' | 'forgedBlock' | 'impossibleVote'>;
  readonly tasks: TaskLog;
  readonly log: Logger;
  readonly nowMs: () => bigint;
  /** Ends the reading of old epochs. */
  readonly signal: AbortSignal;
}

/**
 * What is on chain against what our signers signed, beside the rounds: neither signers that take their time nor an
 * epoch of long ago that has to be read again hold up a duty.
 */
export class Comparison {
  readonly #modules: ComparisonModules;
  readonly #link: ForeignLink;
  readonly #written: WrittenEpochs;
  readonly #ofEpochs: SingleFlight;
  readonly #asides = new Set<Promise<unknown>>();

  constructor(modules: ComparisonModules) {
    const { spec, nodes, severalNodes, store, sources, doors, watched, metrics, tasks, log, nowMs, signal } =
      modules;
    this.#modules = modules;
    this.#link = new ForeignLink({
      ...{ spec, store, log, nowMs, doors },
      ...(severalNodes ? { witnesses: blockWitnesses(nodes) } : {}),
      onForeign: (message) => metrics.foreign(message, modules.groupOf),
      onForged: () => metrics.forgedBlock(),
      onImpossible: () => metrics.impossibleVote(),
    });
    this.#written = new WrittenEpochs({ store, sources, link: this.#link, watched });
    this.#ofEpochs = new SingleFlight(async () => {
      await tasks.attempt('foreign-signatures', () => this.#written.run(signal));
    });
  }

  /** Votes and blocks as a branch of the chain has them. */
  check(verdicts: readonly AttestationVerdict[], blocks: readonly BlockFacts[]): void {
    const watched = this.#modules.watched();
    this.#beside(() => this.#link.check(watched, verdicts, blocks));
  }

  /** Spares an epoch that was written just now its being read again. */
  bring(epoch: Epoch, messages: EpochMessages): void {
    this.#written.bring(epoch, messages);
  }

  /** Compares the epochs that are written and not compared. */
  compareWritten(): void {
    void this.#ofEpochs.run();
  }

  /** Asks again what could not be decided. */
  retry(): void {
    this.#beside(async () => {
      await this.#link.watch.retry();
    });
  }

  /** What the signers have not told yet; null where there are none. */
  get unjudged(): MonitorState['unjudged'] {
    const { unjudged } = this.#link;
    return unjudged === null ? null : { ...unjudged, epochs: this.#written.waiting ?? 0 };
  }

  async idle(): Promise<void> {
    await this.#ofEpochs.idle();
    await Promise.all(this.#asides);
    await this.#link.watch.idle();
  }

  #beside(step: () => Promise<void>): void {
    const work = this.#modules.tasks
      .attempt('foreign-signatures', step)
      .finally(() => this.#asides.delete(work));
    this.#asides.add(work);
  }
}
