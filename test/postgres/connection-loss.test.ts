import { join } from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { readAnchor } from '../../slashing-db/anchor/anchor-file.ts';
import { verifyHistory, type Guard } from '../../slashing-db/index.ts';
import { queryAt } from '../support/postgres.ts';
import {
  freshDatabase,
  historyOf,
  openSigner,
  rowsAt,
  throughPort,
  type SignerOptions,
} from '../support/postgres-guards.ts';
import { att, block, clockAt, KEY_A, KEY_B, root } from '../support/slashing-fixtures.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { tempDirectory, verdict } from '../support/temp-guard.ts';

async function proxied(
  options: SignerOptions = {},
): Promise<{ guard: Guard; url: string; proxy: TcpProxy; away: (string | null)[] }> {
  const proxy = await TcpProxy.to(Number(new URL(inject('postgresUrl')).port));
  onTestFinished(() => proxy.close());
  const url = await freshDatabase();
  const away: (string | null)[] = [];
  const guard = await openSigner(throughPort(url, proxy.port), {
    ...options,
    onAvailable: (why) => away.push(why),
  });
  await guard.admitKey(KEY_A, false);
  return { guard, url, proxy, away };
}

const back = (guard: Guard) =>
  expect.poll(() => guard.unavailable, { timeout: 20_000, interval: 10 }).toBeNull();

describe('a connection that is lost', () => {
  it.each(['questions', 'answers'] as const)(
    'while the %s of a commit are under way: nothing leaves, and the same message does later',
    async (lost) => {
      const { guard, url, proxy } = await proxied();
      expect(await verdict(guard, KEY_A, att(1, 2))).toBe('released');
      proxy.swallow = lost;
      const asked = verdict(guard, KEY_A, att(2, 3, 1));
      await expect
        .poll(async () => (await queryAt(url, 'SELECT target FROM keys')).rows as unknown)
        .toEqual([{ target: lost === 'answers' ? '3' : '2' }]);
      proxy.breakAll();
      proxy.mend();
      expect(await asked).toBe('GUARD_UNAVAILABLE');
      await back(guard);
      // Whether the lost commit came through is known now, and memory says what the database says.
      expect(guard.statusOf(KEY_A).attestation?.target).toBe(lost === 'answers' ? 3n : 2n);
      expect(await verdict(guard, KEY_A, att(2, 3, lost === 'answers' ? 2 : 1))).toBe(
        lost === 'answers' ? 'DOUBLE_VOTE' : 'released',
      );
      expect(await verdict(guard, KEY_A, att(2, 3, 1))).toBe('released');
      await guard.probe();
      // What may still be on its way over the old connection comes too late.
      expect(await rowsAt(url, 'SELECT generation FROM instances')).toEqual([{ generation: 2n }]);
      const [history] = await historyOf(url);
      expect(verifyHistory(history!.base, history!.records, history!.head).fault).toBeNull();
    },
  );

  it('with the answer to a commit: the anchor learns of it when the database is back', async () => {
    const anchor = join(tempDirectory(), 'anchor');
    const { guard, url, proxy } = await proxied({ anchors: [anchor] });
    proxy.swallow = 'answers';
    const asked = verdict(guard, KEY_A, att(2, 3));
    await expect
      .poll(() => rowsAt(url, 'SELECT target FROM keys'), { timeout: 3000, interval: 10 })
      .toEqual([{ target: 3n }]);
    proxy.breakAll();
    proxy.mend();
    expect(await asked).toBe('GUARD_UNAVAILABLE');
    await back(guard);
    expect(readAnchor(anchor)).toMatchObject({
      sequence: 2n,
      generation: 2n,
      highest: { source: 2n, target: 3n },
    });
  });

  it('that stays open and says nothing counts as lost after a few seconds', async () => {
    const { guard, proxy } = await proxied();
    proxy.swallow = 'answers';
    expect(await verdict(guard, KEY_A, att(2, 3))).toBe('GUARD_UNAVAILABLE');
    proxy.mend();
    await back(guard);
    expect(await verdict(guard, KEY_A, att(2, 3))).toBe('released');
  });

  it.each(['lock', 'UPDATE instances', 'COMMIT'])(
    'that says nothing to an act, from its %s on, counts as lost after a few seconds',
    { timeout: 30_000 },
    async (from) => {
      const { guard, proxy } = await proxied({ clock: clockAt(1000).clock });
      proxy.onQuestion = (chunk) => {
        // What begins a transaction in the same breath is a look, not the act.
        const isAct = chunk.includes(from) && !chunk.includes('BEGIN');
        if (from === 'lock' || isAct) proxy.swallow = 'answers';
      };
      const act = { by: 'a test', reason: 'a test' };
      await expect(guard.operator.freeze([KEY_A], act)).rejects.toMatchObject({ code: 'DB_UNREACHABLE' });
      proxy.onQuestion = null;
      proxy.mend();
      await back(guard);
      await guard.operator.freeze([KEY_A], act);
      expect(await verdict(guard, KEY_A, att(2, 3))).toBe('KEY_FROZEN');
    },
  );

  it('does not keep the signer from being stopped', async () => {
    const { guard, proxy } = await proxied();
    proxy.cut();
    await expect.poll(() => guard.unavailable?.reason, { timeout: 5000 }).toBe('GUARD_UNAVAILABLE');
    // The database is away for all of this test.
    await guard.close();
    expect(await verdict(guard, KEY_A, att(2, 3))).toBe('GUARD_UNAVAILABLE');
  });

  it('is noticed without a request, refuses everything at once, and is found again without an operator', async () => {
    const { guard, proxy, away } = await proxied();
    proxy.cut();
    await expect
      .poll(() => guard.unavailable?.reason, { timeout: 5000, interval: 10 })
      .toBe('GUARD_UNAVAILABLE');
    const start = performance.now();
    for (const message of [att(2, 3), { kind: 'unslashable', signingRoot: root(9) } as const]) {
      expect(await verdict(guard, KEY_A, message)).toBe('GUARD_UNAVAILABLE');
    }
    await expect(guard.deleteKeys([KEY_A])).rejects.toMatchObject({ code: 'DB_UNREACHABLE' });
    expect(await guard.probe()).toMatchObject({ reason: 'GUARD_UNAVAILABLE' });
    expect(performance.now() - start).toBeLessThan(500);
    proxy.mend();
    await back(guard);
    expect(away[0]).toContain('the slashing database is away: ');
    expect(away.indexOf(null)).toBe(away.length - 1);
    // However often it was tried, each reason is told once.
    expect(new Set(away.slice(1)).size).toBe(away.length - 1);
    expect(await verdict(guard, KEY_A, att(2, 3))).toBe('released');
  });
});

describe('a database that comes back', () => {
  it.each([
    ['without the last commit', `UPDATE instances SET sequence = sequence - 1 WHERE name = 'one'`],
    [
      'with another past',
      `UPDATE instances SET history_head = decode(repeat('ab', 32), 'hex') WHERE name = 'one'`,
    ],
    ['without the signer', `DELETE FROM instances WHERE name = 'one'`],
    ['without an act', 'UPDATE protection SET revision = revision - 1'],
    ['with a lower target', 'UPDATE keys SET target = target - 1'],
    ['with a lower source', 'UPDATE keys SET source = source - 1'],
    ['with a lower slot', 'UPDATE keys SET slot = slot - 1'],
    ['without a key that never signed', 'DELETE FROM keys WHERE target IS NULL'],
  ])('%s stops this signer for good, and all others too', async (what, change) => {
    const { guard, url, proxy } = await proxied();
    const other = await openSigner(url, { instance: 'two' });
    expect(await verdict(guard, KEY_A, att(2, 3))).toBe('released');
    expect(await verdict(guard, KEY_A, block(7))).toBe('released');
    await guard.admitKey(KEY_B, false);
    proxy.cut();
    await queryAt(url, change);
    proxy.mend();
    // Acts are everybody's: the other one, which was never away, may be the first to miss one.
    const first = what === 'without an act' ? [guard.poisoned, other.poisoned] : [guard.poisoned];
    expect(await Promise.race(first)).toMatchObject({ code: 'DB_ROLLED_BACK', exitCode: 3 });
    expect(['ALL_FROZEN', 'GUARD_UNAVAILABLE']).toContain(await verdict(guard, KEY_A, att(8, 9)));
    const { rows } = await queryAt(url, 'SELECT frozen_reason FROM protection');
    expect(rows).toEqual([{ frozen_reason: expect.stringContaining('DB_ROLLED_BACK') as string }]);
    // The other one may have seen the same for itself, and stopped too.
    expect(['ALL_FROZEN', 'GUARD_UNAVAILABLE']).toContain(await verdict(other, KEY_A, att(8, 9)));
  });

  it("with another process in this signer's place stops this one", async () => {
    const { guard, url, proxy } = await proxied();
    proxy.cut();
    const second = await openSigner(url);
    proxy.mend();
    expect(await guard.poisoned).toMatchObject({ code: 'DB_FENCED', exitCode: 3 });
    expect(await verdict(second, KEY_A, att(8, 9))).toBe('released');
  });
});
