import { describe, expect, it } from 'vitest';
import { slot } from '../../../../core/units.ts';
import { CanonicalView } from '../../../../monitor/chain/index.ts';
import {
  judgeProposals,
  upcoming,
  type ProposalQuestion,
  type SeenBlock,
} from '../../../../monitor/proposals/index.ts';
import { root, toyBlock, toyChain } from '../../../support/monitor-blocks.ts';

const at = (number: number) => slot(BigInt(number));
const duty = (validatorIndex: number, where: number) => ({ validatorIndex, slot: at(where) });
const NOTHING = { seen: new Map(), orphans: new Map(), rewardsGwei: new Map() };

/** Slots 8 to 15: blocks in all but 10 and 12, by the validator of the slot's number. Watched: 8 to 15 and 77. */
function judged(parts: Partial<ProposalQuestion> = {}) {
  const blocks = toyChain([8, 9, 11, 13, 14, 15], (proposerIndex) => ({ proposerIndex }));
  return judgeProposals({
    ...{ range: { first: at(8), last: at(15) }, now: at(15), duties: [], facts: NOTHING },
    watched: new Set([8, 9, 10, 11, 12, 13, 14, 15, 77]),
    view: new CanonicalView({ from: at(8), to: at(15), blocks }),
    ...parts,
  });
}

const seenBlock = (proposerIndex: number, where: number, canonical = false): SeenBlock => ({
  ...{ root: root(where, 'dd'), slot: at(where), proposerIndex, canonical },
});
const seen = (where: number, blocks: readonly SeenBlock[] | null) => ({
  ...NOTHING,
  seen: new Map([[at(where), blocks]]),
});
const resultAt = ({ verdicts }: ReturnType<typeof judged>, where: number) =>
  verdicts.find((verdict) => verdict.slot === at(where));

describe('a turn without a block', () => {
  const turn = { duties: [duty(10, 10)] };

  it.each<[string, string, readonly SeenBlock[] | null]>([
    ['missed', 'nobody saw any', []],
    ['missed', "what was seen is somebody else's", [seenBlock(11, 10)]],
    ['orphaned', 'its block was seen', [seenBlock(11, 10), seenBlock(10, 10)]],
    ['unknown', 'no node could say', null],
    ['unknown', 'to the node its block is on the chain', [seenBlock(10, 10, true)]],
  ])('is %s when %s', (result, _, blocks) => {
    expect(resultAt(judged({ ...turn, facts: seen(10, blocks) }), 10)!.result).toBe(result);
  });

  it('is unknown when nobody was asked', () => {
    expect(resultAt(judged(turn), 10)!.result).toBe('unknown');
  });

  it('shows what was left behind, and that it earned nothing', () => {
    const facts = seen(10, [seenBlock(10, 10)]);
    const nothing = { feeRecipient: null, graffiti: null, rewardGwei: null };
    expect(resultAt(judged({ ...turn, facts }), 10)).toEqual({
      ...{ validatorIndex: 10, slot: 10n, result: 'orphaned', blockRoot: root(10, 'dd'), ...nothing },
    });
    const left = toyBlock(10, { root: root(10, 'dd'), graffiti: root(5, '61') });
    const known = {
      ...facts,
      orphans: new Map([[left.root, left]]),
      rewardsGwei: new Map([[left.root, 7n]]),
    };
    expect(resultAt(judged({ ...turn, facts: known }), 10)).toEqual({
      ...{ validatorIndex: 10, slot: 10n, result: 'orphaned', blockRoot: root(10, 'dd') },
      ...{ feeRecipient: null, graffiti: root(5, '61'), rewardGwei: null },
    });
  });
});

describe('a turn with a block', () => {
  it('is included, with what the block says and earned', () => {
    const facts = { ...NOTHING, rewardsGwei: new Map([[root(9), 123n]]) };
    expect(resultAt(judged({ duties: [duty(9, 9)], facts }), 9)).toEqual({
      ...{ validatorIndex: 9, slot: 9n, result: 'included', blockRoot: root(9) },
      ...{ feeRecipient: null, graffiti: root(0, '00'), rewardGwei: 123n },
    });
  });

  it('counts although the duty was not known, for those who are watched', () => {
    const results = judged({ watched: new Set([11, 14]) }).verdicts;
    expect(results.map((verdict) => [verdict.validatorIndex, verdict.result])).toEqual([
      [11, 'included'],
      [14, 'included'],
    ]);
  });

  it('of somebody else was never the one the duty says', () => {
    const outcome = judged({ duties: [duty(77, 9), duty(10, 10)], facts: seen(10, []) });
    expect(outcome.contradicted).toEqual([duty(77, 9)]);
    expect(outcome.verdicts.some(({ validatorIndex }) => validatorIndex === 77)).toBe(false);
    expect(resultAt(outcome, 9)!.validatorIndex).toBe(9);
  });
});

describe('turns that the blocks at hand say nothing of', () => {
  const far = { range: { first: at(0), last: at(40) }, duties: [duty(12, 7), duty(12, 16), duty(12, 17)] };

  it('are scheduled while they are to come, unknown when their time is over', () => {
    const results = (now: number) =>
      judged({ ...far, now: at(now) }).verdicts.filter(({ result }) => result !== 'included');
    expect(results(15).map(({ result }) => result)).toEqual(['unknown', 'scheduled', 'scheduled']);
    expect(results(16).map(({ result }) => result)).toEqual(['unknown', 'unknown', 'scheduled']);
  });

  it("are nobody's outside of the range", () => {
    const { verdicts } = judged({
      range: { first: at(9), last: at(11) },
      duties: [duty(12, 12), duty(8, 8)],
    });
    expect(verdicts.map((verdict) => verdict.slot)).toEqual([9n, 11n]);
  });

  it('are upcoming in their order', () => {
    expect(upcoming([duty(1, 20), duty(2, 16), duty(3, 17), duty(4, 3)], at(16))).toEqual([
      duty(3, 17),
      duty(1, 20),
    ]);
  });

  it('of genesis are none, with its block or without', () => {
    for (const slots of [[0, 1], [1]]) {
      const view = new CanonicalView({ from: at(0), to: at(7), blocks: toyChain(slots) });
      const outcome = judged({
        range: { first: at(0), last: at(7) },
        duties: [duty(8, 0)],
        view,
        watched: new Set([0]),
      });
      expect(outcome.contradicted).toEqual([]);
      expect(outcome.verdicts.map((verdict) => verdict.slot)).toEqual([1n]);
    }
  });
});
