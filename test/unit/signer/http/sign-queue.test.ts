import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Lane } from '../../../../signer/bls/job-table.ts';
import type { Place } from '../../../../signer/bls/place.ts';
import { attestation, block, bytes, randaoReveal } from '../../../support/signer-bodies.ts';
import { json, JSON_HEADERS, send, sign } from '../../../support/signer-client.ts';
import {
  generate,
  getPubkeys,
  newProxy,
  requestSignature,
  startCommitBoostSigner,
} from '../../../support/signer-commit-boost.ts';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';
import { NOW_SLOT } from '../../../support/signer-network.ts';

const ROOT = bytes(32, 'd4');

function fill(signer: SignerFixture, lane: Lane): Place[] {
  const taken: Place[] = [];
  for (let next = signer.pool.takePlace(lane); next !== null; next = signer.pool.takePlace(lane))
    taken.push(next);
  return taken;
}

describe('a full queue', () => {
  it('answers 503 with Retry-After and records nothing; more urgent requests still get in', async () => {
    const signer = await startSignerFixture();
    const places = fill(signer, 'attestation');
    const url = `/api/v1/eth2/sign/${signer.pubkey}`;
    const body = JSON.stringify(attestation(53n, 54n));
    const answer = await send(signer.url, url, { method: 'POST', headers: JSON_HEADERS, body });
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(json(answer)['code']).toBe('SIGNER_BUSY');
    expect(signer.guard.statusOf(signer.pubkey).attestation).toBeNull();
    expect((await sign(signer, block(NOW_SLOT))).status).toBe(200);
    expect((await sign(signer, randaoReveal(55n))).status).toBe(200);
    for (const place of places) place.leave();
    expect((await sign(signer, attestation(53n, 54n))).status).toBe(200);
  });
});

describe('a full queue of a Commit-Boost signer', () => {
  it('answers 503 with Retry-After too, and only what needs no place is signed', async () => {
    const signer = await startCommitBoostSigner();
    const proxy = (await newProxy(signer, 'ECDSA')).message.proxy;
    const asks = [
      () => requestSignature(signer, { type: 'CONSENSUS', pubkey: signer.pubkey, object_root: ROOT }),
      () => generate(signer, { pubkey: signer.pubkey, scheme: 'BLS' }),
    ];
    const keys = await getPubkeys(signer);
    const places = fill(signer, 'other');
    for (const ask of asks) {
      const { status, headers, text } = await ask();
      expect({ status, retryAfter: headers['retry-after'] }).toEqual({ status: 503, retryAfter: '1' });
      expect(JSON.parse(text)).toEqual({ code: 503, message: 'Service Unavailable', reason: 'SIGNER_BUSY' });
    }
    expect(await getPubkeys(signer)).toEqual(keys);
    const byProxy = { type: 'PROXY_ECDSA', pubkey: proxy, object_root: ROOT };
    expect((await requestSignature(signer, byProxy)).status).toBe(200);
    for (const place of places) place.leave();
    for (const ask of asks) {
      const { status, headers } = await ask();
      expect({ status, retryAfter: headers['retry-after'] }).toEqual({ status: 200, retryAfter: undefined });
    }
  });
});

// A FIN is all that the signer sees of either: whoever waits on must keep its side open.
it.each([
  ['is closed', (client: Socket) => client.destroy()],
  ['is closed by half', (client: Socket) => client.end()],
])('what was asked for on a connection that %s is recorded and not signed', async (_name, leave) => {
  const signer = await startSignerFixture();
  const slot = signer.pool.secretKeys.add(new Uint8Array(32).fill(1));
  // Work for a while, so that the vote waits.
  const ahead = Array.from({ length: 400 }, () =>
    signer.pool.takePlace('proposal')!.sign(slot, new Uint8Array(32)),
  );
  const client = connect(Number(new URL(signer.url).port), '127.0.0.1');
  let heard = '';
  client.on('data', (data: Buffer) => (heard += data.toString()));
  const body = JSON.stringify(attestation(53n, 54n));
  client.write(
    `POST /api/v1/eth2/sign/${signer.pubkey} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  while (signer.pool.queued < 401) await new Promise((resolve) => setImmediate(resolve));
  leave(client);
  await once(client, 'close');
  await Promise.all(ahead);
  while (signer.pool.queued > 400) await new Promise((resolve) => setImmediate(resolve));
  const { values } = await signer.metrics.signRequests.get();
  const count = (result: string): number =>
    values
      .filter(({ labels }) => labels.type === 'ATTESTATION' && labels.result === result)
      .reduce((sum, { value }) => sum + value, 0);
  expect({ signed: count('signed'), rejected: count('rejected') }).toEqual({ signed: 0, rejected: 1 });
  expect(heard).toBe('');
  expect(signer.guard.statusOf(signer.pubkey).attestation?.target).toBe(54n);
});
