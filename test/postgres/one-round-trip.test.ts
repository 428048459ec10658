import { expect, inject, it, onTestFinished } from 'vitest';
import { NineRoundTrips } from '../../bench/postgres/nine-round-trips.ts';
import type { Guard } from '../../slashing-db/index.ts';
import { emptyDatabase } from '../support/postgres.ts';
import { freshDatabase, openSigner, throughPort } from '../support/postgres-guards.ts';
import { att, block, key, KEY_A } from '../support/slashing-fixtures.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { verdict } from '../support/temp-guard.ts';

async function proxied(): Promise<{ guard: Guard; url: string; proxy: TcpProxy }> {
  const proxy = await TcpProxy.to(Number(new URL(inject('postgresUrl')).port));
  onTestFinished(() => proxy.close());
  const url = await freshDatabase();
  const guard = await openSigner(throughPort(url, proxy.port));
  return { guard, url, proxy };
}

/** While it runs nothing else does, or it is run again: the signer looks twice a second for acts of others. */
async function roundTrips(proxy: TcpProxy, run: () => Promise<unknown>): Promise<number> {
  const before = proxy.roundTrips;
  await run();
  return proxy.roundTrips - before;
}

it('a batch is judged and recorded in one round trip, whatever is in it', async () => {
  const { guard, proxy } = await proxied();
  const keys = Array.from({ length: 100 }, (_, n) => key(n + 1));
  await Promise.all(keys.map((pubkey) => guard.admitKey(pubkey, false)));
  const batch = (n: number) => async () => {
    const outcomes = await Promise.all(
      keys.flatMap((pubkey) => [verdict(guard, pubkey, att(n, n + 1)), verdict(guard, pubkey, block(n))]),
    );
    expect(new Set(outcomes)).toEqual(new Set(['released']));
  };
  const counts = [];
  for (let n = 1; n <= 10; n += 1) counts.push(await roundTrips(proxy, batch(n)));
  // A look for acts of others may fall into one or two of them.
  expect(counts.filter((count) => count === 1).length).toBeGreaterThanOrEqual(7);
  expect(Math.min(...counts)).toBe(1);
});

it('takes one latency of the network, not one for each statement', async () => {
  const { guard, proxy } = await proxied();
  await guard.admitKey(KEY_A, false);
  await verdict(guard, KEY_A, att(0, 1));
  proxy.latencyMs = 100;
  const times: number[] = [];
  for (let n = 1; n <= 5; n += 1) {
    const start = performance.now();
    expect(await verdict(guard, KEY_A, att(n, n + 1))).toBe('released');
    times.push(performance.now() - start);
  }
  const fastest = Math.min(...times);
  expect(fastest).toBeGreaterThanOrEqual(199);
  expect(fastest).toBeLessThan(390);
});

it('takes two when another signer was faster', async () => {
  const { guard, url, proxy } = await proxied();
  const other = await openSigner(url, { instance: 'two' });
  const counts: number[] = [];
  for (const signer of [guard, other]) await signer.admitKey(KEY_A, false);
  for (let n = 1; n <= 5; n += 1) {
    await verdict(other, KEY_A, att(n, n + 1, 1));
    counts.push(
      await roundTrips(proxy, async () =>
        expect(await verdict(guard, KEY_A, att(n, n + 1, 2))).toBe('DOUBLE_VOTE'),
      ),
    );
  }
  // The refusal itself goes on record later, with nobody waiting.
  expect(Math.min(...counts)).toBe(1);
  expect(Math.max(...counts)).toBeLessThanOrEqual(3);
});

it('takes nine for the signer that Vigil is measured against', async () => {
  const server = inject('postgresUrl');
  const proxy = await TcpProxy.to(Number(new URL(server).port));
  onTestFinished(() => proxy.close());
  const baseline = await NineRoundTrips.open(throughPort(await emptyDatabase(server), proxy.port), 1);
  onTestFinished(() => baseline.close());
  const root = new Uint8Array(32).fill(0x5a);
  // The first of a connection prepares its statements.
  expect(await baseline.sign(1, 1n, 2n, root)).toBe(true);
  const trips = await roundTrips(proxy, async () => expect(await baseline.sign(1, 2n, 3n, root)).toBe(true));
  expect(trips).toBe(9);
  expect(await baseline.sign(1, 2n, 3n, new Uint8Array(32))).toBe(false);
  expect(await baseline.sign(1, 2n, 3n, root)).toBe(true);
});
