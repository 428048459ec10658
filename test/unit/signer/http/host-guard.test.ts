import { request } from 'node:http';
import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { hostCheck, refuseBrowsers } from '../../../../signer/http/host-guard.ts';
import { randaoReveal } from '../../../support/signer-bodies.ts';
import { json, JSON_HEADERS, rawExchange, send, sign } from '../../../support/signer-client.ts';
import { diskOf } from '../../../support/signer-disk.ts';
import { PASSWORD, startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';
import { KEYSTORES, newKeystore } from '../../../support/signer-keymanager.ts';

function upcheck(
  signer: SignerFixture,
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${signer.url}/upcheck`, { headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject).end();
  });
}

it.each([
  'localhost',
  'LOCALHOST:9000',
  'localhost.',
  '127.0.0.1:9000',
  '10.1.2.3',
  '[::1]:9000',
  'signer.example:1',
])('answers to the name %s', async (host) => {
  expect((await upcheck(await startSignerFixture(), { host })).status).toBe(200);
});

it('does not answer to an empty name; HTTP/1.0 needs none', async () => {
  const signer = await startSignerFixture();
  const statusOf = async (head: string) => (await rawExchange(signer.url, head)).split(' ')[1];
  expect(await statusOf('GET /upcheck HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n')).toBe('403');
  expect(await statusOf('GET /upcheck HTTP/1.0\r\n\r\n')).toBe('200');
});

it.each([
  ':9000',
  'evil.example',
  'evil.example:9000',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'signer.example.evil',
])('does not answer to the name %s, which a page may have made resolve to this machine', async (host) => {
  const answer = await upcheck(await startSignerFixture(), { host, accept: 'application/json' });
  expect(answer.status).toBe(403);
  expect(JSON.parse(answer.text)).toMatchObject({ code: 'HOST_NOT_ALLOWED' });
});

it.each(['http://localhost:9000', 'https://evil.example', 'null'])(
  'does not answer a page of origin %s',
  async (origin) => {
    const answer = await upcheck(await startSignerFixture(), { origin, accept: 'application/json' });
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'ORIGIN_NOT_ALLOWED' });
  },
);

describe('what a page might send past the preflight', () => {
  const ORIGIN = { origin: 'https://evil.example' };

  it.each([{}, { 'content-type': 'application/json' }, { 'content-type': 'text/plain' }])(
    'gets no signature with an Origin and %j',
    async (headers) => {
      const signer = await startSignerFixture();
      const answer = await sign(signer, randaoReveal(55n), {
        headers: { accept: 'application/json', ...ORIGIN, ...headers },
      });
      expect({ status: answer.status, code: json(answer)['code'] }).toEqual({
        status: 403,
        code: 'ORIGIN_NOT_ALLOWED',
      });
    },
  );

  it.each(['POST', 'DELETE'])('changes no key by %s, even with the token', async (method) => {
    const signer = await startSignerFixture();
    const { text } = await newKeystore();
    const before = await diskOf(signer);
    const answer = await send(signer.url, KEYSTORES, {
      method,
      headers: { ...JSON_HEADERS, ...ORIGIN, authorization: `Bearer ${signer.token}` },
      body: { keystores: [text], passwords: [PASSWORD], pubkeys: [signer.pubkey] },
    });
    expect(answer.status).toBe(403);
    expect(await diskOf(signer)).toEqual(before);
  });

  it.each(['text/plain', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded'])(
    'is not read as %s, the types that need no preflight',
    async (type) => {
      const signer = await startSignerFixture();
      const headers = { 'accept': 'application/json', 'content-type': type };
      expect((await sign(signer, randaoReveal(55n), { headers })).status).toBe(415);
      const authorization = `Bearer ${signer.token}`;
      const options = { method: 'POST', headers: { ...headers, authorization }, body: '{}' };
      expect((await send(signer.url, KEYSTORES, options)).status).toBe(415);
    },
  );

  it('gets no permission to send more', async () => {
    const signer = await startSignerFixture();
    const headers = { ...ORIGIN, 'access-control-request-method': 'POST' };
    const answer = await send(signer.url, KEYSTORES, { method: 'OPTIONS', headers });
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('a request without a Host', () => {
  const ask = async (...lines: string[]): Promise<string> => {
    const signer = await startSignerFixture();
    return rawExchange(signer.url, ['GET /upcheck HTTP/1.0', ...lines, '', ''].join('\r\n'));
  };

  it('is answered, as HTTP/1.0 has none', async () => {
    expect(await ask()).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('is not answered to a page', async () => {
    expect(await ask('Origin: https://evil.example')).toMatch(/^HTTP\/1\.1 403 /);
  });
});

it('names the setting that lets a host in', async () => {
  const answer = await upcheck(await startSignerFixture(), {
    host: 'evil.example',
    accept: 'application/json',
  });
  const { message, hint } = JSON.parse(answer.text) as { message: string; hint: string };
  expect(message).toContain('evil.example');
  expect(hint).toContain('--http-host-allowlist');
});

describe('the names that an operator lists', () => {
  /** What a signer with that list answers to a Host, without a listener in between. */
  const answersTo = async (allowed: readonly string[], host: string): Promise<boolean> => {
    const app = Fastify();
    app.addHook('onRequest', refuseBrowsers(hostCheck(allowed)));
    app.get('/', (_request, reply) => reply.send('OK'));
    return (await app.inject({ url: '/', headers: { host } })).statusCode === 200;
  };

  it.each(['Signer.Lan', 'signer.lan:9000', 'signer.lan.'])('may be spelled %s', async (name) => {
    expect(await answersTo([name], 'signer.lan:9000')).toBe(true);
    expect(await answersTo([name], 'other.lan:9000')).toBe(false);
  });

  it('may be all', async () => {
    expect(await answersTo(['*'], 'any.example')).toBe(true);
  });

  it('are no patterns', async () => {
    expect(await answersTo(['*.lan'], 'signer.lan')).toBe(false);
  });
});
