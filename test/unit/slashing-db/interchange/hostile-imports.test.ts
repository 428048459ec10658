import { describe, expect, it } from 'vitest';
import { openAnyTestGuard, serverOf } from '../../../support/any-storage.ts';
import { block, key, KEY_A } from '../../../support/slashing-fixtures.ts';
import { exportOf, tempDatabase, verdict } from '../../../support/temp-guard.ts';
import { runChild } from './run-child.ts';

describe('a process killed during an import', () => {
  it.each([
    ['while reading', false],
    ['in the transaction', false],
    ['after the commit', true],
  ])('%s leaves all of the file or nothing', async (when, imported) => {
    const path = tempDatabase();
    const guard = await openAnyTestGuard(path);
    await guard.admitKey(KEY_A, false);
    await verdict(guard, KEY_A, block(7));
    const before = exportOf(guard);
    await guard.close();

    const url = await serverOf(path);
    const child = await runChild('import-and-die.ts', [path, when, ...(url === undefined ? [] : [url])]);
    expect(child.signal).toBe('SIGKILL');
    const again = await openAnyTestGuard(path);
    if (imported) {
      const slots = Array.from({ length: 40 }, (_, n) => again.statusOf(key(n + 1)).block?.slot);
      expect(slots).toEqual(Array.from({ length: 40 }, (_, n) => BigInt(500 + n)));
    } else {
      expect(exportOf(again)).toBe(before);
    }
  });
});
