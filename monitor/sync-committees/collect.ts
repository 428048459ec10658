import { gaveNoAnswer, syncCommittee, type StateId } from '../../beacon/index.ts';
import { startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { syncCommitteeOf } from '../../core/chain/preset.ts';
import { epoch as epochOf, type Epoch } from '../../core/units.ts';
import { chainError, type BeaconSource } from '../chain/index.ts';
import { syncSeats, type SyncSeats } from './positions.ts';

/** The period before, this one, the next, and one that is being repaired. */
const KEPT = 4;

/** Sync committees, asked for once a period: the next one is known a whole period ahead. */
export class SyncCommittees {
  readonly #source: BeaconSource;
  readonly #spec: ChainSpec;
  readonly #committees = new Map<bigint, Uint32Array>();

  constructor(source: BeaconSource, spec: ChainSpec) {
    this.#source = source;
    this.#spec = spec;
  }

  periodOf(epoch: Epoch): bigint {
    return epoch / syncCommitteeOf(this.#spec.presetBase).epochsPerPeriod;
  }

  /** First epoch of a period. */
  startOf(period: bigint): Epoch {
    return epochOf(period * syncCommitteeOf(this.#spec.presetBase).epochsPerPeriod);
  }

  /** Who serves in an epoch. @throws what the nodes failed with; MONITOR_COMMITTEES_IMPOSSIBLE */
  async seats(
    epoch: Epoch,
    watched: ReadonlySet<number>,
    headEpoch: Epoch,
    signal?: AbortSignal,
  ): Promise<SyncSeats> {
    const period = this.periodOf(epoch);
    return syncSeats(period, await this.#committee(epoch, headEpoch, signal), watched);
  }

  /** Who serves in the period after that of the head; null while no node knows. */
  async next(
    watched: ReadonlySet<number>,
    headEpoch: Epoch,
    signal?: AbortSignal,
  ): Promise<SyncSeats | null> {
    try {
      return await this.seats(this.startOf(this.periodOf(headEpoch) + 1n), watched, headEpoch, signal);
    } catch (error) {
      if (gaveNoAnswer(error)) return null;
      throw error;
    }
  }

  /** After a re-organisation across the start of a period the one after it may have others. */
  forgetFrom(epoch: Epoch): void {
    for (const period of this.#committees.keys()) {
      if (period >= this.periodOf(epoch)) this.#committees.delete(period);
    }
  }

  async #committee(epoch: Epoch, headEpoch: Epoch, signal?: AbortSignal): Promise<Uint32Array> {
    const period = this.periodOf(epoch);
    const known = this.#committees.get(period);
    if (known !== undefined) return known;
    const { data } = await this.#source.ask(syncCommittee(this.#stateFor(epoch, headEpoch), epoch), signal);
    const { size } = syncCommitteeOf(this.#spec.presetBase);
    if (data.length !== size) {
      throw chainError(
        'MONITOR_COMMITTEES_IMPOSSIBLE',
        `the sync committee of epoch ${epoch} has ${data.length} positions, not ${size}`,
      );
    }
    this.#committees.set(period, data);
    const [oldest] = this.#committees.keys();
    if (this.#committees.size > KEPT && oldest !== undefined) this.#committees.delete(oldest);
    return data;
  }

  /** A state knows the committees of its own period and the next; every node has the head's. */
  #stateFor(epoch: Epoch, headEpoch: Epoch): StateId {
    const ahead = this.periodOf(epoch) - this.periodOf(headEpoch);
    return ahead === 0n || ahead === 1n ? 'head' : startSlotOfEpoch(this.#spec, epoch);
  }
}
