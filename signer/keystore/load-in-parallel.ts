import { availableParallelism } from 'node:os';

/** What one scrypt keystore with the EIP's parameters takes while it is opened: 256 MiB and some room. */
const BYTES_PER_UNLOCK = 300 * 1024 * 1024;

/** As many keystores at once as there are cores, but no more than memory (of the container, if in one) allows. */
export function defaultConcurrency(): number {
  const byMemory = Math.floor(process.availableMemory() / BYTES_PER_UNLOCK);
  return Math.max(1, Math.min(availableParallelism(), byMemory));
}

/**
 * Runs `work` over the items, at most `concurrency` at once, and yields the results as they come.
 * @param work must not reject: what went wrong is part of its result, so that one item never stops the others
 */
export async function* inParallel<Item, Result>(
  items: Iterable<Item>,
  concurrency: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const waiting = items[Symbol.iterator]();
  const running = new Map<number, Promise<{ id: number; result: Result }>>();
  for (let id = 0; ; id += 1) {
    const next = running.size < concurrency ? waiting.next() : null;
    if (next !== null && next.done !== true) {
      const started = id;
      running.set(
        started,
        work(next.value).then((result) => ({ id: started, result })),
      );
      continue;
    }
    if (running.size === 0) return;
    const { id: finished, result } = await Promise.race(running.values());
    running.delete(finished);
    yield result;
  }
}
