import { beforeEach, describe, expect, it } from 'vitest';
import { epoch } from '../../../../core/units.ts';
import { CopiedPlace } from '../../../support/copied-place.ts';
import { att, block, KEY_A, KEY_B } from '../../../support/slashing-fixtures.ts';
import { verdict } from '../../../support/temp-guard.ts';

const ACT = { by: 'a test', reason: 'a test' };

describe('a copy takes the stricter of what both know:', () => {
  let x: CopiedPlace;
  let y: CopiedPlace;
  beforeEach(async () => {
    [x, y] = [new CopiedPlace(), new CopiedPlace()];
    for (const place of [x, y]) {
      await place.with(async (guard) => {
        await guard.admitKey(KEY_A, false);
        await guard.admitKey(KEY_B, false);
      });
    }
  });

  it('the higher watermarks, of each half on its own', async () => {
    await x.with(async (guard) => {
      expect(await verdict(guard, KEY_A, att(4, 5))).toBe('released');
      expect(await verdict(guard, KEY_A, block(40))).toBe('released');
    });
    await y.with(async (guard) => {
      expect(await verdict(guard, KEY_A, att(2, 6))).toBe('released');
      expect(await verdict(guard, KEY_A, block(39))).toBe('released');
    });
    await x.copyTo(y);
    await y.with((guard) => {
      const { block: proposed, attestation } = guard.statusOf(KEY_A);
      expect([proposed?.slot, attestation?.source, attestation?.target]).toEqual([40n, 4n, 6n]);
      return Promise.resolve();
    });
  });

  it('deletions, whichever of them deleted', async () => {
    await x.with((guard) => guard.deleteKeys([KEY_A]));
    await y.with((guard) => guard.deleteKeys([KEY_B]));
    await x.copyTo(y);
    const states = await y.with((guard) =>
      Promise.resolve([KEY_A, KEY_B].map((pubkey) => guard.statusOf(pubkey).state)),
    );
    expect(states).toEqual(['deleted', 'deleted']);
  });

  it('the earlier of two hand-overs', async () => {
    await x.with((guard) => guard.operator.handOver([KEY_A], epoch(12n), ACT));
    await y.with((guard) => guard.operator.handOver([KEY_A], epoch(20n), ACT));
    await x.with((guard) => guard.operator.handOver([KEY_B], epoch(20n), ACT));
    await y.with((guard) => guard.operator.handOver([KEY_B], epoch(12n), ACT));
    await x.copyTo(y);
    const epochs = await y.with((guard) =>
      Promise.resolve([KEY_A, KEY_B].map((pubkey) => guard.statusOf(pubkey).outEpoch)),
    );
    expect(epochs).toEqual([12n, 12n]);
  });

  it('a hand-over at an epoch after that at which the key came to the other', async () => {
    const w = new CopiedPlace();
    await w.with((guard) => guard.admitKey(KEY_A, false));
    await w.handOver(y, 11n);
    await x.with((guard) => guard.operator.handOver([KEY_A], epoch(12n), ACT));
    await x.copyTo(y);
    const { inEpoch, outEpoch } = await y.with((guard) => Promise.resolve(guard.statusOf(KEY_A)));
    expect([inEpoch, outEpoch]).toEqual([11n, 12n]);
  });

  it('freezes of keys', async () => {
    await x.with((guard) => guard.operator.freeze([KEY_A], ACT));
    await y.with((guard) => guard.operator.freeze([KEY_B], ACT));
    await x.copyTo(y);
    await y.with(async (guard) => {
      expect(await verdict(guard, KEY_A, att(1, 2))).toBe('KEY_FROZEN');
      expect(await verdict(guard, KEY_B, att(1, 2))).toBe('KEY_FROZEN');
    });
  });

  it('the freeze of all keys', async () => {
    await x.with((guard) => guard.operator.freeze('all', ACT));
    await x.copyFrozenTo(y);
    expect(await y.vote(10)).toBe('ALL_FROZEN');
  });

  it('the boot floor, and that one is owed', async () => {
    const floor = await x.with((guard) => Promise.resolve(guard.protection.floor), { bootFloor: 'always' });
    expect(floor).not.toBeNull();
    await x.copyTo(y);
    expect(await y.with((guard) => Promise.resolve(guard.protection.floor))).toEqual(floor);

    const z = new CopiedPlace();
    const late = { clockDoubt: () => 'the clock is late' };
    await z.with(() => Promise.resolve(), { ...late, bootFloor: 'always' });
    await z.copyFrozenTo(y, late);
    const owed = await y.with((guard) => Promise.resolve(guard.protection.floorOwed), late);
    expect(owed).toBe('at every start');
  });
});
