import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { queryAt } from '../support/postgres.ts';
import { freshDatabase, openSigner } from '../support/postgres-guards.ts';
import { att, clockAt, KEY_A } from '../support/slashing-fixtures.ts';
import { tempDirectory, verdict } from '../support/temp-guard.ts';

describe('an anchor of this signer', () => {
  const anchored = () => {
    const directory = tempDirectory();
    return { path: join(directory, 'slashing.sqlite'), anchors: [join(directory, 'anchor')] };
  };

  it('stops it on a database that has gone back meanwhile, and the others with it', async () => {
    const url = await freshDatabase();
    const { clock } = clockAt(1000);
    const options = { ...anchored(), clock };
    const guard = await openSigner(url, options);
    const other = await openSigner(url, { instance: 'two', clock });
    for (const one of [guard, other]) await one.admitKey(KEY_A, false);
    await verdict(guard, KEY_A, att(1, 2));
    await guard.close();
    await queryAt(url, `UPDATE instances SET sequence = sequence - 1 WHERE name = 'one'`);
    await expect(openSigner(url, options)).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
    expect(await verdict(other, KEY_A, att(8, 9))).toBe('ALL_FROZEN');
  });

  it('that was made with another database stops it, and nobody else', async () => {
    const options = anchored();
    await (await openSigner(await freshDatabase(), options)).close();
    const url = await freshDatabase();
    const other = await openSigner(url, { instance: 'two' });
    await other.admitKey(KEY_A, false);
    await expect(openSigner(url, options)).rejects.toMatchObject({ code: 'DB_SIGNER_UNKNOWN', exitCode: 3 });
    expect(await verdict(other, KEY_A, att(8, 9))).toBe('released');
  });

  it('that knows this signer by another name stops it, and says so; under that name it goes on', async () => {
    const url = await freshDatabase();
    const options = anchored();
    await (await openSigner(url, options)).close();
    const other = await openSigner(url, { instance: 'two' });
    await other.admitKey(KEY_A, false);
    for (const instance of ['three', 'two']) {
      const refused = openSigner(url, { ...options, instance });
      await expect(refused).rejects.toMatchObject({
        code: 'ANCHOR_OF_ANOTHER_SIGNER',
        exitCode: 3,
        message: expect.stringContaining(
          `kept by the signer one of the same database, and this is`,
        ) as string,
        hint: expect.stringContaining('--instance NAME') as string,
      });
    }
    // Nobody was put out by that.
    expect(await verdict(other, KEY_A, att(8, 9))).toBe('released');
    await openSigner(url, { ...options, instance: 'one' });
  });

  it('that another signer keeps too stops whoever comes later, and freezes nothing', async () => {
    const url = await freshDatabase();
    const { clock } = clockAt(1000);
    const further = join(tempDirectory(), 'further');
    const sharing = (own = anchored()) => ({ ...own, anchors: [...own.anchors, further], clock });
    const one = sharing();
    const guard = await openSigner(url, one);
    await guard.admitKey(KEY_A, false);
    expect(await verdict(guard, KEY_A, att(1, 2))).toBe('released');
    const second = openSigner(url, { ...sharing(), instance: 'two' });
    await expect(second).rejects.toMatchObject({ code: 'ANCHOR_OF_ANOTHER_SIGNER', exitCode: 3 });
    await expect(second).rejects.toThrow(`the anchor ${further} is kept by the signer one`);
    expect(await verdict(guard, KEY_A, att(2, 3))).toBe('released');
    await guard.close();
    // A start that was refused has left no row behind, and the anchor as it was.
    expect((await queryAt(url, 'SELECT name FROM instances')).rows).toEqual([{ name: 'one' }]);
    await openSigner(url, one);
  });

  it('that another signer keeps is a witness all the same: what it remembers must be there', async () => {
    const url = await freshDatabase();
    const { clock } = clockAt(1000);
    const further = join(tempDirectory(), 'further');
    const sharing = (own = anchored()) => ({ ...own, anchors: [...own.anchors, further], clock });
    const guard = await openSigner(url, sharing());
    const other = await openSigner(url, { instance: 'three', clock });
    for (const one of [guard, other]) await one.admitKey(KEY_A, false);
    expect(await verdict(guard, KEY_A, att(1, 2))).toBe('released');
    await guard.close();
    await queryAt(url, `UPDATE instances SET sequence = sequence - 1 WHERE name = 'one'`);
    const second = openSigner(url, { ...sharing(), instance: 'two' });
    await expect(second).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
    expect(await verdict(other, KEY_A, att(8, 9))).toBe('ALL_FROZEN');
  });

  it('that knows another database besides this one stops it, and freezes nobody', async () => {
    const url = await freshDatabase();
    const own = anchored();
    const further = join(tempDirectory(), 'further');
    const elsewhere = { ...anchored(), anchors: [further] };
    for (const [place, options] of [
      [url, own],
      [await freshDatabase(), elsewhere],
    ] as const) {
      const guard = await openSigner(place, options);
      await guard.admitKey(KEY_A, false);
      await guard.close();
    }
    const both = openSigner(url, { ...own, anchors: [...own.anchors, further] });
    await expect(both).rejects.toMatchObject({ code: 'DB_SIGNER_UNKNOWN' });
    expect(await verdict(await openSigner(url, own), KEY_A, att(1, 2))).toBe('released');
  });

  it('that is missing, on another machine: no boot floor is put under the keys of all', async () => {
    const url = await freshDatabase();
    const guard = await openSigner(url, { ...anchored(), host: { machineId: 'a', bootId: 'a' } });
    await guard.admitKey(KEY_A, false);
    await guard.close();
    const again = await openSigner(url, { ...anchored(), host: { machineId: 'b', bootId: 'b' } });
    expect(again.protection).toEqual({ frozen: null, floor: null, floorOwed: null });
    expect(await verdict(again, KEY_A, att(1, 2))).toBe('released');
  });

  it('with --boot-floor always puts it down, once', async () => {
    const url = await freshDatabase();
    const guard = await openSigner(url, { bootFloor: 'always', clock: clockAt(1000).clock });
    expect(guard.protection.floor).not.toBeNull();
    expect(guard.protection.floorOwed).toBeNull();
  });
});
