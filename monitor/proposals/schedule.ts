import { gaveNoAnswer, proposerDuties, type ProposerDuty } from '../../beacon/index.ts';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import type { Epoch, Root } from '../../core/units.ts';
import type { BeaconSource } from '../chain/index.ts';

interface Known {
  readonly duties: readonly ProposerDuty[];
  /** What the asker went by, and what the node said it went by. */
  readonly decidedBy: Root | null;
  readonly dependentRoot: Root | null;
}

/** Epochs that are kept: the ones not final yet, and the next. */
const KEPT = 8;

/** Who proposes when, of the whole network, asked for once an epoch and again when a re-organisation may have changed it. */
export class ProposerSchedule {
  readonly #source: BeaconSource;
  readonly #spec: ChainSpec;
  readonly #known = new Map<Epoch, Known>();

  constructor(source: BeaconSource, spec: ChainSpec) {
    this.#source = source;
    this.#spec = spec;
  }

  /**
   * The duties of an epoch; null when no node gives them: then nobody can say what was missed in it.
   * @param decidedBy the root that the caller's chain has in the last slot before the epoch, null while there is none.
   * Duties are kept as long as it is the same: it is compared with the caller's own earlier one and never with the
   * node's, because clients disagree on which block `dependent_root` names since Fulu.
   * @throws what the nodes failed with, unless they had no answer
   */
  async of(
    epoch: Epoch,
    decidedBy: Root | null,
    signal?: AbortSignal,
  ): Promise<readonly ProposerDuty[] | null> {
    const known = this.#known.get(epoch);
    if (known?.decidedBy === decidedBy) return known.duties;
    try {
      const { data } = await this.#source.ask(proposerDuties(epoch, this.#spec), signal);
      this.#keep(epoch, { duties: data.duties, decidedBy, dependentRoot: data.dependentRoot });
      return data.duties;
    } catch (error) {
      // Of another chain than the caller's: worse than none.
      this.#known.delete(epoch);
      if (gaveNoAnswer(error)) return null;
      throw error;
    }
  }

  /**
   * Lets go of duties that the node has changed its mind about: it names another dependent root for an epoch than it did.
   * @returns whether there were any
   */
  nodeSays(epoch: Epoch, dependentRoot: Root): boolean {
    const known = this.#known.get(epoch);
    if (known === undefined || known.dependentRoot === null || known.dependentRoot === dependentRoot)
      return false;
    return this.#known.delete(epoch);
  }

  /** Whatever is known of an epoch and of those after it is asked for again. */
  forgetFrom(epoch: Epoch): void {
    for (const each of this.#known.keys()) if (each >= epoch) this.#known.delete(each);
  }

  #keep(epoch: Epoch, known: Known): void {
    this.#known.delete(epoch);
    this.#known.set(epoch, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > KEPT && oldest !== undefined) this.#known.delete(oldest);
  }
}
