import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../slashing-db/index.ts';
import { openAnyTestGuard } from '../../../support/any-storage.ts';
import { observedGuard } from '../../../support/observed-guard.ts';
import { att, block, key, KEY_A, KEY_B } from '../../../support/slashing-fixtures.ts';
import { tempDatabase, verdict } from '../../../support/temp-guard.ts';

/** Lets everything run that does not wait for the storage. */
const settle = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));

describe('group commit', () => {
  it('makes a thousand signatures durable with a few commits', async () => {
    const { guard, storage } = await observedGuard();
    const keys = Array.from({ length: 200 }, (_, n) => key(n));
    await Promise.all(keys.map((pubkey) => guard.admitKey(pubkey, false)));
    const before = storage.commits.length;
    const requests = Array.from({ length: 1000 }, (_, n) => verdict(guard, keys[n % 200]!, att(n, n + 1)));
    expect(new Set(await Promise.all(requests))).toEqual(new Set(['released']));
    expect(storage.commits.length - before).toBeLessThanOrEqual(5);
    const written = storage.commits.slice(before).flat();
    expect(written.filter(({ kind }) => kind === 'attestation')).toHaveLength(1000);
    expect(written.filter(({ kind }) => kind === 'decision')).toHaveLength(1000);
  });

  it('serves all requests of one turn of the event loop with one commit', async () => {
    const { guard, storage } = await observedGuard();
    const keys = Array.from({ length: 20 }, (_, n) => key(n));
    await Promise.all(keys.map((pubkey) => guard.admitKey(pubkey, false)));
    const before = storage.commits.length;
    const requests: Promise<string>[] = [];
    for (const [n, pubkey] of keys.entries()) {
      requests.push(verdict(guard, pubkey, att(n, n + 1)));
      await Promise.resolve();
    }
    expect(new Set(await Promise.all(requests))).toEqual(new Set(['released']));
    expect(storage.commits.length - before).toBe(1);
  });

  it.each([
    ['an attestation', att(2, 3)],
    ['a block', block(7)],
  ])('makes no signature of %s before its record is durable', async (_kind, message) => {
    const { guard, storage } = await observedGuard();
    await guard.admitKey(KEY_A, false);
    const commit = storage.holdNextCommit();
    let signed = 0;
    const answer = guard.release(KEY_A, message, () => Promise.resolve((signed += 1)));
    await commit.reached;
    await settle();
    expect(signed).toBe(0);
    commit.letGo();
    expect(await answer).toEqual({ kind: 'released', signature: 1 });
  });

  it('does not answer a record with the commit of an earlier batch', async () => {
    const { guard, storage } = await observedGuard();
    await Promise.all([KEY_A, KEY_B].map((pubkey) => guard.admitKey(pubkey, false)));
    const first = storage.holdNextCommit();
    const early = verdict(guard, KEY_A, att(2, 3));
    await first.reached;
    const second = storage.holdNextCommit();
    let lateSigned = false;
    const late = guard.release(KEY_B, att(2, 3), () => Promise.resolve((lateSigned = true)));
    first.letGo();
    expect(await early).toBe('released');
    await second.reached;
    await settle();
    expect(lateSigned).toBe(false);
    second.letGo();
    expect((await late).kind).toBe('released');
  });

  it.each([
    ['an attestation', att(2, 3)],
    ['a block', block(7)],
  ])('lets the repeat of %s wait for the batch that holds the original', async (_kind, message) => {
    const { guard, storage } = await observedGuard();
    await guard.admitKey(KEY_A, false);
    const commit = storage.holdNextCommit();
    const original = verdict(guard, KEY_A, message);
    await commit.reached;
    let repeated = 0;
    const repeat = guard.release(KEY_A, message, () => Promise.resolve((repeated += 1)));
    await settle();
    expect(repeated).toBe(0);
    commit.letGo();
    expect([await original, (await repeat).kind]).toEqual(['released', 'released']);
  });
});

describe('conflicting requests at the same time', () => {
  it.each([
    ['votes', (n: number) => att(2, 3, n + 1)],
    ['blocks', (n: number) => block(7, n + 1)],
    ['surrounding votes', (n: number) => att(2000 - n, 2001 + n)],
  ])('release exactly one of 2000 %s', async (_kind, message) => {
    const path = tempDatabase();
    const guard = await openAnyTestGuard(path);
    await guard.admitKey(KEY_A, false);
    let signed = 0;
    const sign = () => Promise.resolve((signed += 1));
    const outcomes: Outcome<number>[] = await Promise.all(
      Array.from({ length: 2000 }, (_, n) => guard.release(KEY_A, message(n), sign)),
    );
    expect(outcomes.filter(({ kind }) => kind === 'released')).toHaveLength(1);
    expect(signed).toBe(1);
  });
});

describe('the signature itself', () => {
  it('keeps the record when it cannot be made', async () => {
    const path = tempDatabase();
    const guard = await openAnyTestGuard(path);
    await guard.admitKey(KEY_A, false);
    const broken = guard.release(KEY_A, att(2, 3), () => Promise.reject(new Error('worker died')));
    await expect(broken).rejects.toThrow('worker died');
    expect(await verdict(guard, KEY_A, att(2, 3, 2))).toBe('DOUBLE_VOTE');
    await guard.close();
    const again = await openAnyTestGuard(path);
    expect(await verdict(again, KEY_A, att(2, 3, 2))).toBe('DOUBLE_VOTE');
    expect(await verdict(again, KEY_A, att(2, 3))).toBe('released');
  });

  it('is not even asked for when the message is refused', async () => {
    const guard = await openAnyTestGuard(tempDatabase());
    await guard.admitKey(KEY_A, false);
    let asked = 0;
    await guard.release(KEY_A, att(3, 2), () => Promise.resolve((asked += 1)));
    expect(asked).toBe(0);
  });
});
