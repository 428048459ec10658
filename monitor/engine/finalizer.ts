import { isVigilError } from '../../core/errors.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Epoch, Root } from '../../core/units.ts';
import type { EpochRecord } from '../model/epoch-record.ts';
import type { WatchedValidator } from '../model/watched-validator.ts';
import type { SeenBlock } from '../proposals/index.ts';
import type { ChainAnswers } from './chain-answers.ts';
import { collectUnit, type UnitSources } from './collect-unit.ts';
import type { FinalStore } from './final-store.ts';
import type { RecordMaker } from './record-maker.ts';
import type { UnitFacts } from './unit-facts.ts';

/** Tries before an answer that may come later is done without, and before an epoch is left as a gap. */
const PATIENCE = { withoutOptional: 3, asGap: 6 };
/** Epochs behind finality from which on a node that has forgotten is not asked again: nothing there comes back. */
const LONG_AGO = 8n;

/** After a record is safe. */
export type OnFinal = (record: EpochRecord, facts: UnitFacts) => Promise<void>;

/** What a run works with: the chain's finality, and for whom. */
export interface Round {
  readonly finalized: { readonly epoch: Epoch; readonly root: Root };
  readonly headEpoch: Epoch;
  readonly watched: readonly WatchedValidator[];
  readonly answers: ChainAnswers;
  /** Blocks that events told of, whether or not they stayed. */
  readonly alsoSeen: readonly Omit<SeenBlock, 'canonical'>[];
  readonly onFinal: OnFinal;
  readonly signal?: AbortSignal;
}

/**
 * Writes down what is final, epoch by epoch, oldest first. An epoch is final for us when the last block that may hold
 * its votes is: at the checkpoint two epochs later.
 */
export class Finalizer {
  readonly #sources: UnitSources;
  readonly #store: FinalStore;
  readonly #records: RecordMaker;
  readonly #log: Logger;
  readonly #failures = new Map<Epoch, number>();

  constructor(
    sources: UnitSources,
    modules: { readonly store: FinalStore; readonly records: RecordMaker; readonly log: Logger },
  ) {
    this.#sources = sources;
    this.#store = modules.store;
    this.#records = modules.records;
    this.#log = modules.log;
  }

  /**
   * Everything that became final since the last run.
   * @throws what the nodes failed with; what was written before stays
   */
  async run(round: Round): Promise<void> {
    for (let next = this.#store.nextEpoch(); next !== null; next = this.#store.nextEpoch()) {
      if (next + 2n > round.finalized.epoch || round.signal?.aborted === true) return;
      await this.#finish(next, round);
    }
  }

  async #finish(epoch: Epoch, round: Round): Promise<void> {
    const failures = this.#failures.get(epoch) ?? 0;
    try {
      const facts = await this.#collect(epoch, round, failures < PATIENCE.withoutOptional);
      const record = await this.#records.make(facts);
      this.#store.writeEpoch(record);
      this.#failures.delete(epoch);
      await round.onFinal(record, facts);
    } catch (error) {
      this.#failures.set(epoch, failures + 1);
      // A node that does not answer at all may do so tomorrow; one that has forgotten will not remember.
      const lost = isVigilError(error, 'BEACON_NOT_FOUND', 'BEACON_REFUSED');
      const patience = round.finalized.epoch - epoch > LONG_AGO ? 1 : PATIENCE.asGap;
      if (!lost || failures + 1 < patience) throw error;
      this.#log.warn({ epoch: epoch.toString(), code: error.code }, `left as a gap: ${error.message}`);
      this.#store.skip(epoch, error.message);
      this.#failures.delete(epoch);
    }
  }

  #collect(epoch: Epoch, round: Round, patient: boolean): Promise<UnitFacts> {
    const { watched, answers, alsoSeen, headEpoch } = round;
    return collectUnit(this.#sources, {
      ...{ epoch, watched, answers, alsoSeen, headEpoch, patient },
      finalizedRoot: round.finalized.root,
      storedRewards: (voted) => this.#store.uncredited(voted, indicesOf(round)),
    });
  }
}

const indicesOf = ({ watched }: Round): number[] => watched.map(({ index }) => index);
