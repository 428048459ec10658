import { describe, expect, it } from 'vitest';
import { openAnyTestGuard, storageUnderTest } from '../../../support/any-storage.ts';
import { documentOf, keyEntry, streamOf, blockEntry } from '../../../support/interchange-text.ts';
import { observedGuard } from '../../../support/observed-guard.ts';
import { att, block, KEY_A, KEY_B } from '../../../support/slashing-fixtures.ts';
import { verdict } from '../../../support/temp-guard.ts';

async function guardOverFailingStorage() {
  const observed = await observedGuard();
  await Promise.all([KEY_A, KEY_B].map((pubkey) => observed.guard.admitKey(pubkey, false)));
  return observed;
}

const unslashable = { kind: 'unslashable', signingRoot: att(0, 0).signingRoot } as const;

describe.each(['written', 'not written'] as const)('a failed commit that was %s', (written) => {
  it('releases nothing, poisons the guard and says why', async () => {
    const { guard, storage } = await guardOverFailingStorage();
    expect(guard.unavailable).toBeNull();
    storage.failNextCommit(written);
    let signed = 0;
    const outcome = await guard.release(KEY_A, att(2, 3), () => Promise.resolve((signed += 1)));
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'GUARD_UNAVAILABLE' });
    expect(signed).toBe(0);
    expect(guard.unavailable?.reason).toBe('GUARD_UNAVAILABLE');
    expect((await guard.poisoned).message).toContain('EIO');
  });

  it('is final: no signature, no key, no import, no deletion after it', async () => {
    const { guard, storage } = await guardOverFailingStorage();
    storage.failNextCommit(written);
    await verdict(guard, KEY_A, att(2, 3));
    const commits = storage.commits.length;
    for (const message of [att(2, 3), att(5, 6), block(1), unslashable]) {
      expect(await verdict(guard, KEY_A, message)).toBe('GUARD_UNAVAILABLE');
      expect(await verdict(guard, KEY_B, message)).toBe('GUARD_UNAVAILABLE');
    }
    await expect(guard.deleteKeys([KEY_A])).rejects.toThrow('EIO');
    const file = documentOf(keyEntry(KEY_A, [blockEntry(50)]));
    await expect(guard.importInterchange(streamOf(file))).rejects.toThrow('EIO');
    expect(storage.commits).toHaveLength(commits);
  });

  it('never lowers the watermark in memory', async () => {
    const { guard, storage } = await guardOverFailingStorage();
    await verdict(guard, KEY_A, att(1, 2));
    storage.failNextCommit(written);
    await Promise.all([verdict(guard, KEY_A, att(2, 3)), verdict(guard, KEY_A, block(9))]);
    // Who owns the database reserves in memory first; who shares it never believes more than it says.
    expect(guard.statusOf(KEY_A)).toMatchObject(
      storageUnderTest() === 'sqlite'
        ? { block: { slot: 9n }, attestation: { source: 2n, target: 3n } }
        : { block: null, attestation: { source: 1n, target: 2n } },
    );
  });

  it('takes the batch that was waiting behind it along', async () => {
    const { guard, storage } = await guardOverFailingStorage();
    const commit = storage.holdNextCommit();
    const first = verdict(guard, KEY_A, att(1, 2));
    await commit.reached;
    storage.failNextCommit(written);
    const second = verdict(guard, KEY_A, att(2, 3));
    const repeat = verdict(guard, KEY_A, att(2, 3));
    commit.letGo();
    expect(await Promise.all([first, second, repeat])).toEqual([
      'released',
      'GUARD_UNAVAILABLE',
      'GUARD_UNAVAILABLE',
    ]);
  });

  it('leaves on the disk what the next start can go on from', async () => {
    const { guard, storage, path } = await guardOverFailingStorage();
    await verdict(guard, KEY_A, att(1, 2));
    storage.failNextCommit(written);
    await verdict(guard, KEY_A, att(2, 3));
    await guard.close();
    const again = await openAnyTestGuard(path);
    expect(await verdict(again, KEY_A, att(0, 2))).not.toBe('released');
    const expected = written === 'written' ? 'DOUBLE_VOTE' : 'released';
    expect(await verdict(again, KEY_A, att(2, 3, 2))).toBe(expected);
  });
});

describe('what is waiting when a commit fails', () => {
  it('in the same batch, is refused with it', async () => {
    const { guard, storage } = await guardOverFailingStorage();
    storage.failNextCommit('not written');
    const outcomes = [verdict(guard, KEY_A, att(1, 2)), verdict(guard, KEY_B, att(1, 2))];
    expect(await Promise.all(outcomes)).toEqual(['GUARD_UNAVAILABLE', 'GUARD_UNAVAILABLE']);
  });

  it('in the batch behind it, is refused without being tried', async () => {
    const { guard, storage } = await guardOverFailingStorage();
    const before = storage.commits.length;
    const commit = storage.holdNextCommit();
    const failing = verdict(guard, KEY_A, att(1, 2));
    await commit.reached;
    const behind = [
      verdict(guard, KEY_B, att(1, 2)),
      verdict(guard, KEY_B, att(1, 2)),
      verdict(guard, KEY_A, block(3)),
    ];
    commit.fail();
    expect(new Set(await Promise.all([failing, ...behind]))).toEqual(new Set(['GUARD_UNAVAILABLE']));
    expect(storage.commits).toHaveLength(before);
  });
});
