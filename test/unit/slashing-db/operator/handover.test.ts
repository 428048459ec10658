import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epoch } from '../../../../core/units.ts';
import { decodeReceipt, encodeReceipt, type Guard } from '../../../../slashing-db/index.ts';
import { MemoryStorage } from '../../../support/memory-storage.ts';
import { SlashingGuard } from '../../../../slashing-db/slashing-guard.ts';
import { documentOf, keyEntry, streamOf } from '../../../support/interchange-text.ts';
import { DisasterWorld } from '../../../support/disaster-world.ts';
import { att, block, clockAt, KEY_A, KEY_B } from '../../../support/slashing-fixtures.ts';
import { isSlashableAttestationData } from '../../../support/slashing-oracle.ts';
import { TRUSTING, verdict } from '../../../support/temp-guard.ts';

const ACT = { by: 'tester', reason: 'moving' };

async function machine(world = new DisasterWorld()): Promise<Guard> {
  const guard = await world.openAny();
  await guard.admitKey(KEY_A, false);
  return guard;
}

describe('the signer that gives', () => {
  it('signs below the epoch only, for ever', async () => {
    const world = new DisasterWorld();
    let guard = await machine(world);
    await guard.operator.handOver([KEY_A], epoch(11n), ACT);
    world.time.moveTo(200);
    for (let opening = 0; opening < 2; opening += 1) {
      expect(await verdict(guard, KEY_A, att(10, 11))).toBe('KEY_HANDED_OVER');
      expect(await verdict(guard, KEY_A, att(10, 10))).toBe('KEY_HANDED_OVER');
      expect(await verdict(guard, KEY_A, block(88))).toBe('KEY_HANDED_OVER');
      await guard.close();
      guard = await world.openAny();
    }
    expect(await verdict(guard, KEY_A, att(9, 10))).toBe('released');
    expect(await verdict(guard, KEY_A, block(87))).toBe('released');
    await expect(guard.operator.handOver([KEY_A], epoch(12n), ACT)).rejects.toMatchObject({
      code: 'HANDOVER_REFUSED',
    });
    await guard.operator.unfreeze([KEY_A], ACT);
    expect(await verdict(guard, KEY_A, att(10, 11))).toBe('KEY_HANDED_OVER');
  });

  it.each([
    ['a vote of epoch 10', att(9, 10), 11n],
    ['a block of epoch 10', block(83), 11n],
    ['a block of the last slot of epoch 9', block(79), 10n],
  ])('that signed %s cannot hand over below epoch %3$s', async (_what, message, lowest) => {
    const guard = await machine();
    expect(await verdict(guard, KEY_A, message)).toBe('released');
    const tooEarly = guard.operator.handOver([KEY_A], epoch(lowest - 1n), ACT);
    await expect(tooEarly).rejects.toMatchObject({ code: 'HANDOVER_REFUSED' });
    expect(guard.statusOf(KEY_A).outEpoch).toBeNull();
    await guard.operator.handOver([KEY_A], epoch(lowest), ACT);
    expect(guard.statusOf(KEY_A).outEpoch).toBe(lowest);
  });

  it('writes the same receipt again, and none for another epoch: two takers would both be let in', async () => {
    const guard = await machine();
    const first = await guard.operator.handOver([KEY_A], epoch(14n), ACT);
    for (const other of [13n, 15n]) {
      await expect(guard.operator.handOver([KEY_A], epoch(other), ACT)).rejects.toMatchObject({
        code: 'HANDOVER_REFUSED',
      });
    }
    expect(await guard.operator.handOver([KEY_A], epoch(14n), ACT)).toMatchObject({
      outEpoch: first.outEpoch,
    });
  });

  it('has the ceiling on the disk before there is a receipt', async () => {
    const world = new DisasterWorld();
    const guard = await machine(world);
    await guard.operator.handOver([KEY_A], epoch(14n), ACT);
    expect((await world.killed().openAny()).statusOf(KEY_A).outEpoch).toBe(14n);
  });

  it.each([
    [
      'only knows its history',
      (guard: Guard) => guard.importInterchange(streamOf(documentOf(keyEntry(KEY_B, [], [])))),
    ],
    ['deleted it', (guard: Guard) => guard.admitKey(KEY_B, false).then(() => guard.deleteKeys([KEY_B]))],
  ])('cannot vouch for a key when it %s', async (_why, enter: (guard: Guard) => Promise<unknown>) => {
    const guard = await machine();
    await enter(guard);
    await expect(guard.operator.handOver([KEY_B], epoch(14n), ACT)).rejects.toMatchObject({
      code: 'HANDOVER_REFUSED',
    });
  });

  it.each([4000n, 2n ** 63n, 2n ** 64n - 1n])(
    'takes %i for a slip of the finger and goes on signing',
    async (outEpoch) => {
      const guard = await machine();
      await expect(guard.operator.handOver([KEY_A], epoch(outEpoch), ACT)).rejects.toMatchObject({
        code: 'HANDOVER_REFUSED',
      });
      const receipt = await (await machine()).operator.handOver([KEY_A], epoch(14n), ACT);
      await expect(
        guard.operator.takeOver({ ...receipt, outEpoch: epoch(outEpoch) }, ACT),
      ).rejects.toMatchObject({ code: 'RECEIPT_REFUSED' });
      await expect(guard.operator.overrideFloor(KEY_A, epoch(2n ** 63n), ACT)).rejects.toMatchObject({
        code: 'OVERRIDE_REFUSED',
      });
      expect(await verdict(guard, KEY_A, att(9, 10))).toBe('released');
    },
  );

  it('hands over all of the keys or none', async () => {
    const guard = await machine();
    await guard.admitKey(KEY_B, false);
    await verdict(guard, KEY_B, att(9, 10));
    await expect(guard.operator.handOver([KEY_A, KEY_B], epoch(10n), ACT)).rejects.toThrow();
    expect(guard.statusOf(KEY_A).outEpoch).toBeNull();
  });

  it('counts the boot floor, which stands for messages on no record', async () => {
    const world = new DisasterWorld();
    const guard = await world.openAny({ bootFloor: 'always' });
    await guard.admitKey(KEY_A, false);
    await expect(guard.operator.handOver([KEY_A], epoch(10n), ACT)).rejects.toMatchObject({
      code: 'HANDOVER_REFUSED',
    });
    await guard.operator.handOver([KEY_A], epoch(11n), ACT);
  });
});

describe('the signer that takes', () => {
  it('signs from the epoch on only', async () => {
    const receipt = await (await machine()).operator.handOver([KEY_A], epoch(10n), ACT);
    const guard = await machine();
    await guard.operator.takeOver(decodeReceipt(encodeReceipt(receipt)), ACT);
    expect(await verdict(guard, KEY_A, att(8, 9))).toBe('TARGET_NOT_ABOVE_WATERMARK');
    expect(await verdict(guard, KEY_A, block(79))).toBe('BLOCK_NOT_ABOVE_WATERMARK');
    expect(await verdict(guard, KEY_A, att(7, 10))).toBe('SURROUND_VOTE');
    expect(await verdict(guard, KEY_A, att(8, 10))).toBe('released');
    expect(await verdict(guard, KEY_A, block(80))).toBe('released');
  });

  it('gives back only for a later epoch: the first receipt is of no use twice', async () => {
    const one = await machine();
    const two = await machine();
    const out = await one.operator.handOver([KEY_A], epoch(10n), ACT);
    await two.operator.takeOver(out, ACT);
    const back = await two.operator.handOver([KEY_A], epoch(10n), ACT);
    await expect(one.operator.takeOver(back, ACT)).rejects.toMatchObject({ code: 'RECEIPT_REFUSED' });
    await expect(two.operator.takeOver(out, ACT)).rejects.toMatchObject({ code: 'RECEIPT_REFUSED' });
    await expect(one.operator.takeOver(out, ACT)).rejects.toThrow('written by this very database');
  });

  it.each([['another network', { genesisValidatorsRoot: `0x${'11'.repeat(32)}` }, 'RECEIPT_REFUSED']])(
    'refuses a receipt of %s',
    async (_what, change, code) => {
      const receipt = await (await machine()).operator.handOver([KEY_A], epoch(10n), ACT);
      const guard = await machine();
      await expect(
        guard.operator.takeOver({ ...receipt, ...change } as typeof receipt, ACT),
      ).rejects.toMatchObject({ code });
      expect(guard.statusOf(KEY_A).inEpoch).toBeNull();
    },
  );

  it('sees a receipt that was edited or cut', async () => {
    const text = encodeReceipt(await (await machine()).operator.handOver([KEY_A], epoch(10n), ACT));
    for (const broken of [
      '',
      '{}',
      text.slice(0, -20),
      text.replace('"10"', '"9"'),
      text.replace(KEY_A, KEY_B),
    ]) {
      expect(() => decodeReceipt(broken)).toThrow(expect.objectContaining({ code: 'RECEIPT_INVALID' }));
    }
    expect(decodeReceipt(text).outEpoch).toBe(10n);
  });
});

it('two signers that both run for ever after a hand-over never sign a slashable pair', async () => {
  const vote = fc.record({
    who: fc.nat(1),
    source: fc.nat(11),
    target: fc.nat(12),
    root: fc.integer({ min: 1, max: 2 }),
  });
  const { clock } = clockAt(1000);
  let released = 0;
  const property = fc.asyncProperty(
    fc.array(vote, { maxLength: 8 }),
    fc.integer({ min: 0, max: 8 }),
    fc.array(vote, { maxLength: 20 }),
    async (before, outEpoch, after) => {
      const guards = [0, 1].map(() => new SlashingGuard(new MemoryStorage(), { ...TRUSTING, clock })) as [
        SlashingGuard,
        SlashingGuard,
      ];
      for (const guard of guards) await guard.admitKey(KEY_A, false);
      const out: { source: bigint; target: bigint; root: string }[] = [];
      const ask = async ({
        who,
        source,
        target,
        root,
      }: {
        who: number;
        source: number;
        target: number;
        root: number;
      }) => {
        // The signer turns other votes away before the guard sees them.
        if (source >= target && target !== 0) return;
        if ((await verdict(guards[who as 0 | 1], KEY_A, att(source, target, root))) !== 'released') return;
        out.push({ source: BigInt(source), target: BigInt(target), root: `0x${root}` });
      };
      for (const one of before) await ask({ ...one, who: 0 });
      const receipt = await guards[0].operator
        .handOver([KEY_A], epoch(BigInt(outEpoch)), ACT)
        .catch(() => null);
      if (receipt === null) return;
      await guards[1].operator.takeOver({ ...receipt, databaseId: 'the other' }, ACT);
      for (const one of after) await ask(one);
      released += out.length;
      for (const a of out) for (const b of out) expect(isSlashableAttestationData(a, b)).toBe(false);
    },
  );
  await fc.assert(property, { numRuns: 2000 });
  expect(released).toBeGreaterThan(300);
});
