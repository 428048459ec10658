import { expect, it } from 'vitest';
import type { Guard } from '../../slashing-db/index.ts';
import { rowsAt, freshDatabase, openSigner } from '../support/postgres-guards.ts';
import { att, clockAt, KEY_A, KEY_B, root } from '../support/slashing-fixtures.ts';
import { tempDatabase, verdict } from '../support/temp-guard.ts';

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

const ACT = { by: 'a test', reason: 'a test' };

const slots = async (url: string): Promise<Record<string, bigint>> => {
  const rows = await rowsAt(url, 'SELECT name, latest_slot FROM instances');
  return Object.fromEntries(rows.map(({ name, latest_slot }) => [name, latest_slot])) as Record<
    string,
    bigint
  >;
};

/** A signer whose clock is right, with a key that has a floor under it; and one whose clock is far ahead. */
async function world() {
  const url = await freshDatabase();
  const { clock, moveTo } = clockAt(1000);
  const told: string[] = [];
  const right = await openSigner(url, {
    ...{ instance: 'right', clock, onMissingHistory: 'floor', onSignerAhead: (why) => told.push(why) },
  });
  await right.admitKey(KEY_A, false);
  moveTo(1010);
  const path = tempDatabase();
  const openAhead = () => openSigner(url, { instance: 'ahead', path, clock: clockAt(9000).clock });
  /** Its next act tells a signer of the slots of all. */
  const learn = (guard: Guard) => guard.operator.record('set-gas-limit', KEY_A, ACT);
  return { url, right, moveTo, told, openAhead, learn };
}

it('a signer that has signed nothing leaves no slot, however often it tries whether it could', async () => {
  const { url, openAhead } = await world();
  const ahead = await openAhead();
  expect(await ahead.probe()).toBeNull();
  ahead.recordRefusal(KEY_A, null, { client: 'a test', type: 'ATTESTATION' }, 'REFUSED');
  expect(await ahead.probe()).toBeNull();
  expect(await slots(url)).toMatchObject({ ahead: 0n });
});

it('one clock that is ahead stops nobody else, who tells whose it is', async () => {
  const { url, right, told, openAhead, learn } = await world();
  const ahead = await openAhead();
  await ahead.admitKey(KEY_B, false);
  expect(await verdict(ahead, KEY_B, att(125, 126))).toBe('released');
  await learn(right);
  await learn(right);
  expect(await verdict(right, KEY_A, att(125, 127))).toBe('IN_THE_FUTURE');
  expect(await verdict(right, KEY_A, att(125, 126))).toBe('released');
  expect(right.clockDoubt).toBeNull();
  expect(await slots(url)).toMatchObject({ ahead: 9000n, right: 1010n });
  expect(told).toEqual([
    expect.stringContaining('the signer ahead of the same database has signed in slot 9000'),
  ]);
});

it('while another clock is ahead no floor is put down by this one, nor far in the future', async () => {
  const { url, right, openAhead, learn } = await world();
  const ahead = await openAhead();
  expect(await verdict(ahead, KEY_A, att(125, 126))).toBe('released');
  await ahead.close();
  await learn(right);
  await right.admitKey(KEY_B, false);
  expect(await right.release(KEY_B, att(125, 126), () => Promise.resolve('s'))).toMatchObject({
    reason: 'CLOCK_UNTRUSTED',
    detail: expect.stringContaining('the signer ahead') as string,
  });
  expect(await verdict(right, KEY_B, { kind: 'unslashable', signingRoot: root(9) })).toBe('released');
  expect(right.statusOf(KEY_B).attestation).toBeNull();
  // The operator knows who is right.
  await right.operator.acceptClock(ACT);
  expect(await slots(url)).toMatchObject({ ahead: 1010n, right: 1010n });
  expect(await verdict(right, KEY_B, att(125, 126))).toBe('TARGET_NOT_ABOVE_WATERMARK');
  expect(right.statusOf(KEY_B)).toMatchObject({ block: { slot: 1010n }, attestation: { target: 126n } });
});

it('what an operator says of a clock that is ahead lifts no other signer to it', async () => {
  const { url, right, openAhead, learn } = await world();
  expect(await verdict(right, KEY_A, att(125, 126))).toBe('released');
  const ahead = await openAhead();
  await ahead.operator.acceptClock(ACT);
  expect(await slots(url)).toEqual({ ahead: 9000n, right: 1010n });
  await learn(right);
  expect(right.clockDoubt).toBeNull();
});

it('a clock that runs behind what its own signer has signed in is not trusted', async () => {
  const { url, right, moveTo } = await world();
  expect(await verdict(right, KEY_A, att(125, 126))).toBe('released');
  moveTo(1005);
  expect(await verdict(right, KEY_A, att(125, 126))).toBe('CLOCK_UNTRUSTED');
  await right.close();
  const again = await openSigner(url, { instance: 'right', clock: clockAt(1005).clock });
  expect(await verdict(again, KEY_A, att(125, 126))).toBe('CLOCK_UNTRUSTED');
});
