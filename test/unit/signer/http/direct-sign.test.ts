import { createServer } from 'node:http';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLogger } from '../../../../core/log/logger.ts';
import { signDirectly } from '../../../../signer/http/direct-sign.ts';
import { hostCheck } from '../../../../signer/http/host-guard.ts';
import { attestation, bytes } from '../../../support/signer-bodies.ts';
import { rawExchange, send, sign, type Answer, type SignOptions } from '../../../support/signer-client.ts';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';

const PATH = '/api/v1/eth2/sign/';
const HEADERS = { 'content-type': 'application/json', 'accept': 'application/json', 'host': 'localhost' };
const vote = JSON.stringify(attestation(53n, 54n));

/** What decides how a client takes an answer. */
const essence = ({ status, headers, text }: Answer) => ({
  status,
  type: headers['content-type'],
  length: Number(headers['content-length']),
  retryAfter: headers['retry-after'],
  authenticate: headers['www-authenticate'],
  text,
});

/** The same request by fastify, which `inject` asks without the listener. */
async function byFastify(
  { app }: SignerFixture,
  identifier: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const request = { method: 'POST', url: `${PATH}${identifier}`, payload: body, headers } as const;
  const { statusCode, headers: answered, payload } = await app.inject(request);
  return { status: statusCode, headers: answered as Answer['headers'], text: payload };
}

async function expectAlike(
  signer: SignerFixture,
  body: string,
  { identifier = signer.pubkey, headers = HEADERS }: SignOptions = {},
): Promise<Answer> {
  const direct = await sign(signer, body, { identifier, headers });
  const fastify = await byFastify(signer, identifier, body, headers);
  expect(essence(direct)).toEqual(essence(fastify));
  return direct;
}

describe('a request answered without fastify gets the answer that fastify would give', () => {
  it.each([
    ['JSON', 'application/json'],
    ['text', 'text/plain'],
    ['anything', '*/*'],
  ])('signed, for who takes %s', async (_name, accept) => {
    const signer = await startSignerFixture();
    expect((await expectAlike(signer, vote, { headers: { ...HEADERS, accept } })).status).toBe(200);
  });

  it.each([
    ['a body that is no JSON', '{"type":', 400],
    ['a message of no type', '{"type":"HANDSHAKE"}', 400],
    ['a vote of another network', vote.replace(/("genesis_validators_root":"0x)../, '$1ff'), 400],
  ])('%s', async (_name, body, status) => {
    const signer = await startSignerFixture();
    for (const accept of ['application/json', 'text/plain']) {
      expect((await expectAlike(signer, body, { headers: { ...HEADERS, accept } })).status).toBe(status);
    }
  });

  it('a key that is not here, and a vote that would be slashable', async () => {
    const signer = await startSignerFixture();
    const identifier = `0x${'ab'.repeat(48)}`;
    expect((await expectAlike(signer, vote, { identifier })).status).toBe(404);
    expect((await sign(signer, vote)).status).toBe(200);
    const second = JSON.stringify(attestation(53n, 54n, { head: bytes(32) }));
    const refused = await expectAlike(signer, second);
    expect(refused.status).toBe(412);
    expect(refused.text).toContain('DOUBLE_VOTE');
  });

  it('a full queue', async () => {
    const signer = await startSignerFixture();
    const places = [];
    for (let at = signer.pool.takePlace('proposal'); at !== null; at = signer.pool.takePlace('proposal')) {
      places.push(at);
    }
    const busy = await expectAlike(signer, vote);
    expect({ status: busy.status, retryAfter: busy.headers['retry-after'] }).toEqual({
      status: 503,
      retryAfter: '1',
    });
    for (const place of places) place.leave();
  });

  it('a client that the access file does not let in', async () => {
    const directory = (await startSignerFixture()).dataDir;
    const accessFile = join(directory, 'access.yaml');
    writeFileSync(accessFile, 'clients: []\nrules: []\n', { mode: 0o600 });
    const signer = await startSignerFixture({ frontDoor: { accessFile, tls: null, rateLimit: null } });
    const denied = await expectAlike(signer, vote);
    expect(denied.status).toBe(401);
    expect(denied.headers['www-authenticate']).toBe('Bearer');
  });

  it('a client that asks too often', async () => {
    const signer = await startSignerFixture({ frontDoor: { accessFile: null, tls: null, rateLimit: 1 } });
    // At once: on a busy machine one after the other may be a second apart, and allowed.
    const limitedOf = async <Answer extends { status: number }>(ask: () => Promise<Answer>) =>
      (await Promise.all([ask(), ask(), ask(), ask()])).find(({ status }) => status === 429);
    const limited = await limitedOf(() => sign(signer, vote));
    const fastify = await limitedOf(() => byFastify(signer, signer.pubkey, vote, HEADERS));
    expect(Number(limited?.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(essence({ ...limited!, text: '' })).toEqual(essence({ ...fastify!, text: '' }));
  });

  it('nothing unusual: a signer that failed says so and no more', async () => {
    const signer = await startSignerFixture();
    signer.keyring.sign = () => Promise.reject(new Error('a secret of the house'));
    const failed = await expectAlike(signer, vote);
    expect(failed.status).toBe(500);
    expect(failed.text).not.toContain('secret');
  });
});

describe('whatever is unusual about a request', () => {
  /** The listener with a fastify that only says that it was asked. */
  async function listener(open = true): Promise<{ url: string; pubkey: string }> {
    const signer = await startSignerFixture();
    const options = {
      desk: signer.desk,
      gate: signer.door.gate,
      log: createLogger('silent'),
      bodyBytes: 4096,
      hosts: hostCheck([]),
      open: () => open,
    };
    const server = createServer(signDirectly((_request, response) => response.end('fastify'), options));
    onTestFinished(() => void server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, pubkey: signer.pubkey };
  }

  it('goes to fastify, and nothing else does', async () => {
    const { url, pubkey } = await listener();
    const asked = (path: string, headers: object, body = vote, method = 'POST') =>
      send(url, path, { method, headers: { ...HEADERS, ...headers }, ...(method === 'GET' ? {} : { body }) });
    const usual = `${PATH}${pubkey}`;
    for (const headers of [{}, { 'content-type': 'application/json; charset=utf-8' }, { accept: '' }]) {
      const { status, text } = await asked(usual, headers);
      expect({ status, signed: /0x[0-9a-f]{192}/.test(text) }).toEqual({ status: 200, signed: true });
    }
    const unusual: [path: string, headers: object, body?: string, method?: string][] = [
      [usual, {}, '', 'GET'],
      [usual, {}, vote, 'PUT'],
      [usual, {}, ' '.repeat(4097)],
      [usual, { 'content-length': '0' }, ''],
      [usual, { 'content-type': 'text/plain' }],
      [usual, { 'content-encoding': 'gzip' }],
      [usual, { origin: 'https://example.com' }],
      [usual, { host: 'evil.example' }],
      [`${usual}?a=1`, {}],
      [`${usual}/`, {}],
      [`${PATH}${pubkey.slice(2)}`, {}],
      [`${PATH}${pubkey.toUpperCase()}`, {}],
      [`${PATH}${pubkey.slice(0, -1)}`, {}],
      [PATH, {}],
      ['/api/v1/eth2/sign', {}],
    ];
    for (const [path, headers, body, method] of unusual) {
      expect({ path, headers, text: (await asked(path, headers, body, method)).text }).toEqual({
        path,
        headers,
        text: 'fastify',
      });
    }
    const chunked = `POST ${usual} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
    expect(await rawExchange(url, chunked)).toContain('fastify');
    const untyped = `POST ${usual} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${vote.length}\r\n\r\n${vote}`;
    expect(await rawExchange(url, untyped)).toContain('fastify');
  });

  it('as everything, once the signer is being stopped', async () => {
    const { url, pubkey } = await listener(false);
    const { text } = await send(url, `${PATH}${pubkey}`, { method: 'POST', headers: HEADERS, body: vote });
    expect(text).toBe('fastify');
  });
});

it('a body in pieces is put together', async () => {
  const signer = await startSignerFixture();
  const head = `POST ${PATH}${signer.pubkey} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${vote.length}\r\n\r\n`;
  const client = connect(Number(new URL(signer.url).port), '127.0.0.1').setEncoding('utf8');
  let heard = '';
  client.on('data', (text: string) => (heard += text));
  client.write(head + vote.slice(0, 100));
  await once(signer.app.server, 'request');
  client.write(vote.slice(100));
  await once(client, 'close');
  expect(heard).toMatch(/^HTTP\/1\.1 200 [^]*0x[0-9a-f]{192}/);
});
