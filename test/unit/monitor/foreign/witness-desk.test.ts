import { expect, it } from 'vitest';
import { parseRoot, type Root } from '../../../../core/units.ts';
import type { Testimony } from '../../../../monitor/foreign/index.ts';
import { WitnessDesk } from '../../../../monitor/foreign/witness-desk.ts';

const ROOTS = Array.from({ length: 10 }, (_, at) => parseRoot(`0x${`${at}${at}`.repeat(32)}`, 'root'));
const [ONE] = ROOTS as [Root];

function desk() {
  const open: { root: Root; say: (testimony: Testimony) => void; fail: (error: Error) => void }[] = [];
  const world = { nowMs: 0n, answers: 0, open };
  const made = new WitnessDesk({
    ask: (root) => new Promise((say, fail) => open.push({ root, say, fail })),
    onAnswer: () => (world.answers += 1),
    nowMs: () => world.nowMs,
  });
  return { desk: made, world };
}

it('few blocks are asked about at the same time, the others when there is room', async () => {
  const { desk: made, world } = desk();
  const all = () => ROOTS.map((root) => made.of(root));
  expect(all()).toEqual(ROOTS.map(() => null));
  all();
  expect(world.open).toHaveLength(4);
  for (const { say } of world.open) say('enough');
  await made.idle();
  expect(world.answers).toBe(4);
  expect(all()).toEqual(ROOTS.map((_, at) => (at < 4 ? 'enough' : null)));
  expect(world.open.map(({ root }) => root)).toEqual(ROOTS.slice(0, 8));
});

it('a block that nobody vouched for is asked about again, after a while; a known one never', async () => {
  const { desk: made, world } = desk();
  made.of(ONE);
  world.open[0]!.say('contradicted');
  await made.idle();
  world.nowMs = 4999n;
  expect(made.of(ONE)).toBe('contradicted');
  expect(world.open).toHaveLength(1);
  world.nowMs = 5000n;
  expect(made.of(ONE)).toBe('contradicted');
  world.open[1]!.say('enough');
  await made.idle();
  world.nowMs = 1_000_000n;
  expect(made.of(ONE)).toBe('enough');
  expect(world.open).toHaveLength(2);
  made.keep(new Set());
  expect(made.of(ONE)).toBeNull();
});

it('a question that fails contradicts nobody', async () => {
  const { desk: made, world } = desk();
  made.of(ONE);
  world.open[0]!.fail(new Error('stopped'));
  await made.idle();
  expect(made.of(ONE)).toBe('silent');
});
