import { finalityCheckpoints, type BeaconNodes } from '../../beacon/index.ts';
import { epoch as epochOf } from '../../core/units.ts';
import type { WatchedValidator } from '../model/watched-validator.ts';
import type { MonitorStore } from '../store/index.ts';
import type { WatchList } from '../watched/index.ts';

export interface WatchedSetModules {
  readonly list: WatchList;
  readonly nodes: BeaconNodes;
  readonly store: Pick<MonitorStore, 'known' | 'watch' | 'unwatch'>;
  readonly onChange: (watched: readonly WatchedValidator[]) => void;
  /** A source of the list could not be read. */
  readonly onProblem: () => void;
}

/** Who is watched, in the list and in the database, and in which group. */
export class WatchedSet {
  readonly list: WatchList;
  readonly #modules: WatchedSetModules;
  #groups: ReadonlyMap<number, string> = new Map();

  constructor(modules: WatchedSetModules) {
    this.#modules = modules;
    this.list = modules.list;
    this.list.onChange(() => {
      const watched = this.list.current();
      this.#groups = new Map(watched.map(({ index, group }) => [index, group]));
      modules.onChange(watched);
    });
  }

  has(index: number): boolean {
    return this.#groups.has(index);
  }

  groupOf(index: number): string {
    return this.#groups.get(index) ?? 'default';
  }

  /** Reads the list anew, and makes the database watch whom it names. */
  async resolve(): Promise<void> {
    const { list, nodes, store, onProblem } = this.#modules;
    await list.resolve();
    if (list.problems().length > 0) onProblem();
    const watched = list.current();
    const before = store.known();
    const { data } = await nodes.ask(finalityCheckpoints('head'));
    const { epoch } = data.finalized;
    // The oldest epoch that every node still knows all about, so that there is something to see at once.
    store.watch(watched, epochOf(epoch > 2n ? epoch - 2n : 0n));
    const kept = new Set(watched.map(({ index }) => index));
    const gone = before.filter((known) => known.watched && !kept.has(known.index));
    store.unwatch(gone.map(({ index }) => index));
  }
}
