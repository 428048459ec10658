import { describe, expect, it } from 'vitest';
import { slot } from '../../../../core/units.ts';
import { documentOf, keyEntry, streamOf, blockEntry } from '../../../support/interchange-text.ts';
import { att, block, clockAt, KEY_A, KEY_B, root } from '../../../support/slashing-fixtures.ts';
import { openAnyTestGuard } from '../../../support/any-storage.ts';
import { tempDatabase, verdict } from '../../../support/temp-guard.ts';

const unslashable = { kind: 'unslashable', signingRoot: root(9) } as const;

describe('on-missing-history floor', () => {
  it('starts a blank key above now, source included', async () => {
    // Slot 83 of 8 an epoch: epoch 10.
    const { clock, moveTo } = clockAt(83);
    const guard = await openAnyTestGuard(tempDatabase(), { clock, onMissingHistory: 'floor' });
    await guard.admitKey(KEY_A, false);
    expect(await verdict(guard, KEY_A, block(83))).toBe('BLOCK_NOT_ABOVE_WATERMARK');
    expect(await verdict(guard, KEY_A, att(9, 10))).toBe('TARGET_NOT_ABOVE_WATERMARK');
    expect(await verdict(guard, KEY_A, block(84))).toBe('released');
    moveTo(88);
    expect(await verdict(guard, KEY_A, att(8, 11))).toBe('SURROUND_VOTE');
    expect(await verdict(guard, KEY_A, att(9, 11))).toBe('released');
  });

  it('is durable', async () => {
    const path = tempDatabase();
    const { clock } = clockAt(83);
    const guard = await openAnyTestGuard(path, { clock, onMissingHistory: 'floor' });
    await guard.admitKey(KEY_A, false);
    await guard.close();
    const again = await openAnyTestGuard(path, { onMissingHistory: 'trust' });
    expect(again.statusOf(KEY_A)).toMatchObject({
      pubkey: KEY_A,
      state: 'active',
      block: { slot: 83n, signingRoot: null },
      attestation: { source: 9n, target: 10n, signingRoot: null },
    });
  });

  it('works in the first epoch, and covers only what is missing of a history', async () => {
    const { clock } = clockAt(3);
    const guard = await openAnyTestGuard(tempDatabase(), { clock, onMissingHistory: 'floor' });
    await guard.importInterchange(streamOf(documentOf(keyEntry(KEY_B, [blockEntry(1)]))));
    await guard.admitKey(KEY_A, false);
    await guard.admitKey(KEY_B, false);
    expect(guard.statusOf(KEY_A)).toMatchObject({
      block: { slot: 3n },
      attestation: { source: 0n, target: 0n },
    });
    expect(guard.statusOf(KEY_B)).toMatchObject({
      block: { slot: 1n },
      attestation: { source: 0n, target: 0n },
    });
  });
});

describe('on-missing-history refuse', () => {
  it('signs nothing slashable until history is imported', async () => {
    const guard = await openAnyTestGuard(tempDatabase(), { onMissingHistory: 'refuse' });
    await guard.admitKey(KEY_A, false);
    expect(await verdict(guard, KEY_A, att(1, 2))).toBe('MISSING_HISTORY');
    expect(await verdict(guard, KEY_A, block(1))).toBe('MISSING_HISTORY');
    expect(await verdict(guard, KEY_A, unslashable)).toBe('released');
    await guard.importInterchange(streamOf(documentOf(keyEntry(KEY_A, [blockEntry(1)]))));
    expect(await verdict(guard, KEY_A, block(2))).toBe('released');
  });
});

describe('on-missing-history trust', () => {
  it('lets a blank key sign at once and moves no watermark by admitting', async () => {
    const guard = await openAnyTestGuard(tempDatabase(), { onMissingHistory: 'trust' });
    await guard.admitKey(KEY_A, false);
    expect(guard.statusOf(KEY_A)).toMatchObject({ block: null, attestation: null });
    expect(await verdict(guard, KEY_A, att(0, 0))).toBe('released');
  });
});

describe('the clock', () => {
  it('lets nothing from the future out, and stores nothing of it', async () => {
    const { clock } = clockAt(83);
    const guard = await openAnyTestGuard(tempDatabase(), { clock });
    await guard.admitKey(KEY_A, false);
    expect(await verdict(guard, KEY_A, block(85))).toBe('IN_THE_FUTURE');
    expect(await verdict(guard, KEY_A, att(1, 11))).toBe('IN_THE_FUTURE');
    expect(await verdict(guard, KEY_A, att(1, 2n ** 63n - 1n))).toBe('IN_THE_FUTURE');
    expect(guard.statusOf(KEY_A)).toMatchObject({ block: null, attestation: null });
    expect(await verdict(guard, KEY_A, block(84))).toBe('released');
    expect(await verdict(guard, KEY_A, att(9, 10))).toBe('released');
  });

  it('lets nothing out that is of use before its time, though it cannot be slashed', async () => {
    const { clock, moveTo } = clockAt(83);
    const guard = await openAnyTestGuard(tempDatabase(), { clock });
    await guard.admitKey(KEY_A, false);
    const reveal = { ...unslashable, earliest: slot(85n) };
    expect(await verdict(guard, KEY_A, reveal)).toBe('IN_THE_FUTURE');
    expect(await verdict(guard, KEY_A, { ...reveal, irrevocable: true })).toBe('IN_THE_FUTURE');
    moveTo(84);
    expect(await verdict(guard, KEY_A, reveal)).toBe('released');
    expect(await verdict(guard, KEY_A, { ...unslashable, earliest: slot(2n) })).toBe('released');
  });

  it('is allowed to be one slot behind the client at the turn of an epoch', async () => {
    const { clock, moveTo } = clockAt(86);
    const guard = await openAnyTestGuard(tempDatabase(), { clock });
    await guard.admitKey(KEY_A, false);
    expect(await verdict(guard, KEY_A, att(10, 11))).toBe('IN_THE_FUTURE');
    moveTo(87);
    expect(await verdict(guard, KEY_A, att(10, 11))).toBe('released');
  });

  it('stops everything slashable while it is in doubt, and nothing else', async () => {
    let doubt: string | null = 'the beacon node is 40 s ahead';
    const guard = await openAnyTestGuard(tempDatabase(), { clockDoubt: () => doubt });
    await guard.admitKey(KEY_A, false);
    for (const message of [att(1, 2), block(1)]) {
      expect(await guard.release(KEY_A, message, () => Promise.resolve('x'))).toEqual({
        kind: 'refused',
        reason: 'CLOCK_UNTRUSTED',
        detail: doubt,
      });
    }
    expect(await verdict(guard, KEY_A, unslashable)).toBe('released');
    expect(guard.statusOf(KEY_A)).toMatchObject({ block: null, attestation: null });
    doubt = null;
    expect(await verdict(guard, KEY_A, att(1, 2))).toBe('released');
  });
});

describe('a floor while the clock is in doubt', () => {
  const doubtful = (startSlot: number) => {
    const { clock, moveTo } = clockAt(startSlot);
    const doubt: { reason: string | null } = { reason: 'late' };
    return { clock, moveTo, doubt, clockDoubt: () => doubt.reason };
  };

  it('waits until the clock is right, so that a late clock does not put it too low', async () => {
    const { doubt, moveTo, ...options } = doubtful(3);
    const path = tempDatabase();
    const guard = await openAnyTestGuard(path, { ...options, onMissingHistory: 'floor' });
    await guard.admitKey(KEY_A, false);
    expect(await verdict(guard, KEY_A, att(9, 10))).toBe('CLOCK_UNTRUSTED');
    moveTo(83);
    doubt.reason = null;
    expect(await verdict(guard, KEY_A, att(9, 10))).toBe('TARGET_NOT_ABOVE_WATERMARK');
    expect(await verdict(guard, KEY_A, block(83))).toBe('BLOCK_NOT_ABOVE_WATERMARK');
    expect(await verdict(guard, KEY_A, block(84))).toBe('released');
    await guard.close();
    expect((await openAnyTestGuard(path)).statusOf(KEY_A)).toMatchObject({
      block: { slot: 84n },
      attestation: { target: 10n },
    });
  });

  it('keeps a deleted key out, because nothing would remember that its floor is owed', async () => {
    const { doubt, moveTo, ...options } = doubtful(3);
    doubt.reason = null;
    const guard = await openAnyTestGuard(tempDatabase(), { ...options, onMissingHistory: 'floor' });
    await guard.admitKey(KEY_A, false);
    await guard.deleteKeys([KEY_A]);
    doubt.reason = 'late';
    await expect(guard.admitKey(KEY_A, true)).rejects.toMatchObject({ code: 'DB_CLOCK_UNTRUSTED' });
    expect(guard.statusOf(KEY_A).state).toBe('deleted');
    moveTo(83);
    doubt.reason = null;
    expect(await guard.admitKey(KEY_A, true)).toBe('active');
    expect(guard.statusOf(KEY_A)).toMatchObject({ block: { slot: 84n } });
  });
});
