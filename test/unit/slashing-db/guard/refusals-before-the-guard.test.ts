import { expect, it } from 'vitest';
import { storedHistory, verifyStored } from '../../../support/any-history.ts';
import { DisasterWorld } from '../../../support/disaster-world.ts';
import { att, block, KEY_A } from '../../../support/slashing-fixtures.ts';
import { verdict } from '../../../support/temp-guard.ts';

const ASKED = { client: '10.0.0.7', type: 'BLOCK_V2' };

const recordsIn = async (world: DisasterWorld) => (await storedHistory(world.path)).records;

it('a refusal of somebody before the guard is on record, in the chain, as one of its own would be', async () => {
  const world = new DisasterWorld();
  const guard = await world.openAny();
  await guard.admitKey(KEY_A, false);
  await verdict(guard, KEY_A, att(8, 9));
  guard.recordRefusal(KEY_A, block(83), ASKED, 'SOME_REASON');
  await guard.close();
  expect((await recordsIn(world)).at(-1)).toMatchObject({
    client: '10.0.0.7',
    pubkey: KEY_A,
    type: 'BLOCK_V2',
    slot: 83n,
    signingRoot: block(83).signingRoot,
    verdict: 'refused',
    reason: 'SOME_REASON',
    timeMs: BigInt((1_600_000_000 + 83 * 6) * 1000),
  });
  expect((await verifyStored(world.path)).fault).toBeNull();
});

it('it changes nothing that the guard decides by', async () => {
  const world = new DisasterWorld();
  const guard = await world.openAny();
  await guard.admitKey(KEY_A, false);
  const before = guard.statusOf(KEY_A);
  guard.recordRefusal(KEY_A, block(83), ASKED, 'SOME_REASON');
  guard.recordRefusal(KEY_A, att(8, 10), { ...ASKED, type: 'ATTESTATION' }, 'SOME_REASON');
  expect(guard.statusOf(KEY_A)).toEqual(before);
  expect(await verdict(guard, KEY_A, block(83))).toBe('released');
  expect(await verdict(guard, KEY_A, att(9, 10))).toBe('released');
});

it('a guard that is closed takes no record, and is not broken by it', async () => {
  const world = new DisasterWorld();
  const guard = await world.openAny();
  await guard.admitKey(KEY_A, false);
  await guard.close();
  const before = (await recordsIn(world)).length;
  guard.recordRefusal(KEY_A, block(83), ASKED, 'SOME_REASON');
  // Writes whatever is waiting, if anything is.
  await guard.close();
  expect(await Promise.race([guard.poisoned, Promise.resolve('whole')])).toBe('whole');
  const reopened = await world.openAny();
  expect(await verdict(reopened, KEY_A, block(83))).toBe('released');
  await reopened.close();
  const after = await recordsIn(world);
  expect(after.filter(({ reason }) => reason === 'SOME_REASON')).toEqual([]);
  expect(after.length).toBeGreaterThan(before);
});
