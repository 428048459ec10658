import type { BootBounds, World } from './boot-world.ts';
import type { Step } from './explore.ts';

/** All that happens to a database from outside. */
export function* disasters(bounds: BootBounds, world: World): Iterable<Step<World>> {
  const { db, anchor, copy, now, kinds } = { ...world, kinds: bounds.kinds };
  const copies = kinds.includes('put back') || kinds.includes('put back with anchor');
  if (
    copies &&
    copy === null &&
    world.faults < bounds.faults &&
    db.boot !== null &&
    (world.process?.pending ?? null) === null
  ) {
    yield { label: 'a copy of the database is made', next: { ...world, copy: { db, anchor } } };
  }
  if (world.faults === bounds.faults) return;
  const hit = { ...world, faults: world.faults + 1 };
  if (world.process === null && copy !== null && copy.db !== db) {
    if (kinds.includes('put back'))
      yield { label: 'the copy is put back', next: { ...hit, db: copy.db, run: [] } };
    if (kinds.includes('put back with anchor')) {
      yield {
        label: 'the copy is put back, with the anchor of its time',
        next: { ...hit, db: copy.db, anchor: copy.anchor, run: [] },
      };
    }
  }
  if (kinds.includes('anchor lost') && world.process === null && anchor !== null) {
    yield { label: 'the anchor is lost', next: { ...hit, anchor: null } };
  }
  if (kinds.includes('clock')) {
    for (let to = 0; to < now; to += 1) {
      yield { label: `the clock is set back to slot ${to}`, next: { ...hit, now: to } };
    }
  }
  const lying = kinds.includes('lying power');
  if (lying || kinds.includes('honest power')) {
    const dark = { ...hit, process: null, boot: world.boot + 1, run: [] };
    for (const [i, old] of [...(lying ? world.run.slice(0, -1) : []), db].entries()) {
      const what =
        old === db
          ? 'power is lost'
          : `power is lost, and ${world.run.length - 1 - i} commits of a lying disk`;
      yield { label: what, next: { ...dark, db: old } };
      if (world.anchorAtOpen !== anchor) {
        yield {
          label: `${what}; the anchor is as it was at the start`,
          next: { ...dark, db: old, anchor: world.anchorAtOpen },
        };
      }
    }
  }
}
