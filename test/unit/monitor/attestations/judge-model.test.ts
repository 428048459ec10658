import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epoch, slot } from '../../../../core/units.ts';
import { effectivenessOf, EpochSeats, judgeVotes } from '../../../../monitor/attestations/index.ts';
import { CanonicalView } from '../../../../monitor/chain/index.ts';
import { root, toyAggregate, toyChain, toySpec } from '../../../support/monitor-blocks.ts';
import { naiveVotes, type NaiveWorld } from './naive-votes.ts';

/** Draws from one stream of bytes: a world has hundreds of choices, and shrinking the stream shrinks the world. */
class Draw {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  below(limit: number): number {
    this.#at += 1;
    return (this.#bytes[this.#at % this.#bytes.length]! * 7 + this.#at * 13) % limit;
  }

  oneIn(chances: number): boolean {
    return this.below(chances) === 0;
  }
}

const worlds = fc
  .record({
    bytes: fc.uint8Array({ minLength: 40, maxLength: 400 }),
    slotsPerEpoch: fc.constantFrom(8, 16, 32),
    epoch: fc.integer({ min: 1, max: 3 }),
    deneb: fc.constantFrom(0, 2, 99),
    electra: fc.boolean(),
    corrupt: fc.boolean(),
    reach: fc.constantFrom(-9, -1, 0, 5),
  })
  .map(worldOf);

function worldOf(choice: {
  bytes: Uint8Array;
  slotsPerEpoch: number;
  epoch: number;
  deneb: number;
  electra: boolean;
  corrupt: boolean;
  reach: number;
}): NaiveWorld {
  const { slotsPerEpoch, electra } = choice;
  const draw = new Draw(choice.bytes);
  const start = choice.epoch * slotsPerEpoch;
  const to = start + 2 * slotsPerEpoch - 1 + choice.reach;
  let next = 0;
  const committees = Array.from({ length: slotsPerEpoch }, () =>
    Array.from({ length: 1 + draw.below(3) }, () => Array.from({ length: 1 + draw.below(4) }, () => next++)),
  );
  const slots = Array.from({ length: to - start + 1 }, (_, at) => start + at).filter(() => !draw.oneIn(4));
  const parentRoot = root(0, 'bb');
  const rootAt = (at: number) => {
    const found = slots.findLast((each) => each <= at);
    return found === undefined ? parentRoot : root(found);
  };
  const aggregateIn = (block: number) => {
    // Mostly young votes, so that every delay comes up.
    const age = draw.oneIn(3) ? 1 + draw.below(slotsPerEpoch * 2) : 1 + draw.below(6);
    const voted = Math.min(Math.max(start, block - age), start + slotsPerEpoch - 1);
    const ofSlot = committees[voted - start]!;
    const all = ofSlot.map((_, index) => index);
    const one = draw.below(ofSlot.length);
    const named = electra ? all.filter((index) => index === one || draw.oneIn(2)) : [one];
    const bits = named.flatMap((index) => {
      const sure = draw.below(ofSlot[index]!.length);
      return ofSlot[index]!.map((_, position) => position === sure || draw.oneIn(2));
    });
    const corrupt = choice.corrupt && draw.oneIn(30);
    return toyAggregate(
      {
        ...{ slot: voted, index: electra ? 0 : one },
        head: draw.oneIn(4) ? root(voted, 'dd') : rootAt(voted),
        target: { epoch: choice.epoch, root: draw.oneIn(5) ? root(start, 'ee') : rootAt(start) },
      },
      corrupt && draw.oneIn(2) ? [...named, 7] : named,
      corrupt ? [...bits, 1] : bits,
    );
  };
  const blocks = toyChain(slots, (at) => ({
    attestations: at === start ? [] : Array.from({ length: draw.below(5) }, () => aggregateIn(at)),
  }));
  return {
    ...{ slotsPerEpoch, epoch: choice.epoch, denebEpoch: choice.deneb, committees, blocks, parentRoot, to },
  };
}

describe('verdicts of votes', () => {
  it('are those of a model that walks over everything for each validator', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(worlds, fc.integer({ min: 1, max: 3 }), (world, every) => {
        const spec = toySpec(world.slotsPerEpoch, {
          ...{ deneb: world.denebEpoch, electra: world.denebEpoch, fulu: 99 },
        });
        const start = world.epoch * world.slotsPerEpoch;
        const { votes, included, due, doubt } = naiveVotes(world);
        const watched = votes.map(({ validator }) => validator).filter((each) => each % every === 0);
        const seats = new EpochSeats(epoch(BigInt(world.epoch)), watched, spec);
        world.committees.forEach((ofSlot, offset) => {
          const at = slot(BigInt(start + offset));
          seats.addSlot(
            at,
            ofSlot.map((members, index) => ({ slot: at, index, validators: Uint32Array.from(members) })),
          );
        });
        const view = new CanonicalView({
          ...{ from: slot(BigInt(start)), to: slot(BigInt(world.to)), blocks: world.blocks },
          parentRoot: root(0, 'bb'),
        });
        const judged = judgeVotes(seats, view, spec);
        const shown = judged.verdicts.map((verdict) => {
          const { validatorIndex, result, inclusion } = verdict;
          const share = effectivenessOf(verdict, view);
          seen.add(result);
          if (inclusion !== null) {
            expect(inclusion.distance).toBe(Number(inclusion.slot - verdict.slot));
            expect(inclusion.distance).toBeGreaterThanOrEqual(share!.numerator);
          }
          return {
            ...{ validator: validatorIndex, slot: Number(verdict.slot), result },
            inclusion: inclusion && {
              ...{ slot: Number(inclusion.slot), optimalDistance: inclusion.optimalDistance },
              flags: [inclusion.source, inclusion.target, inclusion.head],
              messages: inclusion.messages.length,
              effectiveness: share!.numerator / share!.denominator,
            },
          };
        });
        expect(shown).toEqual(votes.filter(({ validator }) => validator % every === 0));
        const closed = world.to >= start + 2 * world.slotsPerEpoch - 1;
        const network = { epoch: BigInt(world.epoch), due, included };
        expect(judged.network).toEqual(closed && !doubt ? network : null);
        expect(judged.undecodable.length > 0).toBe(doubt);
      }),
      { numRuns: 400 },
    );
    // The worlds reach every word there is, but for the one that no chain can lead to.
    expect([...seen].sort()).toEqual(['late', 'missed', 'perfect', 'unknown', 'wrong_head', 'wrong_target']);
  });
});
