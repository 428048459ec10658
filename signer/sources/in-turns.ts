import { setImmediate as turn } from 'node:timers/promises';

/** Far below what a signature may wait for; far above what a turn costs. */
const AT_ONCE_MS = 5;

/** All items, with a turn of the event loop in between whenever work on them took that long: ten thousand keys take seconds. */
export async function* inTurns<Item>(items: Iterable<Item>): AsyncGenerator<Item, void, undefined> {
  let since = performance.now();
  for (const item of items) {
    yield item;
    if (performance.now() - since < AT_ONCE_MS) continue;
    await turn();
    since = performance.now();
  }
}
