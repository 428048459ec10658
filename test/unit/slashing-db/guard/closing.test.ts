import { describe, expect, it } from 'vitest';
import { openAnyTestGuard } from '../../../support/any-storage.ts';
import { observedGuard } from '../../../support/observed-guard.ts';
import { att, KEY_A, KEY_B } from '../../../support/slashing-fixtures.ts';
import { tempDatabase, verdict } from '../../../support/temp-guard.ts';

describe('closing', () => {
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
    let closed = false;
    const closing = guard.close().then(() => (closed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(false);
    signing.resolve('signature');
    expect((await release).kind).toBe('released');
    await closing;
  });

  it('refuses afterwards', async () => {
    const guard = await openAnyTestGuard(tempDatabase());
    await guard.admitKey(KEY_A, false);
    await guard.close();
    expect(await verdict(guard, KEY_A, att(1, 2))).toBe('GUARD_UNAVAILABLE');
  });

  it('is no failure of the storage for a request that comes meanwhile', async () => {
    const { guard, storage } = await observedGuard();
    await Promise.all([KEY_A, KEY_B].map((pubkey) => guard.admitKey(pubkey, false)));
    let poisoned = false;
    void guard.poisoned.then(() => (poisoned = true));

    const commit = storage.holdNextCommit();
    const early = verdict(guard, KEY_A, att(1, 2));
    await commit.reached;
    const closing = guard.close();
    const late = verdict(guard, KEY_B, att(1, 2));
    commit.letGo();
    expect(await early).toBe('released');
    await closing;
    await late;
    await new Promise((resolve) => setImmediate(resolve));
    expect(poisoned).toBe(false);
  });

  it('twice does not take the pid of the next holder away', async () => {
    const path = tempDatabase();
    const guard = await openAnyTestGuard(path);
    await guard.close();
    await openAnyTestGuard(path);
    await guard.close();
    await expect(openAnyTestGuard(path)).rejects.toThrow(`process ${process.pid}`);
  });
});
