import { SecretKey } from '@chainsafe/blst';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CAPACITY, type Lane } from '../../../../signer/bls/job-table.ts';
import type { Place } from '../../../../signer/bls/place.ts';
import { SigningPool, type SigningPoolOptions } from '../../../../signer/bls/signing-pool.ts';
import { generateSecretKey } from '../../../../signer/keystore/bls-keys.ts';

function started(options: SigningPoolOptions = { threads: 1 }): SigningPool {
  const pool = new SigningPool(options);
  onTestFinished(() => pool.close());
  pool.start();
  return pool;
}

const rootOf = (n: number): Uint8Array => new Uint8Array(32).fill(n);

function place(pool: SigningPool, lane: Lane = 'other'): Place {
  const taken = pool.takePlace(lane);
  if (taken === null) throw new Error('the queue is full');
  return taken;
}

describe('a signature', () => {
  it('is the one of its key and its root, however many are asked for at once and whoever leaves early', async () => {
    const pool = started({ threads: 2 });
    const secrets = Array.from({ length: 5 }, generateSecretKey);
    const slots = secrets.map((secret) => pool.secretKeys.add(secret.toBytes()));
    const job = fc.record({
      key: fc.nat(4),
      root: fc.nat(255),
      lane: fc.constantFrom<Lane>('proposal', 'attestation', 'other'),
      leaves: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(job, { minLength: 1, maxLength: 60 }), async (jobs) => {
        const signed = await Promise.all(
          jobs.map(async ({ key, root, lane, leaves }) => {
            const taken = place(pool, lane);
            const signature = taken.sign(slots[key]!, rootOf(root));
            // Its number must not serve another before this one has come back.
            if (leaves) taken.leave();
            return signature.finally(() => {
              taken.leave();
            });
          }),
        );
        const wanted = jobs.map(({ key, root }) => secrets[key]!.sign(rootOf(root)).toBytes());
        expect(signed.map((bytes) => Buffer.from(bytes).toString('hex'))).toEqual(
          wanted.map((bytes) => Buffer.from(bytes).toString('hex')),
        );
      }),
      { numRuns: 20 },
    );
    expect(pool.queued).toBe(0);
  });

  it('is not made with a key that was taken out, nor with another in its place', async () => {
    const pool = started();
    const slot = pool.secretKeys.add(generateSecretKey().toBytes());
    pool.secretKeys.remove(slot);
    const next = pool.secretKeys.add(SecretKey.fromBytes(rootOf(1)).toBytes());
    expect(next).not.toBe(slot);
    await expect(place(pool).sign(slot, rootOf(1))).rejects.toMatchObject({ code: 'NOT_SIGNED' });
  });

  it('is not begun for a client that has gone', async () => {
    const pool = started();
    const slot = pool.secretKeys.add(generateSecretKey().toBytes());
    const ahead = Array.from({ length: 100 }, () => place(pool).sign(slot, rootOf(1)));
    const gone = place(pool);
    const signature = gone.sign(slot, rootOf(2));
    gone.drop();
    await expect(signature).rejects.toMatchObject({ code: 'NOT_SIGNED' });
    await expect(Promise.all(ahead)).resolves.toHaveLength(100);
  });

  it('that is urgent overtakes those that wait', async () => {
    const pool = started();
    const slot = pool.secretKeys.add(generateSecretKey().toBytes());
    const order: Lane[] = [];
    const ask = (lane: Lane) =>
      place(pool, lane)
        .sign(slot, rootOf(1))
        .then(() => order.push(lane));
    const all = [
      ...Array<Lane>(200).fill('other'),
      ...Array<Lane>(20).fill('attestation'),
      'proposal',
    ] as Lane[];
    await Promise.all(all.map(ask));
    // A few of the first may have been under way.
    expect(order.indexOf('proposal')).toBeLessThan(100);
    expect(order.indexOf('attestation')).toBeGreaterThan(order.indexOf('proposal'));
    expect(order.lastIndexOf('attestation')).toBeLessThan(150);
  });
});

describe('the queue', () => {
  it('is bounded, and the less urgent never keep the more urgent out', () => {
    const pool = started();
    const taken: Place[] = [];
    const fill = (lane: Lane): number => {
      const before = taken.length;
      for (let next = pool.takePlace(lane); next !== null; next = pool.takePlace(lane)) taken.push(next);
      return taken.length - before;
    };
    expect(fill('other')).toBe(CAPACITY / 2);
    expect(fill('attestation')).toBeGreaterThan(1000);
    expect(fill('proposal')).toBeGreaterThan(100);
    expect(taken).toHaveLength(CAPACITY);
    taken[0]?.leave();
    taken[0]?.leave();
    expect(fill('proposal')).toBe(1);
  });

  it('takes nobody before the threads are started and after they are closed', async () => {
    const pool = new SigningPool({ threads: 1 });
    expect(pool.takePlace('proposal')).toBeNull();
    pool.start();
    const waiting = place(pool);
    await pool.close();
    expect(pool.takePlace('proposal')).toBeNull();
    await expect(waiting.sign(0, rootOf(1))).rejects.toMatchObject({ code: 'NOT_SIGNED' });
  });
});

it('a thread that dies takes the pool with it: nobody waits for ever, and the process is told', async () => {
  const pool = started({ threads: 1, entry: new URL('./dying-thread.ts', import.meta.url) });
  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => place(pool).sign(0, rootOf(1))));
  expect(outcomes.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'rejected',
    'rejected',
  ]);
  expect(await pool.failed).toMatchObject({ code: 'SIGNING_THREAD_DIED' });
  expect(pool.healthy).toBe(false);
  expect(pool.takePlace('proposal')).toBeNull();
});
