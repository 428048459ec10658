import { expect, inject, it, onTestFinished } from 'vitest';
import { queryAt } from '../support/postgres.ts';
import { freshDatabase, openSigner, throughPort } from '../support/postgres-guards.ts';
import { att, KEY_A } from '../support/slashing-fixtures.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { verdict } from '../support/temp-guard.ts';

const KEYS = 5000;
/** What their rows take, and no less. */
const BYTES = 130 * KEYS;

it('a signer comes back over a link on which its keys take longer than any answer may; the others sign meanwhile', async () => {
  const url = await freshDatabase();
  const other = await openSigner(url, { instance: 'other' });
  await other.admitKey(KEY_A, false);
  await queryAt(
    url,
    `INSERT INTO keys (pubkey, state, revision)
      SELECT decode(lpad(to_hex(n), 96, '0'), 'hex'), 'active', 1 FROM generate_series(1000000, ${1000000 + KEYS}) AS n`,
  );
  const proxy = await TcpProxy.to(Number(new URL(inject('postgresUrl')).port));
  onTestFinished(() => proxy.close());
  const guard = await openSigner(throughPort(url, proxy.port));
  expect(guard.listKeys()).toHaveLength(KEYS + 2);
  proxy.answerBytesPerMs = BYTES / 6000;
  proxy.breakAll();
  await expect.poll(() => guard.unavailable, { timeout: 5000, interval: 5 }).not.toBeNull();
  // Nothing is locked while they are read.
  let signed = 0n;
  while (guard.unavailable !== null) {
    signed += 1n;
    expect(await verdict(other, KEY_A, att(signed, signed + 1n))).toBe('released');
  }
  expect(signed).toBeGreaterThan(0n);
  expect(await verdict(guard, KEY_A, att(signed, signed + 2n))).toBe('released');
});
