import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COLUMNS, drawScene, incomeText, type Paint } from '../../../../cli/demo/show/draw.ts';
import type { Chapter } from '../../../../cli/demo/story.ts';
import type { Scene } from '../../../../cli/demo/world/scene.ts';

const RESULTS = ['perfect', 'late', 'wrong_head', 'wrong_target', 'missed', 'unknown'] as const;
const URLS = { signer: 'http://127.0.0.1:65535', monitor: 'http://127.0.0.1:65534' };
const plain: Paint = (_style, text) => text;
const coloured: Paint = (_style, text) => `\u001b[31m${text}\u001b[39m`;

const count = fc.nat(1_000_000);
const scenes: fc.Arbitrary<Scene> = fc.record({
  chain: fc.record({
    slot: count,
    slotsPerEpoch: fc.constantFrom(8, 16),
    epoch: count,
    justifiedEpoch: count,
    finalizedEpoch: count,
    secondsToGenesis: fc.constantFrom(0, 3.2),
    blocks: fc.array(fc.constantFrom('ours', 'others', 'none'), { maxLength: 32 }),
    validators: fc.nat(1000),
  }),
  signer: fc.record({ signed: count, refused: count }),
  monitor: fc.record({
    lastFinalEpoch: fc.option(count),
    rewardsGwei: fc.bigInt(-(10n ** 12n), 10n ** 12n),
    residualGwei: fc.bigInt(0n, 10n ** 12n),
    foreign: fc.constant([]),
  }),
  validators: fc.array(
    fc.record({
      index: fc.nat(999_999),
      pubkey: fc.constant(`0x${'ab'.repeat(48)}`),
      votes: fc.array(fc.constantFrom(...RESULTS), { maxLength: 20 }),
      proposals: fc.nat(1000),
      balanceGwei: fc.option(fc.bigInt(0n, 2048n * 10n ** 9n)),
      frozen: fc.boolean(),
    }),
    { maxLength: 8 },
  ),
});
const stories: fc.Arbitrary<Chapter[]> = fc.array(
  fc.record({
    name: fc.string(),
    title: fc.string({ unit: 'grapheme-ascii', maxLength: 150 }),
    outcome: fc.option(fc.string({ unit: 'grapheme-ascii', maxLength: 150 })),
    atSeconds: fc.option(fc.nat()),
  }),
);

test('a loss is not called earned', () => {
  expect(incomeText(5n, String, 'Gwei')).toBe('5 Gwei earned');
  expect(incomeText(0n, String, 'Gwei')).toBe('0 Gwei earned');
  expect(incomeText(-5n, String, 'Gwei')).toBe('5 Gwei lost');
});

test('no line is wider than the terminal has to be, and colours change no text', () => {
  fc.assert(
    fc.property(scenes, stories, (scene, chapters) => {
      const lines = drawScene(scene, chapters, URLS, plain);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(COLUMNS);
      const uncoloured = drawScene(scene, chapters, URLS, coloured).map((line) =>
        stripVTControlCharacters(line),
      );
      expect(uncoloured).toEqual(lines);
    }),
  );
});

test('what happened, what is next and what is to come are told apart; a frozen key is named', () => {
  const [scene] = fc.sample(scenes, { numRuns: 1, seed: 1 });
  if (scene === undefined) throw new Error('no scene');
  const validator = { index: 3, pubkey: `0x${'cd'.repeat(48)}`, votes: ['perfect', 'missed'] as const };
  const lines = drawScene(
    { ...scene, validators: [{ ...validator, proposals: 2, balanceGwei: 32_000_000_001n, frozen: true }] },
    [
      { name: 'a', title: 'first', outcome: 'it is done', atSeconds: 1 },
      { name: 'b', title: 'second', outcome: null, atSeconds: null },
      { name: 'c', title: 'third', outcome: null, atSeconds: null },
    ],
    URLS,
    plain,
  );
  expect(lines).toEqual(expect.arrayContaining(['✓ it is done', '… second', '  third']));
  expect(lines.find((line) => line.startsWith('3 '))).toMatch(/■×.* 2 +32\.000000001 +FROZEN/);
});
