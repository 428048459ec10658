import { describe, expect, it } from 'vitest';
import { epoch, slot } from '../../../../core/units.ts';
import { effectivenessOf, EpochSeats, judgeVotes } from '../../../../monitor/attestations/index.ts';
import { CanonicalView } from '../../../../monitor/chain/index.ts';
import type { IncludedAttestation } from '../../../../monitor/model/block-facts.ts';
import { root, toyAggregate, toyChain, toySpec } from '../../../support/monitor-blocks.ts';

const NOBODY_VOTES: ReadonlyMap<number, IncludedAttestation[]> = new Map();

/** Epoch 1 of a chain without empty slots but those named: in every slot one committee of two, validators 2k and 2k + 1. */
function judged(
  slotsPerEpoch: number,
  votes: ReadonlyMap<number, IncludedAttestation[]>,
  { empty = [], upTo = 3 * slotsPerEpoch - 1, unknownSlots = [], forks = {} }: Partial<Parts> = {},
) {
  const spec = toySpec(slotsPerEpoch, { fulu: 999, ...forks });
  const start = slotsPerEpoch;
  const seats = new EpochSeats(
    epoch(1n),
    Array.from({ length: 2 * slotsPerEpoch }, (_, at) => at),
    spec,
  );
  for (let at = 0; at < slotsPerEpoch; at += 1) {
    if (unknownSlots.includes(start + at)) continue;
    const due = slot(BigInt(start + at));
    seats.addSlot(due, [{ slot: due, index: 0, validators: Uint32Array.of(2 * at, 2 * at + 1) }]);
  }
  const slots = Array.from({ length: upTo - start + 1 }, (_, at) => start + at).filter(
    (at) => !empty.includes(at),
  );
  const blocks = toyChain(slots, (at) => ({ attestations: votes.get(at) ?? [] }));
  const view = new CanonicalView({ from: slot(BigInt(start)), to: slot(BigInt(upTo)), blocks });
  return { ...judgeVotes(seats, view, spec), view, seats };
}

interface Parts {
  readonly empty: readonly number[];
  readonly upTo: number;
  readonly unknownSlots: readonly number[];
  readonly forks: Parameters<typeof toySpec>[1];
}

/** A right vote of the first committee of epoch 1 on a chain where its slot has a block. */
const right = (at: number, start: number, bits: readonly number[] = [1, 1]) =>
  toyAggregate({ slot: at, head: root(at), target: { epoch: 1, root: root(start) } }, [0], bits);

const resultsOf = (outcome: ReturnType<typeof judged>, validator: number) =>
  outcome.verdicts.find(({ validatorIndex }) => validatorIndex === validator)!;

describe('how late a vote may be for its source', () => {
  it.each([
    ['minimal', 8, 2],
    ['Gnosis', 16, 4],
    ['mainnet', 32, 5],
  ])('is the root of the slots of an epoch: %s', (_, slotsPerEpoch, limit) => {
    for (const delay of [limit, limit + 1]) {
      const votes = new Map([[slotsPerEpoch + delay, [right(slotsPerEpoch, slotsPerEpoch)]]]);
      const { result, inclusion } = resultsOf(judged(slotsPerEpoch, votes), 0);
      expect({
        delay,
        result,
        source: inclusion!.source,
        target: inclusion!.target,
        head: inclusion!.head,
      }).toEqual({
        ...{ delay, result: 'late', source: delay <= limit, target: true, head: false },
      });
    }
  });
});

describe('how late a vote may be for its target', () => {
  it.each([
    ['an epoch before Deneb', 16, true],
    ['not a slot more', 17, false],
  ])('is %s', (_, delay, target) => {
    const votes = new Map([[16 + delay, [right(16, 16)]]]);
    const before = judged(16, votes, { forks: { deneb: 99, electra: 99 } });
    expect(resultsOf(before, 0).inclusion!.target).toBe(target);
    // Of the block and not of the vote: Deneb begins with the epoch after.
    const across = judged(16, votes, { forks: { deneb: 2, electra: 99 } });
    expect(resultsOf(across, 0).inclusion!.target).toBe(true);
  });

  it('is the whole next epoch since Deneb, and no slot beyond', () => {
    expect(resultsOf(judged(8, new Map([[23, [right(8, 8)]]])), 0).inclusion).toMatchObject({
      ...{ slot: 23n, distance: 15, target: true },
    });
    const after = judged(8, new Map([[24, [right(8, 8)]]]), { upTo: 25 });
    expect(resultsOf(after, 0)).toMatchObject({ result: 'missed', inclusion: null });
  });
});

describe('the word for a vote', () => {
  const wrongHead = toyAggregate(
    { slot: 9, head: root(7), target: { epoch: 1, root: root(8) } },
    [0],
    [1, 1],
  );
  const wrongTarget = toyAggregate(
    { slot: 9, head: root(9), target: { epoch: 1, root: root(7) } },
    [0],
    [1, 1],
  );

  it.each<[string, number, IncludedAttestation]>([
    ['perfect', 10, right(9, 8)],
    ['late', 11, right(9, 8)],
    ['late', 11, wrongHead],
    ['wrong_head', 10, wrongHead],
    ['wrong_target', 10, wrongTarget],
    ['wrong_target', 14, wrongTarget],
  ])('is %s in block %i', (word, block, vote) => {
    expect(resultsOf(judged(8, new Map([[block, [vote]]])), 2).result).toBe(word);
  });

  it('is missed for the one whose bit is not set, and only for that one', () => {
    const outcome = judged(8, new Map([[10, [right(9, 8, [0, 1])]]]));
    expect(resultsOf(outcome, 2).result).toBe('missed');
    expect(resultsOf(outcome, 3).result).toBe('perfect');
    expect(outcome.network).toEqual({ epoch: 1n, due: 16, included: 1 });
  });

  it('takes the flags of all inclusions together, and the slot of the first', () => {
    const votes = new Map([
      [10, [wrongHead, right(9, 8, [1, 0])]],
      [12, [right(9, 8)]],
    ]);
    const outcome = judged(8, votes);
    expect(resultsOf(outcome, 2)).toMatchObject({ result: 'perfect', inclusion: { distance: 1 } });
    // The second one's right vote comes too late to earn the head.
    expect(resultsOf(outcome, 3)).toMatchObject({
      result: 'wrong_head',
      inclusion: { distance: 1, head: false },
    });
  });

  it('shows both messages of a double vote, and the same one only once', () => {
    const votes = new Map([
      [10, [right(9, 8, [1, 0]), right(9, 8)]],
      [13, [right(9, 8), wrongTarget]],
    ]);
    const outcome = judged(8, votes);
    for (const validator of [2, 3]) {
      const { messages } = resultsOf(outcome, validator).inclusion!;
      expect(messages.map(({ data }) => data.target.root)).toEqual([root(8), root(7)]);
      expect(messages.map(({ block }) => block)).toEqual([
        { slot: 10n, root: root(10) },
        { slot: 13n, root: root(13) },
      ]);
    }
    const once = judged(8, new Map([...votes].slice(0, 1)));
    expect(resultsOf(once, 2).inclusion!.messages).toMatchObject([{ data: right(9, 8).data }]);
  });

  it('tells the messages of different committees before Electra apart by nothing but their content', () => {
    const one = { ...right(9, 8), data: { ...right(9, 8).data, index: 1n } };
    const outcome = judged(8, new Map([[10, [right(9, 8), one]]]));
    expect(resultsOf(outcome, 2).inclusion!.messages.length).toBe(2);
  });
});

describe('empty slots', () => {
  it('are not blamed on the validator: neither in the distance nor in the effectiveness', () => {
    const votes = new Map([[13, [right(9, 8)]]]);
    const outcome = judged(8, votes, { empty: [10, 12] });
    const verdict = resultsOf(outcome, 2);
    expect(verdict).toMatchObject({ result: 'late', inclusion: { distance: 4, optimalDistance: 2 } });
    expect(effectivenessOf(verdict, outcome.view)).toEqual({ numerator: 2, denominator: 4 });
    const soonest = judged(8, new Map([[11, [right(9, 8)]]]), { empty: [10] });
    expect(effectivenessOf(resultsOf(soonest, 2), soonest.view)).toEqual({ numerator: 2, denominator: 2 });
  });

  it('have the root of the block before, for head and target', () => {
    const vote = toyAggregate(
      { slot: 9, head: root(0, 'bb'), target: { epoch: 1, root: root(0, 'bb') } },
      [0],
      [1, 1],
    );
    expect(resultsOf(judged(8, new Map([[10, [vote]]]), { empty: [8, 9] }), 2).result).toBe('perfect');
  });
});

describe('what is not known', () => {
  it('is never missed: more blocks may come', () => {
    for (const upTo of [8, 15, 22]) {
      const open = judged(8, NOBODY_VOTES, { upTo });
      expect(new Set(open.verdicts.map(({ result }) => result))).toEqual(new Set(['unknown']));
      expect(open.network).toBeNull();
      expect(effectivenessOf(open.verdicts[0]!, open.view)).toBeNull();
    }
    const closed = judged(8, NOBODY_VOTES, { upTo: 23 });
    expect(new Set(closed.verdicts.map(({ result }) => result))).toEqual(new Set(['missed']));
    expect(effectivenessOf(closed.verdicts[0]!, closed.view)).toEqual({ numerator: 0, denominator: 1 });
    expect(closed.network).toEqual({ epoch: 1n, due: 16, included: 0 });
  });

  it('is what a vote in sight is not: that one is certain at once', () => {
    const open = judged(8, new Map([[10, [right(9, 8)]]]), { upTo: 10 });
    expect(resultsOf(open, 2).result).toBe('perfect');
    expect(resultsOf(open, 0).result).toBe('unknown');
  });

  it.each<[string, IncludedAttestation]>([
    ['wrong_length', right(9, 8, [1, 1, 0])],
    ['wrong_length', right(9, 8, [1])],
    ['unknown_committee', { ...right(9, 8), committees: [1] }],
    ['wrong_length', { ...right(9, 8), committees: [] }],
    ['wrong_length', { ...right(9, 8, []), committees: [] }],
    ['silent_committee', right(9, 8, [0, 0])],
  ])('is a whole slot when an aggregate of it has %s', (reason, strange) => {
    const votes = new Map([
      [10, [right(9, 8), right(8, 8)]],
      [12, [strange]],
    ]);
    const outcome = judged(8, votes);
    expect(outcome.undecodable).toEqual([
      { blockSlot: 12n, blockRoot: root(12), place: 0, slot: 9n, reason },
    ]);
    expect(resultsOf(outcome, 2)).toMatchObject({ result: 'unknown', inclusion: null });
    expect(resultsOf(outcome, 3)).toMatchObject({ result: 'unknown', inclusion: null });
    expect(resultsOf(outcome, 0).result).toBe('late');
    expect(resultsOf(outcome, 4).result).toBe('missed');
    expect(outcome.network).toBeNull();
  });

  it('is the network when committees are missing; who sits there has no verdict', () => {
    const outcome = judged(8, new Map([[10, [right(9, 8)]]]), { unknownSlots: [9] });
    expect(outcome.network).toBeNull();
    expect(outcome.seats.unseated()).toEqual([2, 3]);
    expect(outcome.verdicts.map(({ validatorIndex }) => validatorIndex)).not.toContain(2);
    expect(outcome.undecodable).toEqual([]);
  });

  it('is an error when the blocks begin after the epoch', () => {
    const seats = new EpochSeats(epoch(1n), [0], toySpec(8));
    const view = new CanonicalView({ from: slot(9n), to: slot(30n), blocks: toyChain([9, 10]) });
    expect(() => judgeVotes(seats, view, toySpec(8))).toThrow(/votes of epoch 1 begin at slot 8/);
  });
});
