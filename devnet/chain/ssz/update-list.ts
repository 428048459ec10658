/** What the lists of the SSZ library have in common. */
interface SszList<Item> {
  set(index: number, item: Item): void;
  push(item: Item): void;
  sliceTo(lastIndex: number): this;
}

/** An array, or bytes. */
export interface Items<Value> {
  readonly length: number;
  readonly [index: number]: Value;
}

const NONE: Items<never> = [];

/** Whether lists differ: items that are replaced and never changed are the same only if they are the same object. */
export function differ<Value>(before: Items<Value> | undefined, now: Items<Value>): boolean {
  if (before === now) return false;
  if (before === undefined || before.length !== now.length) return true;
  for (let index = 0; index < now.length; index += 1) if (before[index] !== now[index]) return true;
  return false;
}

/** The list with the items that are different now. A shorter one is begun again: it is a queue that moved on. */
export function updated<Value, Item, List extends SszList<Item>>(
  list: List & SszList<Item>,
  before: Items<Value> | undefined,
  now: Items<Value>,
  toItem: (value: Value) => Item,
): List {
  const shorter = before !== undefined && before.length > now.length;
  const old: Items<Value> = before === undefined || shorter ? NONE : before;
  const changed = shorter ? list.sliceTo(-1) : list;
  for (let index = 0; index < now.length; index += 1) {
    const value = now[index] as Value;
    if (index >= old.length) changed.push(toItem(value));
    else if (old[index] !== value) changed.set(index, toItem(value));
  }
  return changed;
}
