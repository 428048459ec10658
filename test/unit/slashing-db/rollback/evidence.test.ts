import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { epoch, slot } from '../../../../core/units.ts';
import { judgeEvidence } from '../../../../slashing-db/anchor/judge-evidence.ts';
import { forge } from '../../../support/any-history.ts';
import { storageUnderTest } from '../../../support/any-storage.ts';
import { DisasterWorld, NEXT_BOOT, THIS_BOOT } from '../../../support/disaster-world.ts';
import { attEntry, blockEntry, documentOf, keyEntry, streamOf } from '../../../support/interchange-text.ts';
import { att, block, KEY_A, root } from '../../../support/slashing-fixtures.ts';
import { verdict } from '../../../support/temp-guard.ts';

const used = (): Promise<DisasterWorld> => DisasterWorld.used();

async function signed(world: DisasterWorld, ...votes: [number, number][]): Promise<void> {
  const guard = await world.openAny();
  for (const [source, target] of votes) {
    expect(await verdict(guard, KEY_A, att(source, target))).toBe('released');
  }
  await guard.close();
}

/** On a server it may also be the wrong database, or the wrong name: other signers may be at home there. */
const UNKNOWN = storageUnderTest() === 'sqlite' ? 'DB_ROLLED_BACK' : 'DB_SIGNER_UNKNOWN';

const rolledBack: Record<string, (world: DisasterWorld) => Promise<void>> = {
  'an older copy was put back': async (world) => {
    const restore = await world.copyAny();
    await signed(world, [9, 10]);
    await restore();
  },
  'an older copy was put back that had been opened less often, with the same commits': async (world) => {
    const restore = await world.copyAny();
    await signed(world);
    await restore();
  },
  'it was gone': (world) => {
    world.lose();
    return Promise.resolve();
  },
  'another database was put in its place': async (world) => {
    const other = await used();
    await signed(other, [9, 10]);
    await signed(other);
    await signed(other);
    world.replaceBy(other);
  },
  'an older copy was put back and used without the anchor': async (world) => {
    const restore = await world.copyAny();
    await signed(world, [9, 10]);
    await restore();
    const guard = await world.openAny({ anchors: [] });
    await verdict(guard, KEY_A, att(9, 10, 2));
    await verdict(guard, KEY_A, att(9, 10, 3));
    await guard.close();
    await (await world.openAny({ anchors: [] })).close();
  },
};

describe.each(Object.entries(rolledBack))('when %s', (what, disaster) => {
  const code = /gone|another database/.test(what) ? UNKNOWN : 'DB_ROLLED_BACK';

  it.each(['auto', 'always', 'never'] as const)(
    'nobody opens it with --boot-floor %s, however often',
    async (bootFloor) => {
      const world = await used();
      await disaster(world);
      for (const host of [THIS_BOOT, NEXT_BOOT]) {
        await expect(world.openAny({ bootFloor, host })).rejects.toMatchObject({ code, exitCode: 3 });
      }
    },
  );

  it('does not change the anchor by looking', async () => {
    const world = await used();
    await disaster(world);
    const anchor = readFileSync(world.anchor);
    await expect(world.openAny()).rejects.toThrow();
    expect(readFileSync(world.anchor)).toEqual(anchor);
    await expect(world.openAny()).rejects.toMatchObject({ code });
  });
});

it('another database is refused by its name alone, when the record that would tell them apart is pruned', () => {
  const history = { index: 5n, hash: root(1) };
  const mark = { databaseId: 'one', generation: 3n, sequence: 9n, history, historyBase: 5n };
  const highest = { slot: slot(1n), source: epoch(0n), target: epoch(1n) };
  const content = { ...mark, highest, lastAct: 0n, bootId: 'this boot', closed: true };
  const evidence = { lastHost: { ...THIS_BOOT, stoppedCleanly: true }, highest, historyHashAt: () => null };
  const judge = (change: Partial<typeof mark>) =>
    judgeEvidence({ ...mark, ...evidence, ...change }, [{ path: 'anchor', content }], THIS_BOOT).kind;
  expect(judge({})).toBe('trusted');
  expect(judge({ databaseId: 'two' })).toBe('rolled-back');
  // The same for each of its counters alone.
  expect(judge({ sequence: 8n })).toBe('rolled-back');
  expect(judge({ generation: 2n })).toBe('rolled-back');
  // One that is behind a database which was stopped in order is no other one's, but it has missed something.
  expect(judge({ sequence: 10n, generation: 4n })).toBe('doubt');
});

describe('a boot floor', () => {
  it('that was due stays due when the process dies before it is put down', async () => {
    const world = await used();
    const guard = await world.openAny({ bootFloor: 'always', clockDoubt: () => 'late' });
    expect(guard.protection.floorOwed).toBe('at every start');
    const again = await world.killed().openAny();
    expect(again.protection).toMatchObject({ floor: { target: 10n }, floorOwed: null });
  });

  it('waits for a clock that can be trusted, and is put down by the first message under it', async () => {
    const world = await used();
    let doubt: string | null = 'late';
    const guard = await world.openAny({ bootFloor: 'always', clockDoubt: () => doubt });
    expect(await verdict(guard, KEY_A, att(9, 10))).toBe('CLOCK_UNTRUSTED');
    world.time.moveTo(100);
    doubt = null;
    expect(await verdict(guard, KEY_A, att(11, 12))).toBe('BELOW_BOOT_FLOOR');
    expect(guard.protection.floor).toEqual({ slot: 101n, source: 11n, target: 12n });
  });

  it('lets out what lies above it, and nothing that lies on it', async () => {
    const world = await used();
    const guard = await world.openAny({ bootFloor: 'always' });
    const { slot: last, source, target } = guard.protection.floor!;
    world.time.moveTo(Number(last) + 8);
    expect(await verdict(guard, KEY_A, block(last))).toBe('BELOW_BOOT_FLOOR');
    expect(await verdict(guard, KEY_A, att(source, target))).toBe('BELOW_BOOT_FLOOR');
    expect(await verdict(guard, KEY_A, att(source - 1n, target + 1n))).toBe('SOURCE_BELOW_BOOT_FLOOR');
    expect(await verdict(guard, KEY_A, block(last + 1n))).toBe('released');
    expect(await verdict(guard, KEY_A, att(source, target + 1n))).toBe('released');
  });

  it('is measured from the latest slot the database was used in, if the clock is behind it', async () => {
    const world = await used();
    await signed(world, [9, 10]);
    world.time.moveTo(82);
    expect((await world.openAny({ bootFloor: 'always' })).protection.floor?.slot).toBe(84n);
  });

  it('rises from start to start, and never falls', async () => {
    const world = await used();
    await (await world.openAny({ bootFloor: 'always' })).close();
    world.time.moveTo(100);
    const second = await world.openAny({ bootFloor: 'always' });
    expect(second.protection.floor).toEqual({ slot: 101n, source: 11n, target: 12n });
    await second.operator.acceptClock({ by: 'tester', reason: 'it was ahead' });
    await second.close();
    expect((await world.openAny()).protection.floor).toEqual({ slot: 101n, source: 11n, target: 12n });
  });
});

describe('anchors elsewhere', () => {
  it('catch what the first one cannot', async () => {
    const world = await used();
    const far = `${world.anchor}-far`;
    const anchors = [world.anchor, far];
    await (await world.openAny({ anchors })).close();
    const restore = await world.copyAny();
    const before = readFileSync(world.anchor);
    const guard = await world.openAny({ anchors });
    await verdict(guard, KEY_A, att(9, 10));
    await guard.close();
    await restore();
    writeFileSync(world.anchor, before);
    await expect(world.openAny({ anchors })).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
    expect((await world.openAny({ anchors: [world.anchor] })).unavailable).toBeNull();
  });

  it('that cannot be written are reported, and signing goes on', async () => {
    const world = await used();
    const anchors = [world.anchor, '/proc/no/anchor'];
    const guard = await world.openAny({ anchors });
    expect(await verdict(guard, KEY_A, att(9, 10))).toBe('released');
    expect(world.failures).toContain('/proc/no/anchor');
  });

  it('the first of them is up to date before the signature leaves', async () => {
    const world = await used();
    const restore = await world.copyAny();
    const guard = await world.openAny();
    const anchor = await guard.release(KEY_A, att(9, 10), () => Promise.resolve(readFileSync(world.anchor)));
    await guard.close();
    await restore();
    if (anchor.kind !== 'released') throw new Error('nothing was signed');
    writeFileSync(world.anchor, anchor.signature);
    await expect(world.openAny()).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
  });

  it('nor is one that is missing taken for a proof', async () => {
    const world = await used();
    rmSync(world.anchor);
    expect((await world.openAny({ bootFloor: 'never' })).unavailable).toBeNull();
  });
});

const VOTES = storageUnderTest() === 'sqlite' ? 'attestation_watermarks' : 'keys';
const BLOCKS = storageUnderTest() === 'sqlite' ? 'block_watermarks' : 'keys';

it.each([
  ['slot', `UPDATE ${BLOCKS} SET slot = 79`],
  ['source', `UPDATE ${VOTES} SET source = 8`],
  ['target', `UPDATE ${VOTES} SET target = 9`],
])('a watermark of an import that was lost is told by the anchor alone: its %s', async (_part, sql) => {
  const world = await used();
  const guard = await world.openAny();
  await guard.importInterchange(streamOf(documentOf(keyEntry(KEY_A, [blockEntry(80)], [attEntry(9, 10)]))));
  await guard.close();
  await forge(world.path, sql);
  await expect(world.openAny({ bootFloor: 'never' })).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
});
