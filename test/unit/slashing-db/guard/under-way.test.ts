import { expect, it } from 'vitest';
import { UnderWay } from '../../../../slashing-db/under-way.ts';
import type { Pubkey } from '../../../../core/units.ts';

const KEY = `0x${'aa'.repeat(48)}` as Pubkey;
const OTHER = `0x${'bb'.repeat(48)}` as Pubkey;

/** Whether it is over once everything that can go on has gone on. */
async function isOver(promise: Promise<void>): Promise<boolean> {
  let over = false;
  void promise.then(() => (over = true));
  await new Promise((resolve) => setImmediate(resolve));
  return over;
}

it('waits for the last of a key, each time anew', async () => {
  const underWay = new UnderWay();
  for (let round = 0; round < 2; round += 1) {
    underWay.enter(KEY);
    underWay.enter(KEY);
    const settled = underWay.settled([KEY]);
    const all = underWay.settled();
    underWay.leave(KEY);
    expect(await isOver(settled)).toBe(false);
    underWay.leave(KEY);
    expect(await isOver(settled)).toBe(true);
    expect(await isOver(all)).toBe(true);
  }
});

it('does not wait for keys that are through, nor for others', async () => {
  const underWay = new UnderWay();
  underWay.enter(KEY);
  underWay.leave(KEY);
  underWay.enter(OTHER);
  expect(await isOver(underWay.settled([KEY]))).toBe(true);
  expect(await isOver(underWay.settled())).toBe(false);
});
