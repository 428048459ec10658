import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { verifyHistory, type Guard } from '../../slashing-db/index.ts';
import { attEntry, documentOf, keyEntry, streamOf } from '../support/interchange-text.ts';
import { queryAt } from '../support/postgres.ts';
import { freshDatabase, historyOf, openSigner, throughPort } from '../support/postgres-guards.ts';
import { att, clockAt, KEY_A, KEY_B } from '../support/slashing-fixtures.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { verdict } from '../support/temp-guard.ts';

const ACT = { by: 'a test', reason: 'a test' };

/** Where an act's connection is lost: its rows go unheard, its commit does, or only the answer to the commit. */
const LOSSES = ['rows', 'commit', 'answer'] as const;
type Loss = (typeof LOSSES)[number];

interface World {
  readonly guard: Guard;
  readonly other: Guard;
  readonly url: string;
  readonly proxy: TcpProxy;
  /** What other machines say of the clock. */
  readonly clock: { doubt: string | null };
}

async function world(onMissingHistory: 'trust' | 'floor' = 'trust'): Promise<World> {
  const proxy = await TcpProxy.to(Number(new URL(inject('postgresUrl')).port));
  onTestFinished(() => proxy.close());
  const url = await freshDatabase();
  const clock: World['clock'] = { doubt: null };
  const late = clockAt(1000).clock;
  const other = await openSigner(url, { instance: 'two', clock: late });
  const guard = await openSigner(throughPort(url, proxy.port), {
    ...{ clock: late, onMissingHistory, clockDoubt: () => clock.doubt },
  });
  await other.admitKey(KEY_A, false);
  return { guard, other, url, proxy, clock };
}

/** Commits of the guard under test that the database has. */
async function commits(url: string): Promise<bigint> {
  const { rows } = await queryAt(url, `SELECT sequence FROM instances WHERE name = 'one'`);
  return BigInt((rows as { sequence: string }[])[0]!.sequence);
}

/** Loses the connection at the next act, whatever else is asked before it. */
async function loseNextAct({ proxy, url }: World, loss: Loss): Promise<{ readonly lost: Promise<void> }> {
  const before = await commits(url);
  const reached = Promise.withResolvers<void>();
  proxy.onQuestion = (chunk) => {
    const text = chunk.toString('latin1');
    // Only acts write their rows, and commit, in messages of their own.
    if (text.includes('BEGIN') || !text.includes(loss === 'rows' ? 'UPDATE instances' : 'COMMIT')) return;
    proxy.onQuestion = null;
    proxy.swallow = loss === 'answer' ? 'answers' : 'questions';
    reached.resolve();
  };
  const lost = reached.promise.then(async () => {
    if (loss === 'answer') await expect.poll(() => commits(url), { timeout: 3000 }).toBe(before + 1n);
    proxy.breakAll();
    proxy.mend();
  });
  return { lost };
}

const back = (guard: Guard) =>
  expect.poll(() => guard.unavailable, { timeout: 20_000, interval: 10 }).toBeNull();

async function assertNothingStopped({ guard, other, url }: World): Promise<void> {
  expect((await queryAt(url, 'SELECT frozen_reason FROM protection')).rows).toEqual([
    { frozen_reason: null },
  ]);
  expect(await Promise.race([guard.poisoned, Promise.resolve(null)])).toBeNull();
  for (const { base, records, head } of await historyOf(url)) {
    expect(verifyHistory(base, records, head).fault).toBeNull();
  }
  expect(await verdict(other, KEY_A, att(900, 901))).not.toBe('ALL_FROZEN');
}

interface LostAct {
  readonly name: string;
  readonly act: (guard: Guard) => Promise<unknown>;
  /** Whether memory has it. */
  readonly believed: (guard: Guard) => boolean;
}

const ACTS: readonly LostAct[] = [
  {
    name: 'an import',
    act: (guard) => guard.importInterchange(streamOf(documentOf(keyEntry(KEY_B, [], [attEntry(6, 7)])))),
    believed: (guard) => guard.statusOf(KEY_B).attestation?.target === 7n,
  },
  {
    name: 'the admission of a new key',
    act: (guard) => guard.admitKey(KEY_B, false),
    believed: (guard) => guard.statusOf(KEY_B).state === 'active',
  },
  {
    name: 'the deletion of an unknown key',
    act: (guard) => guard.deleteKeys([KEY_B]),
    believed: (guard) => guard.statusOf(KEY_B).state === 'deleted',
  },
  {
    name: 'a freeze',
    act: (guard) => guard.operator.freeze([KEY_A], ACT),
    believed: (guard) => guard.statusOf(KEY_A).frozen !== null,
  },
  {
    name: 'the freeze of an unknown key',
    act: (guard) => guard.operator.freeze([KEY_B], ACT),
    believed: (guard) => guard.statusOf(KEY_B).frozen !== null,
  },
];

describe.each(LOSSES)('an act that loses the connection with its %s', (loss) => {
  it.each(ACTS)('$name: nothing is frozen, and only what is on record is believed', async (lost) => {
    const all = await world();
    const { guard } = all;
    const { lost: broken } = await loseNextAct(all, loss);
    await expect(lost.act(guard)).rejects.toMatchObject({ code: 'DB_UNREACHABLE' });
    await broken;
    await back(guard);
    expect(lost.believed(guard)).toBe(loss === 'answer');
    await assertNothingStopped(all);
    await lost.act(guard);
    expect(lost.believed(guard)).toBe(true);
  });

  it('a floor that is owed: it is put down, once, and nothing is signed below it', async () => {
    const all = await world('floor');
    const { guard, url, clock } = all;
    clock.doubt = 'beacon nodes say so';
    await guard.admitKey(KEY_B, false);
    clock.doubt = null;
    const { lost: broken } = await loseNextAct(all, loss);
    expect(await verdict(guard, KEY_B, att(0, 1))).toBe('GUARD_UNAVAILABLE');
    await broken;
    await back(guard);
    const floors = async () =>
      (await historyOf(url)).flatMap(({ records }) => records.filter(({ type }) => type === 'floor')).length;
    expect(guard.statusOf(KEY_B).attestation === null).toBe(loss !== 'answer');
    expect(await floors()).toBe(loss === 'answer' ? 1 : 0);
    expect(await verdict(guard, KEY_B, att(0, 1))).not.toBe('released');
    expect(await floors()).toBe(1);
    await assertNothingStopped(all);
  });
});
