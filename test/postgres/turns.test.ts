import pg from 'pg';
import { expect, inject, it, onTestFinished } from 'vitest';
import { freshDatabase, openSigner, throughPort } from '../support/postgres-guards.ts';
import { att, clockAt, KEY_A, KEY_B } from '../support/slashing-fixtures.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { verdict } from '../support/temp-guard.ts';

/** Who comes without end keeps nobody else waiting. What goes over the network is counted, not the time it takes. */

const ACT = { by: 'a test', reason: 'a test' };

/** A signer behind a slow network, and how often it has turned to the database for what. */
async function world() {
  const proxy = await TcpProxy.to(Number(new URL(inject('postgresUrl')).port));
  onTestFinished(() => proxy.close());
  const url = await freshDatabase();
  const guard = await openSigner(throughPort(url, proxy.port), { clock: clockAt(1000).clock });
  for (const pubkey of [KEY_A, KEY_B]) await guard.admitKey(pubkey, false);
  const turns = { batches: 0, acts: 0, looks: 0 };
  proxy.onQuestion = (chunk) => {
    if (chunk.includes('vigil_check')) turns.batches += 1;
    else if (chunk.includes('protection WHERE id = 1 FOR UPDATE')) turns.acts += 1;
    else if (chunk.includes('READ ONLY')) turns.looks += 1;
  };
  proxy.latencyMs = 5;
  return { url, guard, turns };
}

/**
 * While two others ask for the same over and over: the second comes when the database is at work for the first, so that
 * there is always one who waits.
 */
async function beside<T>(
  call: () => Promise<unknown>,
  asked: () => number,
  run: () => Promise<T>,
): Promise<T> {
  let isOver = false;
  onTestFinished(() => void (isOver = true));
  const loop = async () => {
    while (!isOver) await call();
  };
  const before = asked();
  const first = loop();
  await expect.poll(asked, { interval: 1 }).toBeGreaterThan(before);
  const second = loop();
  const result = await run();
  isOver = true;
  await Promise.all([first, second]);
  return result;
}

it('a signature waits for one act of many that come without end', async () => {
  const { guard, turns } = await world();
  const record = () => guard.operator.record('set-gas-limit', KEY_B, ACT);
  await beside(
    record,
    () => turns.acts,
    async () => {
      for (let n = 1; n <= 5; n += 1) {
        const before = turns.acts;
        expect(await verdict(guard, KEY_A, att(n, n + 1))).toBe('released');
        // One was under way.
        expect(turns.acts - before).toBeLessThanOrEqual(1);
      }
    },
  );
});

it('an act waits for one batch of many that come without end', async () => {
  const { guard, turns } = await world();
  let n = 1;
  const sign = () => verdict(guard, KEY_A, att(n, (n += 1)));
  await beside(
    sign,
    () => turns.batches,
    async () => {
      for (let acts = 1; acts <= 5; acts += 1) {
        const before = turns.batches;
        await guard.operator.record('set-gas-limit', KEY_B, ACT);
        expect(turns.batches - before).toBeLessThanOrEqual(2);
      }
    },
  );
});

it('a signature waits for no act, and for one look, beside many who want to know the latest of a key', async () => {
  const { guard, turns } = await world();
  await beside(
    () => guard.refresh([KEY_B]),
    () => turns.looks,
    async () => {
      for (let n = 1; n <= 5; n += 1) {
        const before = turns.looks;
        expect(await verdict(guard, KEY_A, att(n, n + 1))).toBe('released');
        expect(turns.looks - before).toBeLessThanOrEqual(1);
      }
      expect(turns.acts).toBe(0);
    },
  );
});

it('who wants to know the latest of a key waits for one batch of many that come without end', async () => {
  const { guard, turns } = await world();
  let n = 1;
  const sign = () => verdict(guard, KEY_A, att(n, (n += 1)));
  await beside(
    sign,
    () => turns.batches,
    async () => {
      // That makes the connection for reads.
      await guard.refresh([KEY_B]);
      const before = turns.batches;
      await guard.refresh([KEY_B]);
      expect(turns.batches - before).toBeLessThanOrEqual(2);
    },
  );
});

it('who wants to know the latest of a key locks nothing, and waits for nobody who does', async () => {
  const { url, guard } = await world();
  const other = await openSigner(url, { instance: 'two', clock: clockAt(1000).clock });
  expect(await verdict(other, KEY_A, att(1, 2))).toBe('released');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('BEGIN; SELECT FROM protection FOR UPDATE; SELECT FROM keys FOR UPDATE');
  await guard.refresh([KEY_A]);
  expect(guard.statusOf(KEY_A)).toMatchObject({ attestation: { target: 2n }, signedTarget: 2n });
  await client.query('COMMIT');
});

it('what is read of a key beside the batches never lowers what they left', async () => {
  const { guard, turns } = await world();
  let last = 1n;
  let next = 2n;
  const sign = async () => {
    const target = (next += 1n);
    if ((await verdict(guard, KEY_A, att(1, target))) === 'released' && target > last) last = target;
  };
  await beside(
    sign,
    () => turns.batches,
    async () => {
      for (let reads = 1; reads <= 20; reads += 1) {
        await guard.refresh([KEY_A]);
        expect(guard.statusOf(KEY_A).attestation?.target ?? 0n).toBeGreaterThanOrEqual(last);
      }
      expect(last).toBeGreaterThan(5n);
    },
  );
});
