import { describe, expect, it } from 'vitest';
import type { Guard } from '../../slashing-db/index.ts';
import { epoch } from '../../core/units.ts';
import { documentOf, keyEntry, streamOf, attEntry } from '../support/interchange-text.ts';
import { freshDatabase, openSigner } from '../support/postgres-guards.ts';
import { att, block, clockAt, key, KEY_A, KEY_B, root } from '../support/slashing-fixtures.ts';
import { verdict } from '../support/temp-guard.ts';

const ACT = { by: 'a test', reason: 'a test' };
const unslashable = { kind: 'unslashable', signingRoot: root(9) } as const;

/** Two signers on one database, with the same two keys. */
async function twoSigners(): Promise<[Guard, Guard]> {
  const url = await freshDatabase();
  // Late enough for every epoch below.
  const { clock } = clockAt(1000);
  const one = await openSigner(url, { instance: 'one', clock });
  const two = await openSigner(url, { instance: 'two', clock });
  for (const pubkey of [KEY_A, KEY_B]) for (const guard of [one, two]) await guard.admitKey(pubkey, false);
  return [one, two];
}

describe('two signers on one database', () => {
  it('hold each other to what either let out', async () => {
    const [one, two] = await twoSigners();
    expect(await verdict(one, KEY_A, att(2, 3, 1))).toBe('released');
    expect(await verdict(two, KEY_A, att(2, 3, 2))).toBe('DOUBLE_VOTE');
    expect(await verdict(two, KEY_A, att(1, 4))).toBe('SURROUND_VOTE');
    expect(await verdict(two, KEY_A, att(2, 2))).toBe('TARGET_NOT_ABOVE_WATERMARK');
    expect(await verdict(two, KEY_A, block(7, 1))).toBe('released');
    expect(await verdict(one, KEY_A, block(7, 2))).toBe('DOUBLE_PROPOSAL');
  });

  it('know what the other did to single keys once they have acted on all', async () => {
    const [one, two] = await twoSigners();
    await Promise.all([
      one.operator.freeze([KEY_A], ACT).then(() => two.operator.freeze('all', ACT)),
      one.operator.freeze([KEY_B], ACT),
    ]);
    await two.operator.unfreeze('all', ACT);
    expect([KEY_A, KEY_B].map((pubkey) => two.statusOf(pubkey).frozen?.reason)).toEqual([
      ACT.reason,
      ACT.reason,
    ]);
    expect(await verdict(two, KEY_A, unslashable)).toBe('KEY_FROZEN');
  });

  it('both let out the same message', async () => {
    const [one, two] = await twoSigners();
    for (const guard of [one, two, one]) {
      expect(await verdict(guard, KEY_A, att(2, 3))).toBe('released');
      expect(await verdict(guard, KEY_A, block(7))).toBe('released');
    }
  });

  it('let out one of a thousand conflicting votes, and all of those that do not conflict', async () => {
    const guards = await twoSigners();
    const keys = Array.from({ length: 50 }, (_, n) => key(n + 10));
    for (const guard of guards) await Promise.all(keys.map((pubkey) => guard.admitKey(pubkey, false)));
    const outcomes = await Promise.all(
      Array.from({ length: 1000 }, (_, n) => verdict(guards[n % 2]!, KEY_A, att(2, 3, n + 1))),
    );
    expect(outcomes.filter((outcome) => outcome === 'released')).toHaveLength(1);
    const own = await Promise.all(
      keys.flatMap((pubkey, n) => [
        verdict(guards[n % 2]!, pubkey, att(2, 3)),
        verdict(guards[n % 2]!, pubkey, block(9)),
      ]),
    );
    expect(new Set(own)).toEqual(new Set(['released']));
  });

  it.each([
    ['a deletion', (guard: Guard) => guard.deleteKeys([KEY_A]), 'KEY_DELETED', 'released'],
    ['a freeze', (guard: Guard) => guard.operator.freeze([KEY_A], ACT), 'KEY_FROZEN', 'released'],
    ['a freeze of all', (guard: Guard) => guard.operator.freeze('all', ACT), 'ALL_FROZEN', 'ALL_FROZEN'],
    [
      'a hand-over',
      (guard: Guard) => guard.operator.handOver([KEY_A], epoch(5n), ACT),
      'KEY_HANDED_OVER',
      'released',
    ],
    [
      'an import',
      (guard: Guard) =>
        guard.importInterchange(streamOf(documentOf(keyEntry(KEY_A, [], [attEntry(90, 99)])))),
      'TARGET_NOT_ABOVE_WATERMARK',
      'released',
    ],
  ])('%s at one counts at the other with its next signature', async (_what, act, ofA, ofB) => {
    const [one, two] = await twoSigners();
    await verdict(two, KEY_A, att(1, 2));
    await act(one);
    expect(await verdict(two, KEY_A, att(3, 5))).toBe(ofA);
    expect(await verdict(two, KEY_B, att(3, 5))).toBe(ofB);
  });

  it('stop what cannot be slashed, too, soon after a freeze elsewhere', async () => {
    const [one, two] = await twoSigners();
    await one.operator.freeze([KEY_A], ACT);
    await expect
      .poll(() => verdict(two, KEY_A, unslashable), { timeout: 3000, interval: 20 })
      .toBe('KEY_FROZEN');
    const exit = { ...unslashable, irrevocable: true } as const;
    await one.operator.freeze([KEY_B], ACT);
    expect(await verdict(two, KEY_B, exit)).toBe('KEY_FROZEN');
  });

  it('do not overwrite what the other laid on a key', async () => {
    const [one, two] = await twoSigners();
    await one.operator.handOver([KEY_A], epoch(50n), ACT);
    await Promise.all([one.operator.freeze([KEY_A], ACT), two.operator.overrideFloor(KEY_A, epoch(1n), ACT)]);
    await two.operator.freeze([KEY_B], ACT);
    expect(two.statusOf(KEY_A)).toMatchObject({
      outEpoch: 50n,
      sourceOverride: 1n,
      frozen: { reason: 'a test' },
    });
  });

  it('keep a hand-over above what the other has just signed', async () => {
    const [one, two] = await twoSigners();
    await verdict(two, KEY_A, att(8, 9));
    await expect(one.operator.handOver([KEY_A], epoch(9n), ACT)).rejects.toThrow(
      'the earliest --out-epoch is 10',
    );
  });
});

describe('a second process of the same signer', () => {
  it('takes the place of the first, which writes nothing more', async () => {
    const url = await freshDatabase();
    const first = await openSigner(url);
    await first.admitKey(KEY_A, false);
    const second = await openSigner(url);
    expect(await verdict(first, KEY_A, att(2, 3))).toBe('GUARD_UNAVAILABLE');
    expect(await first.poisoned).toMatchObject({ code: 'DB_FENCED', exitCode: 3 });
    expect(await verdict(second, KEY_A, att(2, 3))).toBe('released');
  });
});
