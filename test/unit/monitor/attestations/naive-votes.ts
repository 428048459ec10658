import type { BlockFacts, IncludedAttestation } from '../../../../monitor/model/block-facts.ts';

/** What the naive model is told: the chain as a list of slots, and committees as plain lists. */
export interface NaiveWorld {
  readonly slotsPerEpoch: number;
  readonly epoch: number;
  readonly denebEpoch: number;
  /** By slot of the epoch: members of each committee. */
  readonly committees: readonly (readonly (readonly number[])[])[];
  readonly blocks: readonly BlockFacts[];
  readonly parentRoot: string;
  readonly to: number;
}

export interface NaiveVote {
  readonly validator: number;
  readonly slot: number;
  readonly result: string;
  readonly inclusion: null | {
    readonly slot: number;
    readonly optimalDistance: number;
    readonly flags: readonly boolean[];
    readonly messages: number;
    readonly effectiveness: number;
  };
}

/** Who votes in an aggregate, or null when it cannot be read. One validator after the other, as the specs write it. */
function attesters(world: NaiveWorld, { data, committees, bits }: IncludedAttestation): number[] | null {
  const ofSlot = world.committees[Number(data.slot) - world.epoch * world.slotsPerEpoch]!;
  const voters: number[] = [];
  const all: number[] = [];
  for (const committee of committees) {
    const members = ofSlot[committee];
    if (members === undefined) return null;
    const here = members.filter((_, position) => bits[all.length + position] === 1);
    if (here.length === 0) return null;
    voters.push(...here);
    all.push(...members);
  }
  return all.length === bits.length ? voters : null;
}

/** The same verdicts by a walk for each validator over everything, with no regard for time. */
export function naiveVotes(world: NaiveWorld): {
  votes: NaiveVote[];
  included: number;
  due: number;
  doubt: boolean;
} {
  const { slotsPerEpoch, epoch, to } = world;
  const start = epoch * slotsPerEpoch;
  const end = start + 2 * slotsPerEpoch - 1;
  const blocks = world.blocks.filter(({ slot }) => Number(slot) <= Math.min(to, end));
  const rootAt = (slot: number): string =>
    world.blocks.findLast((block) => Number(block.slot) <= slot)?.root ?? world.parentRoot;
  const has = (slot: number) => world.blocks.some((block) => Number(block.slot) === slot);
  const root = Math.floor(Math.sqrt(slotsPerEpoch));
  const doubted = new Set<number>();
  for (const block of blocks) {
    for (const aggregate of block.attestations) {
      if (attesters(world, aggregate) === null) doubted.add(Number(aggregate.data.slot));
    }
  }
  const judge = (validator: number, slot: number): NaiveVote => {
    if (doubted.has(slot)) return { validator, slot, result: 'unknown', inclusion: null };
    const found = blocks.flatMap((block) =>
      block.attestations
        .filter((each) => Number(each.data.slot) === slot && attesters(world, each)!.includes(validator))
        .map(({ data }) => ({ at: Number(block.slot), data })),
    );
    if (found.length === 0) {
      return { validator, slot, result: to >= end ? 'missed' : 'unknown', inclusion: null };
    }
    const first = Math.min(...found.map(({ at }) => at));
    const isTarget = (root_: string) => root_ === rootAt(start);
    const source = found.some(({ at }) => at - slot <= root);
    const target = found.some(
      ({ at, data }) =>
        isTarget(data.target.root) &&
        (Math.floor(at / slotsPerEpoch) >= world.denebEpoch || at - slot <= slotsPerEpoch),
    );
    const head = found.some(
      ({ at, data }) =>
        at === slot + 1 && isTarget(data.target.root) && data.beaconBlockRoot === rootAt(slot),
    );
    let filled = 1;
    for (let each = slot + 1; each < first; each += 1) if (has(each)) filled += 1;
    let earliest = slot + 1;
    while (!has(earliest)) earliest += 1;
    const late = first - slot > 1 ? 'late' : 'wrong_head';
    return {
      ...{ validator, slot, result: !target ? 'wrong_target' : source && head ? 'perfect' : late },
      inclusion: {
        ...{ slot: first, optimalDistance: filled, flags: [source, target, head] },
        messages: new Set(
          found.map(({ data }) => `${data.index} ${data.beaconBlockRoot} ${data.target.root}`),
        ).size,
        effectiveness: (earliest - slot) / (first - slot),
      },
    };
  };
  const votes = world.committees.flatMap((ofSlot, offset) =>
    ofSlot.flatMap((members) => members.map((validator) => judge(validator, start + offset))),
  );
  const included = votes.filter(({ inclusion }) => inclusion !== null).length;
  return { votes, included, due: votes.length, doubt: doubted.size > 0 };
}
