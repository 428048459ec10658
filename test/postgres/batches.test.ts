import pg from 'pg';
import { expect, inject, it, onTestFinished } from 'vitest';
import { verifyHistory, type Guard } from '../../slashing-db/index.ts';
import {
  freshDatabase,
  historyOf,
  openSigner,
  rowsAt,
  throughPort,
  waitsForALock,
} from '../support/postgres-guards.ts';
import { att, block, clockAt, KEY_A, KEY_B, root } from '../support/slashing-fixtures.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { verdict } from '../support/temp-guard.ts';

const ASKED = { client: 'a test', type: 'BLOCK_V2' };

/** A signer with a key, behind a network that can lose things. */
async function proxied() {
  const proxy = await TcpProxy.to(Number(new URL(inject('postgresUrl')).port));
  onTestFinished(() => proxy.close());
  const url = await freshDatabase();
  const guard = await openSigner(throughPort(url, proxy.port));
  await guard.admitKey(KEY_A, false);
  return { proxy, url, guard };
}

const back = (guard: Guard) =>
  expect.poll(() => guard.unavailable, { timeout: 20_000, interval: 10 }).toBeNull();

it.each(['questions', 'answers'] as const)(
  'records that nobody waits for outlive the connection that lost the %s of their commit, each of them once',
  async (lost) => {
    const { proxy, url, guard } = await proxied();
    const commits = async () =>
      (await rowsAt(url, 'SELECT sequence FROM instances'))[0]?.['sequence'] as bigint;
    const before = await commits();
    const underWay = Promise.withResolvers<void>();
    proxy.onQuestion = (chunk) => {
      if (!chunk.includes('vigil_check')) return;
      proxy.swallow = lost;
      underWay.resolve();
    };
    guard.recordRefusal(KEY_A, block(1), ASKED, 'FIRST');
    const asked = verdict(guard, KEY_A, att(2, 3));
    await underWay.promise;
    proxy.onQuestion = null;
    guard.recordRefusal(KEY_A, block(2), ASKED, 'SECOND');
    if (lost === 'answers') await expect.poll(commits, { timeout: 3000 }).toBe(before + 1n);
    proxy.breakAll();
    proxy.mend();
    expect(await asked).toBe('GUARD_UNAVAILABLE');
    await back(guard);
    expect(await guard.probe()).toBeNull();
    const [history] = await historyOf(url);
    const { base, records, head } = history!;
    expect(records.flatMap(({ verdict: what, reason }) => (what === 'refused' ? [reason] : []))).toEqual([
      'FIRST',
      'SECOND',
    ]);
    expect(verifyHistory(base, records, head).fault).toBeNull();
  },
);

it('a signature that may leave before its record waits for it when ten thousand wait already; refusals are counted', async () => {
  const url = await freshDatabase();
  const dropped: number[] = [];
  const guard = await openSigner(url, { onRefusalsDropped: (count) => dropped.push(count) });
  await guard.admitKey(KEY_A, false);
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  onTestFinished(() => holder.end());
  await holder.query('BEGIN; SELECT FROM instances FOR UPDATE');
  const probed = guard.probe();
  await waitsForALock(url);
  let released = 0;
  const reveals = Array.from({ length: 10_100 }, async (_, n) => {
    const outcome = await verdict(guard, KEY_A, { kind: 'unslashable', signingRoot: root(n + 1) });
    if (outcome === 'released') released += 1;
  });
  await Promise.all(reveals.slice(0, 10_000));
  for (let n = 0; n < 7; n += 1) guard.recordRefusal(KEY_A, block(1), ASKED, 'REFUSED');
  expect(released).toBe(10_000);
  await holder.query('COMMIT');
  await Promise.all(reveals);
  expect(released).toBe(10_100);
  expect(await probed).toBeNull();
  expect(await guard.probe()).toBeNull();
  expect(dropped).toEqual([7]);
  const recorded = await rowsAt(url, `SELECT count(*) FROM history WHERE verdict = 'signed'`);
  expect(recorded).toEqual([{ count: 10_100n }]);
});

it('a refusal by what another signer did is on record, and so is what was waiting with it', async () => {
  const url = await freshDatabase();
  const one = await openSigner(url, { instance: 'one' });
  const two = await openSigner(url, { instance: 'two' });
  for (const guard of [one, two]) for (const pubkey of [KEY_A, KEY_B]) await guard.admitKey(pubkey, false);
  await verdict(two, KEY_A, att(2, 3, 2));
  one.recordRefusal(KEY_A, block(1), ASKED, 'BEFORE');
  const asked = [verdict(one, KEY_A, att(2, 3, 1)), verdict(one, KEY_B, att(2, 3, 1))];
  expect(await Promise.all(asked)).toEqual(['DOUBLE_VOTE', 'released']);
  expect(await one.probe()).toBeNull();
  const [history] = await historyOf(url);
  expect(history!.records.map(({ reason, verdict: what }) => reason ?? what)).toEqual(
    expect.arrayContaining(['BEFORE', 'DOUBLE_VOTE', 'signed']),
  );
  expect(history!.records.filter(({ reason }) => reason === 'BEFORE')).toHaveLength(1);
});

it('a message that moves money asks the database whether its key may still sign', async () => {
  const url = await freshDatabase();
  const one = await openSigner(url, { instance: 'one' });
  const two = await openSigner(url, { instance: 'two' });
  for (const guard of [one, two]) await guard.admitKey(KEY_A, false);
  await two.deleteKeys([KEY_A]);
  const exit = { kind: 'unslashable', signingRoot: root(9), irrevocable: true } as const;
  expect(await verdict(one, KEY_A, exit)).toBe('KEY_DELETED');
});

it('an act learns of all acts before it, also of those on other keys', async () => {
  const url = await freshDatabase();
  const one = await openSigner(url, { instance: 'one' });
  const two = await openSigner(url, { instance: 'two' });
  for (const pubkey of [KEY_A, KEY_B]) await one.admitKey(pubkey, false);
  await one.operator.freeze([KEY_A], { by: 'a test', reason: 'a test' });
  await two.deleteKeys([KEY_B]);
  expect(two.statusOf(KEY_A)).toMatchObject({ state: 'active', frozen: { reason: 'a test' } });
});

it('text that PostgreSQL takes nowhere is on record as far as it can be read', async () => {
  const url = await freshDatabase();
  const guard = await openSigner(url);
  const odd = 'a\0b\ud800c';
  guard.recordRefusal(KEY_A, block(1), { client: odd, type: odd }, odd);
  expect(await guard.probe()).toBeNull();
  const [history] = await historyOf(url);
  const { base, records, head } = history!;
  const kept = 'a\ufffdb\ufffdc';
  expect(records).toMatchObject([{ client: kept, type: kept, reason: kept }]);
  expect(verifyHistory(base, records, head).fault).toBeNull();
});

it('what others signed is found at once, and counts for what is said of the key', async () => {
  const url = await freshDatabase();
  const { clock } = clockAt(100);
  const one = await openSigner(url, { instance: 'one', clock });
  const two = await openSigner(url, { instance: 'two', clock });
  await one.admitKey(KEY_A, false);
  await two.admitKey(KEY_A, false);
  expect(await verdict(two, KEY_A, att(11, 12))).toBe('released');
  const { messages } = await one.lookUp([{ ...att(11, 12), pubkey: KEY_A }]);
  expect(messages).toMatchObject([
    { verdict: 'signed', recorded: [{ target: 12n }], status: { attestation: { target: 12n } } },
  ]);
});
