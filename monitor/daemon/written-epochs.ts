import { finalityCheckpoints } from '../../beacon/index.ts';
import { isVigilError } from '../../core/errors.ts';
import type { Epoch } from '../../core/units.ts';
import { BlockShelf } from '../engine/block-shelf.ts';
import { ChainAnswers } from '../engine/chain-answers.ts';
import type { UnitSources } from '../engine/collect-unit.ts';
import { votesOfEpoch, type EpochMessages } from '../engine/votes-of-epoch.ts';
import type { WatchedValidator } from '../model/watched-validator.ts';
import type { MonitorStore, Uncompared } from '../store/index.ts';
import type { ForeignLink } from './foreign-link.ts';

export interface WrittenEpochsModules {
  readonly store: Pick<MonitorStore, 'uncompared' | 'compared'>;
  readonly sources: UnitSources;
  readonly link: Pick<ForeignLink, 'check' | 'enabled' | 'unjudged'>;
  readonly watched: () => readonly WatchedValidator[];
  /** Milliseconds before an epoch that no node could tell of is asked for again. */
  readonly retryMs?: number;
}

/** Epochs whose messages are kept between their writing and their comparing; of others the blocks are read again. */
const MOST_AT_HAND = 4;
/** Undecided messages with which no further epochs are taken on: while a signer is silent, they only wait elsewhere. */
const MOST_UNJUDGED = 50_000;
const RETRY_MS = 600_000;

/**
 * Compares with the signers every epoch that was written down, whoever wrote it: the monitor, a backfill beside it, or
 * either of them before it died. The mark of an epoch goes when what came of it is durable, and not before.
 */
export class WrittenEpochs {
  readonly #modules: WrittenEpochsModules;
  readonly #atHand = new Map<Epoch, EpochMessages>();
  /** By mark: when its epoch could not be had. Monotonic milliseconds. */
  readonly #failedAt = new Map<bigint, number>();

  constructor(modules: WrittenEpochsModules) {
    this.#modules = modules;
  }

  /** What is known of an epoch that was written just now, so that it need not be read again. */
  bring(epoch: Epoch, messages: EpochMessages): void {
    this.#atHand.set(epoch, messages);
    const [oldest] = this.#atHand.keys();
    if (this.#atHand.size > MOST_AT_HAND && oldest !== undefined) this.#atHand.delete(oldest);
  }

  /** How many epochs are written and not compared; null where there is no signer to compare with. */
  get waiting(): number | null {
    const { store, link } = this.#modules;
    return link.enabled ? marksByEpoch(store.uncompared()).size : null;
  }

  /**
   * Compares what is not compared yet, the newest epochs first.
   * @throws what the last epoch failed with that could not be had; the others are compared all the same
   */
  async run(signal?: AbortSignal): Promise<void> {
    const { store, link } = this.#modules;
    const marks = store.uncompared();
    if (!link.enabled) {
      if (marks.length > 0) store.compared(marks);
      return;
    }
    let failure: unknown = null;
    for (const [epoch, ofEpoch] of marksByEpoch(marks)) {
      if (signal?.aborted === true || (link.unjudged?.messages ?? 0) > MOST_UNJUDGED) break;
      if (!this.#isDue(ofEpoch)) continue;
      try {
        await this.#compare(epoch, ofEpoch);
      } catch (error) {
        // Of what no node could tell the others are asked another time, and nothing else waits for it.
        if (!isVigilError(error) || error.code === 'BEACON_NO_TRUTH') throw error;
        failure = error;
        for (const { id } of ofEpoch) this.#failedAt.set(id, performance.now());
      }
    }
    if (failure !== null) throw failure as Error;
  }

  async #compare(epoch: Epoch, marks: readonly Uncompared[]): Promise<void> {
    const { store, link, watched } = this.#modules;
    // Written more than once, it was for different validators, and what is at hand is of some of them only.
    const held = marks.length === 1 ? this.#atHand.get(epoch) : undefined;
    const { verdicts, blocks } = held ?? (await this.#readAgain(epoch));
    await link.check(watched(), verdicts, blocks);
    store.compared(marks);
    this.#atHand.delete(epoch);
    for (const { id } of marks) this.#failedAt.delete(id);
  }

  async #readAgain(epoch: Epoch): Promise<EpochMessages> {
    const { sources, watched } = this.#modules;
    const { nodes, spec } = sources;
    const { finalized } = (await nodes.ask(finalityCheckpoints('head'))).data;
    const indices = watched().map(({ index }) => index);
    return votesOfEpoch(
      // Blocks of long ago are nobody else's business.
      { ...sources, shelf: new BlockShelf(nodes, spec) },
      { epoch, finalizedRoot: finalized.root, answers: new ChainAnswers(nodes, spec, indices) },
    );
  }

  #isDue(marks: readonly Uncompared[]): boolean {
    const { retryMs = RETRY_MS } = this.#modules;
    const since = performance.now() - retryMs;
    return marks.some(({ id }) => (this.#failedAt.get(id) ?? -Infinity) <= since);
  }
}

function marksByEpoch(marks: readonly Uncompared[]): Map<Epoch, Uncompared[]> {
  const byEpoch = new Map<Epoch, Uncompared[]>();
  for (const mark of marks) {
    const ofEpoch = byEpoch.get(mark.epoch);
    if (ofEpoch === undefined) byEpoch.set(mark.epoch, [mark]);
    else ofEpoch.push(mark);
  }
  return byEpoch;
}
