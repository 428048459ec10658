import { describe, expect, it, onTestFinished } from 'vitest';
import { SlashingGuard } from '../../../../slashing-db/slashing-guard.ts';
import { openTestStorage } from '../../../support/test-storage.ts';
import { ObservedStorage } from '../../../support/observed-storage.ts';
import { att, KEY_A, KEY_B } from '../../../support/slashing-fixtures.ts';
import { openTestGuard, tempDatabase, TRUSTING, verdict } from '../../../support/temp-guard.ts';

describe('closing', () => {
  it('waits for the signature that is still in the making', async () => {
    const guard = openTestGuard(tempDatabase());
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
    const guard = openTestGuard(tempDatabase());
    await guard.admitKey(KEY_A, false);
    await guard.close();
    expect(await verdict(guard, KEY_A, att(1, 2))).toBe('GUARD_UNAVAILABLE');
  });

  it('is no failure of the storage for a request that comes meanwhile', async () => {
    const storage = new ObservedStorage(openTestStorage(tempDatabase()));
    const guard = new SlashingGuard(storage, TRUSTING);
    onTestFinished(() => guard.close());
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
    const guard = openTestGuard(path);
    await guard.close();
    openTestGuard(path);
    await guard.close();
    expect(() => openTestGuard(path)).toThrow(`process ${process.pid}`);
  });
});
