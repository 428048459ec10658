import { expect, it } from 'vitest';
import { rowsAt, freshDatabase, openSigner } from '../support/postgres-guards.ts';
import { att, clockAt, KEY_A, KEY_B } from '../support/slashing-fixtures.ts';
import { verdict } from '../support/temp-guard.ts';

it('a signer whose clock is in doubt leaves no slot that others would hold theirs against', async () => {
  const url = await freshDatabase();
  const right = await openSigner(url, { instance: 'right', clock: clockAt(1000).clock });
  await right.admitKey(KEY_A, false);
  expect(await verdict(right, KEY_A, att(100, 101))).toBe('released');
  const ahead = await openSigner(url, {
    ...{ instance: 'ahead', clock: clockAt(9000).clock },
    clockDoubt: () => 'beacon nodes say that it is slot 1000',
  });
  expect(await verdict(ahead, KEY_A, att(101, 102))).toBe('CLOCK_UNTRUSTED');
  // Its refusal is on record after this.
  await ahead.probe();
  expect(await rowsAt(url, `SELECT latest_slot FROM instances WHERE name = 'ahead'`)).toEqual([
    { latest_slot: 0n },
  ]);
  // With an act of anybody the slots of all are read.
  await right.admitKey(KEY_B, false);
  expect(await verdict(right, KEY_A, att(101, 102))).toBe('released');
});
