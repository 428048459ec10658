import { defaultConcurrency, inParallel } from '../../signer/keystore/load-in-parallel.ts';
import { startProgress } from '../output/progress.ts';

/**
 * Makes a key of each item, on all cores, with a progress bar. The first that cannot be made is the last that is begun,
 * and so is the one that is under way when the signal comes: those under way are still made.
 * @returns what was made, in the order in which it was done
 */
export async function makeEach<Item, Made>(
  items: readonly Item[],
  make: (item: Item) => Promise<Made>,
  signal: AbortSignal | null = null,
): Promise<Made[]> {
  const progress = startProgress('making keys', items.length);
  const made: Made[] = [];
  const failures: unknown[] = [];
  const wanted = function* (): Generator<Item> {
    for (const item of items) {
      if (signal?.aborted === true || failures.length > 0) return;
      yield item;
    }
  };
  const makeOne = (item: Item): Promise<() => void> =>
    make(item).then(
      (one) => () => void made.push(one),
      (error: unknown) => () => void failures.push(error),
    );
  try {
    for await (const settle of inParallel(wanted(), defaultConcurrency(), makeOne)) {
      settle();
      progress.update(made.length);
    }
  } finally {
    progress.stop();
  }
  if (failures.length > 0) throw failures[0];
  return made;
}
