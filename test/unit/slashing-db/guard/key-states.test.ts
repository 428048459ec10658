import { describe, expect, it } from 'vitest';
import { documentOf, keyEntry, streamOf, blockEntry, attEntry } from '../../../support/interchange-text.ts';
import { att, block, clockAt, KEY_A, KEY_B, root } from '../../../support/slashing-fixtures.ts';
import { openAnyTestGuard } from '../../../support/any-storage.ts';
import { exportOf, tempDatabase, verdict } from '../../../support/temp-guard.ts';

const unslashable = { kind: 'unslashable', signingRoot: root(9) } as const;

describe('a key that was never admitted', () => {
  it('signs nothing, slashable or not', async () => {
    const guard = await openAnyTestGuard(tempDatabase());
    for (const message of [att(1, 2), block(1), unslashable]) {
      expect(await verdict(guard, KEY_A, message)).toBe('KEY_NOT_ADMITTED');
    }
    expect(guard.statusOf(KEY_A).state).toBe('unknown');
    expect(guard.listKeys()).toEqual([]);
  });

  it('does not become admitted by an import, but its history waits for it', async () => {
    const path = tempDatabase();
    const guard = await openAnyTestGuard(path);
    await guard.importInterchange(streamOf(documentOf(keyEntry(KEY_A, [blockEntry(7)], [attEntry(2, 3)]))));
    expect(await verdict(guard, KEY_A, block(8))).toBe('KEY_NOT_ADMITTED');
    await guard.close();
    const again = await openAnyTestGuard(path);
    expect(await verdict(again, KEY_A, block(8))).toBe('KEY_NOT_ADMITTED');
    expect(await again.admitKey(KEY_A, false)).toBe('active');
    expect(await verdict(again, KEY_A, block(7))).toBe('BLOCK_NOT_ABOVE_WATERMARK');
    expect(await verdict(again, KEY_A, att(1, 4))).toBe('SURROUND_VOTE');
    expect(await verdict(again, KEY_A, block(8))).toBe('released');
  });

  it('leaves a tombstone when it is deleted all the same', async () => {
    const path = tempDatabase();
    const guard = await openAnyTestGuard(path);
    await guard.deleteKeys([KEY_B]);
    await guard.close();
    const again = await openAnyTestGuard(path);
    expect(await again.admitKey(KEY_B, false)).toBe('deleted');
  });
});

describe('a deleted key', () => {
  it('signs nothing any more, also after the database was opened again, until it is readmitted', async () => {
    const path = tempDatabase();
    const guard = await openAnyTestGuard(path);
    await guard.admitKey(KEY_A, false);
    await verdict(guard, KEY_A, att(1, 2));
    await guard.deleteKeys([KEY_A, KEY_A]);
    for (const message of [att(1, 2), att(2, 3), block(1), unslashable]) {
      expect(await verdict(guard, KEY_A, message)).toBe('KEY_DELETED');
    }
    await guard.close();

    const again = await openAnyTestGuard(path);
    expect(await again.admitKey(KEY_A, false)).toBe('deleted');
    expect(again.statusOf(KEY_A).state).toBe('deleted');
    expect(await verdict(again, KEY_A, att(2, 3))).toBe('KEY_DELETED');
    expect(await again.admitKey(KEY_A, true)).toBe('active');
    expect(await verdict(again, KEY_A, att(0, 2))).toBe('DOUBLE_VOTE');
    expect(await verdict(again, KEY_A, att(2, 3))).toBe('released');
    await again.close();

    const third = await openAnyTestGuard(path);
    expect(await third.admitKey(KEY_A, false)).toBe('active');
  });

  it('stays in the export with all its history, the same at every deletion', async () => {
    const path = tempDatabase();
    const guard = await openAnyTestGuard(path);
    await guard.admitKey(KEY_A, false);
    await verdict(guard, KEY_A, att(1, 2));
    await verdict(guard, KEY_A, block(5));
    const before = exportOf(guard);
    await guard.deleteKeys([KEY_A]);
    expect(exportOf(guard)).toBe(before);
    await guard.deleteKeys([KEY_A]);
    await guard.close();
    const again = await openAnyTestGuard(path);
    expect(exportOf(again)).toBe(before);
    expect([...again.exportInterchange([KEY_A, KEY_A])].join('')).toBe(before);
    expect([...again.exportInterchange([KEY_B])].join('')).not.toContain('pubkey');
  });

  it('is not revived by an import', async () => {
    const guard = await openAnyTestGuard(tempDatabase());
    await guard.admitKey(KEY_A, false);
    await guard.deleteKeys([KEY_A]);
    await guard.importInterchange(streamOf(documentOf(keyEntry(KEY_A, [blockEntry(7)]))));
    expect(await verdict(guard, KEY_A, block(8))).toBe('KEY_DELETED');
    expect(guard.statusOf(KEY_A)).toMatchObject({ state: 'deleted', block: { slot: 7n } });
  });

  it.each([
    ['floor', 81n, 9n, 10n],
    ['refuse', 81n, 9n, 10n],
    ['trust', 1n, 1n, 2n],
  ] as const)(
    'comes back under %s with slot %s, %s -> %s',
    async (onMissingHistory, slot, source, target) => {
      // It may have signed elsewhere meanwhile; only who says to trust the history here is not floored.
      const { clock } = clockAt(80);
      const guard = await openAnyTestGuard(tempDatabase(), { clock, onMissingHistory });
      await guard.importInterchange(streamOf(documentOf(keyEntry(KEY_A, [blockEntry(1)], [attEntry(0, 1)]))));
      await guard.admitKey(KEY_A, false);
      expect(await verdict(guard, KEY_A, att(1, 2))).toBe('released');
      await guard.deleteKeys([KEY_A]);
      await guard.admitKey(KEY_A, true);
      expect(guard.statusOf(KEY_A)).toMatchObject({ block: { slot }, attestation: { source, target } });
    },
  );

  it('waits for the signature that is still in the making', async () => {
    const guard = await openAnyTestGuard(tempDatabase());
    await guard.admitKey(KEY_A, false);
    const signing = Promise.withResolvers<string>();
    const started = Promise.withResolvers<void>();
    const release = guard.release(KEY_A, att(1, 2), () => {
      started.resolve();
      return signing.promise;
    });
    await started.promise;
    const order: string[] = [];
    const deletion = guard.deleteKeys([KEY_A]).then(() => order.push('deleted'));
    const gone = release.then(() => order.push('signature out'));
    expect(await verdict(guard, KEY_A, att(2, 3))).toBe('KEY_DELETED');
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).toEqual([]);
    signing.resolve('signature');
    await Promise.all([deletion, gone]);
    expect(order).toEqual(['signature out', 'deleted']);
  });
});
