import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epoch, slot, type Pubkey } from '../../../../core/units.ts';
import { type Guard, type LookedUp, type OpenGuardOptions } from '../../../../slashing-db/index.ts';
import { judgeSeen } from '../../../../slashing-db/history/judge-seen.ts';
import { NO_PROTECTION } from '../../../../slashing-db/index.ts';
import { storageUnderTest } from '../../../support/any-storage.ts';
import type { AttestationMessage, BlockMessage } from '../../../../slashing-db/message.ts';
import { DisasterWorld, NEXT_BOOT } from '../../../support/disaster-world.ts';
import { attEntry, documentOf, keyEntry, streamOf } from '../../../support/interchange-text.ts';
import { att, block, KEY_A, KEY_B, key, root, SPEC } from '../../../support/slashing-fixtures.ts';
import { verdict } from '../../../support/temp-guard.ts';

const ACT = { by: 'test', reason: 'test' };
type Message = AttestationMessage | BlockMessage;

/** A world in which it is slot 83 of epoch 10. */
async function started(options: Partial<OpenGuardOptions> = {}) {
  const world = new DisasterWorld();
  world.time.moveTo(40);
  const guard = await world.openAny(options);
  await guard.admitKey(KEY_A, false);
  world.time.moveTo(83);
  return { world, guard };
}

async function seen(guard: Guard, message: Message, pubkey: Pubkey = KEY_A): Promise<LookedUp> {
  const { messages } = await guard.lookUp([{ ...message, pubkey }]);
  return messages[0]!;
}
const word = async (...about: Parameters<typeof seen>): Promise<string> => (await seen(...about)).verdict;

describe('a message that was seen', () => {
  it('is known when it was signed here, vote and block alike, also long ago', async () => {
    const { guard } = await started();
    for (let n = 6; n <= 10; n += 1) await verdict(guard, KEY_A, att(n - 1, n, n));
    await verdict(guard, KEY_A, block(80, 80));
    await verdict(guard, KEY_A, block(83, 83));
    for (let n = 6; n <= 10; n += 1) expect(await word(guard, att(n - 1, n, n))).toBe('signed');
    expect(await word(guard, block(80, 80))).toBe('signed');
    expect((await seen(guard, att(7, 8, 8))).recorded).toMatchObject([
      { pubkey: KEY_A, source: 7n, target: 8n, slot: null },
    ]);
  });

  it('is a stranger`s when another one is on record for its slot or target', async () => {
    const { guard } = await started();
    await verdict(guard, KEY_A, att(8, 9, 1));
    await verdict(guard, KEY_A, block(81, 1));
    expect(await seen(guard, att(8, 9, 2))).toMatchObject({
      verdict: 'not_signed',
      recorded: [{ signingRoot: att(8, 9, 1).signingRoot }],
    });
    expect(await word(guard, att(3, 9, 2))).toBe('not_signed');
    expect(await word(guard, block(81, 2))).toBe('not_signed');
  });

  it('is a stranger`s when nothing at all is on record for its duty, as of a key that is idle here', async () => {
    const { guard } = await started();
    expect(await word(guard, att(8, 9))).toBe('not_signed');
    expect(await word(guard, block(82))).toBe('not_signed');
    expect((await seen(guard, block(82))).status.state).toBe('active');
  });

  it('was not signed because it was refused', async () => {
    const { guard } = await started();
    await verdict(guard, KEY_A, att(8, 9, 1));
    expect(await verdict(guard, KEY_A, att(8, 9, 2))).toBe('DOUBLE_VOTE');
    expect(await word(guard, att(8, 9, 2))).toBe('not_signed');
  });

  it('is not the message of another key', async () => {
    const { guard } = await started();
    await guard.admitKey(KEY_B, false);
    await verdict(guard, KEY_A, att(8, 9, 1));
    await verdict(guard, KEY_B, att(8, 9, 2));
    expect(await word(guard, att(8, 9, 1), KEY_B)).toBe('not_signed');
    expect(await word(guard, att(8, 9, 2), KEY_A)).toBe('not_signed');
  });

  it('changes nothing and permits nothing', async () => {
    const { guard } = await started();
    const before = JSON.stringify(guard.listKeys(), (_, value: unknown) =>
      typeof value === 'bigint' ? `${value}` : value,
    );
    await seen(guard, att(8, 9));
    await seen(guard, att(8, 9), KEY_B);
    expect(
      JSON.stringify(guard.listKeys(), (_, value: unknown) =>
        typeof value === 'bigint' ? `${value}` : value,
      ),
    ).toBe(before);
    expect(await verdict(guard, KEY_A, att(8, 9))).toBe('released');
  });

  it('may be of numbers that no record holds', async () => {
    const { guard } = await started();
    expect(await word(guard, block(2n ** 64n - 1n))).toBe('not_signed');
    expect(await word(guard, att(0, 2n ** 64n - 1n))).toBe('not_signed');
  });
});

describe('nobody is accused', () => {
  it('of what is older than the records', async () => {
    const { guard } = await started();
    // The database was made in slot 40, the first of epoch 5.
    expect(await seen(guard, block(40))).toMatchObject({
      verdict: 'unknown',
      why: expect.stringContaining('older') as string,
    });
    expect(await word(guard, att(4, 5))).toBe('unknown');
    expect([await word(guard, block(41)), await word(guard, att(5, 6))]).toEqual([
      'not_signed',
      'not_signed',
    ]);
  });

  it('of what retention may have removed', async () => {
    const { world, guard } = await started({ historyMaxRecords: 100n });
    world.time.moveTo(800);
    await verdict(guard, KEY_A, att(98, 99, 7));
    for (let n = 1; n <= 5; n += 1) await verdict(guard, KEY_A, block(n, n));
    // More than even a server lets pile up before it begins to remove any.
    const asked = { client: 'a test', type: 'BLOCK_V2' };
    for (let n = 0; n < 700; n += 1) guard.recordRefusal(KEY_A, block(6), asked, 'SOME_REASON');
    await verdict(guard, KEY_A, block(300, 300));
    world.time.moveTo(900);
    await verdict(guard, KEY_A, block(900));
    const since = async () => {
      const { sinceMs, pruned } = await guard.lookUp([{ ...block(5), pubkey: KEY_A }]);
      return { sinceMs, pruned };
    };
    await expect
      .poll(since, { timeout: 10_000 })
      .toEqual({ sinceMs: BigInt((1_600_000_000 + 800 * 6) * 1000), pruned: true });
    expect(await word(guard, block(5, 5))).toBe('unknown');
    expect(await word(guard, block(300, 300))).toBe('signed');
    // Its record is gone, but it is still the highest vote of the key.
    expect([await word(guard, att(98, 99, 7)), await word(guard, att(98, 99, 8))]).toEqual([
      'signed',
      'unknown',
    ]);
    expect(await word(guard, block(300, 2))).toBe('not_signed');
    expect(await word(guard, block(832))).toBe('unknown');
    expect(await word(guard, block(833))).toBe('not_signed');
  });

  it('of what was signed before the key came here, or by a key that never did', async () => {
    const { guard } = await started();
    await guard.admitKey(KEY_B, false);
    expect(await seen(guard, block(83), KEY_B)).toMatchObject({
      verdict: 'elsewhere',
      why: expect.stringContaining('came here') as string,
    });
    expect(await word(guard, block(84), KEY_B)).toBe('not_signed');
    expect(await word(guard, att(9, 10), KEY_B)).toBe('elsewhere');
    expect(await word(guard, att(10, 11), KEY_B)).toBe('not_signed');
    expect(await word(guard, block(84), key(3))).toBe('elsewhere');
  });

  it('of what lies below the floor that a key without history was given', async () => {
    const { world, guard } = await started({ onMissingHistory: 'floor' });
    await guard.admitKey(KEY_B, false);
    world.time.moveTo(100);
    expect(await word(guard, att(9, 10), KEY_B)).toBe('elsewhere');
    expect(await word(guard, att(10, 11), KEY_B)).toBe('not_signed');
  });

  it('of what an import may bring the other half of', async () => {
    const { world, guard } = await started();
    expect(await word(guard, block(82))).toBe('not_signed');
    const document = documentOf(keyEntry(KEY_A, [], [attEntry(7, 8, root(5))]));
    await guard.importInterchange(streamOf(document, 100));
    expect(await word(guard, block(82))).toBe('elsewhere');
    world.time.moveTo(90);
    expect(await word(guard, block(84))).toBe('not_signed');
  });

  it('of what was signed by a database that was copied into this one', async () => {
    const { world, guard } = await started();
    expect(await word(guard, block(82))).toBe('not_signed');
    const source = { keys: [], controls: new Map(), protection: NO_PROTECTION, latestSlot: slot(0n) };
    await guard.mergeState(source, 'test', 'another database');
    expect(await seen(guard, block(82))).toMatchObject({
      verdict: 'elsewhere',
      why: expect.stringContaining('copied') as string,
    });
    expect([await word(guard, block(83)), await word(guard, att(9, 10))]).toEqual(['elsewhere', 'elsewhere']);
    world.time.moveTo(90);
    expect([await word(guard, block(84)), await word(guard, att(10, 11))]).toEqual([
      'not_signed',
      'not_signed',
    ]);
  });

  it('of what was signed where the key went', async () => {
    const { world, guard } = await started();
    await guard.admitKey(KEY_B, false);
    await guard.operator.handOver([KEY_A], epoch(12n), ACT);
    await guard.deleteKeys([KEY_B]);
    world.time.moveTo(120);
    expect(await word(guard, block(95))).toBe('not_signed');
    expect(await word(guard, block(96))).toBe('elsewhere');
    expect(await word(guard, att(11, 12))).toBe('elsewhere');
    expect(await word(guard, block(96), KEY_B)).toBe('elsewhere');
  });

  it('of what was signed where the key came from', async () => {
    const { guard: before } = await started();
    const receipt = await before.operator.handOver([KEY_A], epoch(12n), ACT);
    const { world, guard } = await started();
    await guard.admitKey(KEY_B, false);
    await guard.operator.takeOver(receipt, ACT);
    world.time.moveTo(120);
    expect(await word(guard, block(95))).toBe('elsewhere');
    expect(await word(guard, block(96))).toBe('not_signed');
  });

  it('of what a rollback may have taken', async () => {
    const { world, guard } = await started();
    await guard.close();
    const again = await world.openAny({ host: NEXT_BOOT, bootFloor: 'always' });
    expect(await seen(again, block(82))).toMatchObject({
      verdict: 'unknown',
      why: expect.stringContaining('lost') as string,
    });
    world.time.moveTo(100);
    expect(await word(again, block(84))).toBe('unknown');
    expect(await word(again, block(85))).toBe('not_signed');
    expect([await word(again, att(9, 10)), await word(again, att(10, 11))]).toEqual([
      'unknown',
      'not_signed',
    ]);
  });

  it('of what was signed under a wrong clock', async () => {
    const { world, guard } = await started();
    await guard.operator.acceptClock(ACT);
    world.time.moveTo(200);
    expect([await word(guard, block(115)), await word(guard, block(116))]).toEqual(['unknown', 'not_signed']);
  });

  it('of anything by a database that has no records or owes a floor', async () => {
    const { guard } = await started();
    const message = { ...block(82), pubkey: KEY_A };
    const evidence = {
      ...{ spec: SPEC, status: guard.statusOf(KEY_A), protection: NO_PROTECTION, recorded: [], acts: [] },
      ...{ oldestMs: 1_600_000_000_000n, pruned: false },
    };
    expect(judgeSeen(message, evidence)).toEqual({ verdict: 'not_signed', why: null });
    expect(judgeSeen(message, { ...evidence, oldestMs: null }).verdict).toBe('unknown');
    const owing = { ...NO_PROTECTION, floorOwed: 'the clock is in doubt' };
    expect(judgeSeen(message, { ...evidence, protection: owing }).verdict).toBe('unknown');
  });
});

it('finds everything that was ever signed and nothing else, whatever was signed in which order', async () => {
  const step = fc.record({
    pubkey: fc.constantFrom(KEY_A, KEY_B),
    message: fc.oneof(
      fc.tuple(fc.nat(20), fc.nat(20), fc.nat(2)).map(([s, t, r]) => att(s, t, s * 3 + r + 1)),
      fc.tuple(fc.nat(150), fc.nat(2)).map(([at, r]) => block(at, r + 1)),
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const world = new DisasterWorld();
      world.time.moveTo(0);
      const guard = await world.openAny();
      for (const each of [KEY_A, KEY_B]) await guard.admitKey(each, false);
      world.time.moveTo(1000);
      const name = ({ message, pubkey }: (typeof steps)[number]) =>
        `${pubkey} ${JSON.stringify(message, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))}`;
      const released = new Set<string>();
      for (const each of steps) {
        if ((await verdict(guard, each.pubkey, each.message)) === 'released') released.add(name(each));
      }
      const { messages } = await guard.lookUp(steps.map(({ message, pubkey }) => ({ ...message, pubkey })));
      for (const [at, each] of steps.entries()) {
        const found = messages[at]!.verdict;
        if (released.has(name(each))) expect(found).toBe('signed');
        else expect(['not_signed', 'unknown']).toContain(found);
      }
      await guard.close();
    }),
    { numRuns: storageUnderTest() === 'sqlite' ? 40 : 10 },
  );
});
