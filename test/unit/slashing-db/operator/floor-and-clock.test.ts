import { describe, expect, it } from 'vitest';
import { epoch } from '../../../../core/units.ts';
import { exportDatabase, exportServer } from '../../../../slashing-db/index.ts';
import { serverOf } from '../../../support/any-storage.ts';
import { DisasterWorld, THIS_BOOT } from '../../../support/disaster-world.ts';
import { att, block, KEY_A, KEY_B } from '../../../support/slashing-fixtures.ts';
import { exportOf, verdict } from '../../../support/temp-guard.ts';

const ACT = { by: 'tester', reason: 'no finality' };

/** Floored at 83: slot 84, votes 9 -> 10. */
async function floored() {
  const world = new DisasterWorld();
  const first = await world.openAny();
  await first.admitKey(KEY_A, false);
  await first.admitKey(KEY_B, false);
  await first.close();
  const guard = await world.openAny({ bootFloor: 'always' });
  world.time.moveTo(88);
  return { world, guard };
}

describe('the override of the floor for one key', () => {
  it('lowers the source for that key only, durably, and nothing else', async () => {
    const { world, guard } = await floored();
    expect(await verdict(guard, KEY_A, att(6, 11))).toBe('SOURCE_BELOW_BOOT_FLOOR');
    await guard.operator.overrideFloor(KEY_A, epoch(6n), ACT);
    await guard.close();
    const again = await world.openAny();
    expect(await verdict(again, KEY_B, att(6, 11))).toBe('SOURCE_BELOW_BOOT_FLOOR');
    expect(await verdict(again, KEY_A, att(6, 10))).toBe('BELOW_BOOT_FLOOR');
    expect(await verdict(again, KEY_A, att(5, 11))).toBe('SOURCE_BELOW_BOOT_FLOOR');
    expect(await verdict(again, KEY_A, att(6, 11))).toBe('released');
  });

  it('wants a key that is known', async () => {
    const guard = await new DisasterWorld().openAny();
    await expect(guard.operator.overrideFloor(KEY_A, epoch(1n), ACT)).rejects.toMatchObject({
      code: 'KEY_NOT_KNOWN',
    });
  });
});

it('the floor goes with an export, because it stands for messages on no record', async () => {
  const { guard } = await floored();
  const { data } = JSON.parse(exportOf(guard)) as {
    data: { signed_blocks: unknown[]; signed_attestations: unknown[] }[];
  };
  expect(data).toHaveLength(2);
  for (const key of data) {
    expect(key.signed_blocks).toEqual([{ slot: '84' }]);
    expect(key.signed_attestations).toEqual([{ source_epoch: '9', target_epoch: '10' }]);
  }
});

describe('a clock that runs backwards', () => {
  it('silences what can be slashed, also after a restart, until it has caught up', async () => {
    const world = new DisasterWorld();
    let guard = await world.openAny();
    await guard.admitKey(KEY_A, false);
    expect(await verdict(guard, KEY_A, block(83))).toBe('released');
    world.time.moveTo(81);
    for (let opening = 0; opening < 2; opening += 1) {
      expect(await verdict(guard, KEY_A, att(8, 10))).toBe('CLOCK_UNTRUSTED');
      expect(await verdict(guard, KEY_A, { kind: 'unslashable', signingRoot: att(0, 0).signingRoot })).toBe(
        'released',
      );
      await guard.close();
      guard = await world.openAny();
    }
    world.time.moveTo(82);
    expect(await verdict(guard, KEY_A, att(8, 10))).toBe('released');
  });

  it('is taken for right on the word of the operator', async () => {
    const world = new DisasterWorld();
    const guard = await world.openAny();
    await guard.admitKey(KEY_A, false);
    await verdict(guard, KEY_A, block(83));
    world.time.moveTo(40);
    await guard.operator.acceptClock({ by: 'tester', reason: 'it was ahead' });
    expect(await verdict(guard, KEY_A, att(4, 5))).toBe('released');
    expect(await verdict(guard, KEY_A, block(41))).toBe('BLOCK_NOT_ABOVE_WATERMARK');
    await guard.close();
    expect(await verdict(await world.openAny(), KEY_A, att(4, 5))).toBe('released');
  });
});

it.each([0n, 1n, 3n])(
  'with a tolerance of %i slots nothing beyond it is signed, and nothing of it is stored',
  async (toleranceSlots) => {
    const world = new DisasterWorld();
    const guard = await world.openAny({ toleranceSlots });
    await guard.admitKey(KEY_A, false);
    expect(await verdict(guard, KEY_A, block(84n + toleranceSlots))).toBe('IN_THE_FUTURE');
    expect(await verdict(guard, KEY_A, att(10, 11n + toleranceSlots / 3n))).toBe('IN_THE_FUTURE');
    expect(guard.statusOf(KEY_A)).toMatchObject({ block: null, attestation: null });
    expect(await verdict(guard, KEY_A, block(83n + toleranceSlots))).toBe('released');
  },
);

describe('an export', () => {
  it('is not made while a boot floor is owed, neither by the signer nor by the verb', async () => {
    const world = new DisasterWorld();
    const first = await world.openAny();
    await first.admitKey(KEY_A, false);
    await verdict(first, KEY_A, att(8, 9));
    await first.close();
    let doubt: string | null = 'late';
    const guard = await world.openAny({ bootFloor: 'always', clockDoubt: () => doubt });
    expect(() => exportOf(guard)).toThrow(expect.objectContaining({ code: 'DB_FLOOR_OWED', exitCode: 3 }));
    await guard.close();
    await expect(exportByVerb(world)).rejects.toMatchObject({ code: 'DB_FLOOR_OWED' });
    const again = await world.openAny({ clockDoubt: () => doubt });
    doubt = null;
    // A signer that shares its database pays with the next message, one that owns it with the export too.
    expect(await verdict(again, KEY_A, att(9, 10))).toBe('BELOW_BOOT_FLOOR');
    expect(exportOf(again)).toContain('"target_epoch":"10"');
    await again.close();
    expect(await exportByVerb(world)).toContain('"target_epoch":"10"');
  });
});

/** `vigil slashing-db export` of the storage under test. */
async function exportByVerb(world: DisasterWorld): Promise<string> {
  const url = await serverOf(world.path);
  if (url === undefined) return exportDatabase(world.path, [world.anchor], THIS_BOOT).text;
  return (await exportServer({ url, passwordFile: null })).text;
}
