import { InvalidAnswer, type Answer, type ApiRequest, type Call } from '../node/call.ts';
import type { RawAnswer } from '../node/exchange.ts';

/**
 * Validators in one request. A thousand pubkeys are a body of 100 kB, which every client and most proxies take, and an
 * answer of half a megabyte.
 */
export const CHUNK = 1000;

export interface ChunkedList<Id, Item> {
  readonly ids: readonly Id[];
  /** Where a thousand is not the best there is. */
  readonly chunk?: number;
  readonly request: (part: readonly Id[]) => ApiRequest;
  readonly read: (raw: RawAnswer) => Answer<readonly Item[]>;
  /** Names under which an item may have been asked for. */
  readonly namesOf: (item: Item) => readonly string[];
  readonly nameOf: (id: Id) => string;
}

/**
 * A list of items about given validators, asked for in parts. An empty list asks nothing, because to several endpoints
 * it means "all of the network". What comes back must have been asked for, and once: a node that overlooks the filter
 * or answers somebody else's question is not believed in the rest either.
 */
export function chunkedCall<Id, Item>(list: ChunkedList<Id, Item>): Call<Item[]> {
  const first = list.request([]);
  return {
    operation: first.operation,
    idempotent: first.idempotent,
    async run(send) {
      const data: Item[] = [];
      let executionOptimistic = false;
      let finalized: boolean | null = list.ids.length === 0 ? null : true;
      const { chunk = CHUNK } = list;
      for (let at = 0; at < list.ids.length; at += chunk) {
        const part = list.ids.slice(at, at + chunk);
        const answer = list.read(await send(list.request(part)));
        assertAskedFor(answer.data, new Set(part.map((id) => list.nameOf(id))), list);
        data.push(...answer.data);
        executionOptimistic ||= answer.executionOptimistic;
        finalized = weaker(finalized, answer.finalized);
      }
      return { data, executionOptimistic, finalized };
    },
  };
}

function assertAskedFor<Id, Item>(
  items: readonly Item[],
  asked: ReadonlySet<string>,
  { namesOf }: ChunkedList<Id, Item>,
): void {
  const seen = new Set<string>();
  for (const item of items) {
    const names = namesOf(item);
    const [name = ''] = names;
    if (!names.some((each) => asked.has(each))) {
      throw new InvalidAnswer(`data: tells of validator ${name}, which was not asked for`);
    }
    if (seen.has(name)) throw new InvalidAnswer(`data: tells of validator ${name} twice`);
    seen.add(name);
  }
}

/** Of two parts, what can be said of both. */
function weaker(one: boolean | null, other: boolean | null): boolean | null {
  if (one === false || other === false) return false;
  return one === null || other === null ? null : true;
}
