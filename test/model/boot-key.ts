import type { Anchor, BootBounds, Database, World } from './boot-world.ts';

/**
 * What may still matter of a state. Generations and sequences are only compared, so their order is enough: whoever
 * opens the database brings its anchor up to it. A copy nobody can put back any more, and images no power loss can
 * bring back any more, are gone.
 */
export function keyOf(bounds: BootBounds): (world: World) => string {
  const { kinds } = bounds;
  const power = kinds.some((kind) => kind.endsWith('power'));
  const clock = kinds.includes('clock');
  return (world) => {
    const spent = world.faults === bounds.faults;
    const copy = spent ? null : world.copy;
    const run = spent || !power ? [] : world.run;
    const anchorAtOpen = spent || !power ? null : world.anchorAtOpen;
    const all = [world.db, world.anchor, copy?.db ?? null, copy?.anchor ?? null, anchorAtOpen, ...run].filter(
      (it) => it !== null,
    );
    const generations = ranks(all.map((it) => it.generation));
    const sequences = ranks(all.map((it) => it.sequence));
    const version = (it: { generation: number; sequence: number }) =>
      `${generations.get(it.generation)}.${sequences.get(it.sequence)}`;
    const anchor = (it: Anchor | null) => (it === null ? null : [version(it), it.highest]);
    const database = (it: Database) => [
      version(it),
      it.marks.vote,
      it.marks.block,
      clock ? it.latestSlot : 0,
      it.floor,
      it.owed,
      it.boot === null ? null : it.boot === world.boot,
      it.clean,
    ];
    return JSON.stringify([
      world.now,
      clock ? world.signedAt : 0,
      database(world.db),
      anchor(world.anchor),
      world.process,
      run.map(database),
      anchor(anchorAtOpen),
      copy === null ? null : [database(copy.db), anchor(copy.anchor)],
      spent ? 0 : world.copy === null,
      world.released,
      world.faults,
    ]);
  };
}

function ranks(numbers: readonly number[]): Map<number, number> {
  return new Map([...new Set(numbers)].sort((a, b) => a - b).map((n, rank) => [n, rank]));
}
