import { describe, expect, it } from 'vitest';
import { DisasterWorld } from '../../../support/disaster-world.ts';
import { att, block, KEY_A, KEY_B } from '../../../support/slashing-fixtures.ts';
import { verdict } from '../../../support/temp-guard.ts';

const ACT = { by: 'tester', reason: 'seen elsewhere' };
const unslashable = { kind: 'unslashable', signingRoot: att(0, 0).signingRoot } as const;

describe.each([
  ['one key', [KEY_A], 'KEY_FROZEN'],
  ['all keys', 'all', 'ALL_FROZEN'],
] as const)('a freeze of %s', (_what, pubkeys, reason) => {
  it('stops every kind of message, durably, until it is lifted', async () => {
    const world = new DisasterWorld();
    let guard = await world.openAny();
    await guard.admitKey(KEY_A, false);
    await guard.admitKey(KEY_B, false);
    await guard.operator.freeze(pubkeys, ACT);
    for (let opening = 0; opening < 2; opening += 1) {
      for (const message of [att(8, 9), block(80), unslashable]) {
        expect(await verdict(guard, KEY_A, message)).toBe(reason);
      }
      expect(await verdict(guard, KEY_B, unslashable)).toBe(pubkeys === 'all' ? reason : 'released');
      await guard.close();
      guard = await world.openAny();
    }
    await guard.operator.unfreeze(pubkeys, ACT);
    expect(await verdict(guard, KEY_A, att(8, 9))).toBe('released');
    await guard.close();
    expect(await verdict(await world.openAny(), KEY_A, block(80))).toBe('released');
  });

  it('waits for the signature that is under way', async () => {
    const guard = await new DisasterWorld().openAny();
    await guard.admitKey(KEY_A, false);
    const signing = Promise.withResolvers<string>();
    const started = Promise.withResolvers<void>();
    const release = guard.release(KEY_A, att(8, 9), () => {
      started.resolve();
      return signing.promise;
    });
    await started.promise;
    let frozen = false;
    const freeze = guard.operator.freeze(pubkeys, ACT).then(() => (frozen = true));
    expect(await verdict(guard, KEY_A, att(9, 10))).toBe(reason);
    expect(frozen).toBe(false);
    signing.resolve('signature');
    await Promise.all([release, freeze]);
    expect(frozen).toBe(true);
  });
});

it('the freeze of a key that is not here yet waits for it', async () => {
  const guard = await new DisasterWorld().openAny();
  await guard.operator.freeze([KEY_B], ACT);
  await guard.admitKey(KEY_B, false);
  expect(await verdict(guard, KEY_B, att(8, 9))).toBe('KEY_FROZEN');
  expect(guard.statusOf(KEY_B).frozen).toMatchObject({ reason: 'seen elsewhere' });
});

it('lifting the freeze of all leaves those frozen one by one', async () => {
  const guard = await new DisasterWorld().openAny();
  await guard.admitKey(KEY_A, false);
  await guard.operator.freeze([KEY_A], ACT);
  await guard.operator.freeze('all', ACT);
  await guard.operator.unfreeze('all', ACT);
  expect(await verdict(guard, KEY_A, att(8, 9))).toBe('KEY_FROZEN');
});

it('an unknown key cannot be unfrozen', async () => {
  const guard = await new DisasterWorld().openAny();
  await expect(guard.operator.unfreeze([KEY_B], ACT)).rejects.toMatchObject({ code: 'KEY_NOT_KNOWN' });
});

it('a key that must be silent for now signs nothing at all, and the others do', async () => {
  const world = new DisasterWorld();
  let silent = true;
  const guard = await world.openAny({
    silenced: (pubkey) => (silent && pubkey === KEY_A ? 'watched' : null),
  });
  await guard.admitKey(KEY_A, false);
  await guard.admitKey(KEY_B, false);
  for (const message of [att(8, 9), block(80), unslashable]) {
    expect(await verdict(guard, KEY_A, message)).toBe('DOPPELGANGER_WATCH');
    expect(await verdict(guard, KEY_B, message)).toBe('released');
  }
  silent = false;
  expect(await verdict(guard, KEY_A, att(8, 9))).toBe('released');
});
