import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { attestation, bytes } from '../../../support/signer-bodies.ts';
import { json, JSON_HEADERS, LEFT_OPEN, rawExchange, sign } from '../../../support/signer-client.ts';
import { diskOf } from '../../../support/signer-disk.ts';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';

const KILOBYTE = { bodyBytes: 1024, requestMs: 10_000 };
const body = JSON.stringify(attestation(53n, 54n));

const head = (signer: SignerFixture, ...headers: string[]): string =>
  [
    `POST /api/v1/eth2/sign/${signer.pubkey} HTTP/1.1`,
    'Host: localhost',
    'Accept: application/json',
    ...headers,
  ]
    .map((line) => `${line}\r\n`)
    .join('') + '\r\n';

const statusOf = (text: string): string => text.split('\r\n', 1)[0] ?? '';
const chunk = (data: string): string => `${Buffer.byteLength(data).toString(16)}\r\n${data}\r\n`;

afterEach(() => vi.restoreAllMocks());

/** Runs an exchange that must leave no signature and no trace, on a connection that the server closes. */
async function withoutTrace(signer: SignerFixture, exchange: () => Promise<string>): Promise<string> {
  const before = await diskOf(signer);
  const text = await exchange();
  expect(text).not.toContain(LEFT_OPEN);
  expect(text).not.toMatch(/0x[0-9a-f]{192}/i);
  expect(await diskOf(signer)).toEqual(before);
  return text;
}

describe('2: a body over the limit', () => {
  it('is refused at its announced length, before any of it comes', async () => {
    const signer = await startSignerFixture();
    const text = await withoutTrace(signer, () =>
      rawExchange(signer.url, head(signer, `Content-Length: ${1024 * 1024 + 1}`)),
    );
    expect(statusOf(text)).toBe('HTTP/1.1 413 Payload Too Large');
    expect(text).toContain('"code":"BODY_TOO_LARGE"');
  });

  it('is refused in chunks without a length, as soon as the limit is passed', async () => {
    const signer = await startSignerFixture({ limits: KILOBYTE });
    const text = await withoutTrace(signer, () =>
      // No last chunk: an answer can only come because the server stopped reading.
      rawExchange(signer.url, head(signer, 'Transfer-Encoding: chunked'), chunk(' '.repeat(2000))),
    );
    expect(statusOf(text)).toBe('HTTP/1.1 413 Payload Too Large');
  });

  it('is signed when it is just at the limit', async () => {
    const signer = await startSignerFixture();
    const padded = body.padEnd(1024 * 1024, ' ');
    expect((await sign(signer, padded)).status).toBe(200);
    expect(json(await sign(signer, `${padded} `))['code']).toBe('BODY_TOO_LARGE');
  });
});

describe('3: a body that comes too slowly', () => {
  it.each([
    ['in its headers', (signer: SignerFixture) => head(signer).slice(0, -20)],
    ['in its body', (signer: SignerFixture) => head(signer, 'Content-Length: 900') + body.slice(0, 50)],
    ['in its chunks', (signer: SignerFixture) => head(signer, 'Transfer-Encoding: chunked') + chunk(body)],
  ])('is given up %s, and the connection with it', async (_where, piece) => {
    const signer = await startSignerFixture({ limits: { bodyBytes: 4096, requestMs: 200 } });
    const text = await withoutTrace(signer, () => rawExchange(signer.url, piece(signer)));
    expect(statusOf(text)).toMatch(/^$|^HTTP\/1\.1 408 /);
  });
});

describe('5: a body without a content type', () => {
  it('is read as JSON', async () => {
    const signer = await startSignerFixture();
    const answer = await sign(signer, body, { headers: { accept: 'application/json' } });
    expect(answer.status).toBe(200);
  });

  it.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/json ;x=1'])(
    'is as good as one of %s',
    async (type) => {
      const signer = await startSignerFixture();
      const answer = await sign(signer, body, { headers: { ...JSON_HEADERS, 'content-type': type } });
      expect(answer.status).toBe(200);
    },
  );
});

describe('44: requests that two parties may frame differently', () => {
  const length = `Content-Length: ${body.length}`;
  const chunked = 'Transfer-Encoding: chunked';
  it.each([
    ['a length and chunks', [length, chunked], `${chunk(body)}0\r\n\r\n`],
    ['chunks and a length', [chunked, length], `${chunk(body)}0\r\n\r\n`],
    ['two lengths', [length, `Content-Length: ${body.length - 1}`], body],
    ['a length with a sign', [`Content-Length: +${body.length}`], body],
    ['an obscured transfer encoding', ['Transfer-Encoding: xchunked'], `${chunk(body)}0\r\n\r\n`],
    ['a space before the colon', [`Content-Length : ${body.length}`], body],
    ['a chunk size that is no hex', [chunked], `zz\r\n${body}\r\n0\r\n\r\n`],
  ])('%s: refused and closed', async (_name, headers, payload) => {
    const signer = await startSignerFixture();
    const text = await withoutTrace(signer, () =>
      rawExchange(signer.url, head(signer, ...headers) + payload, head(signer, length) + body),
    );
    expect(statusOf(text)).toBe('HTTP/1.1 400 Bad Request');
    // The request behind it was never looked at.
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('answers honest pipelined requests in order, and the second of a conflicting pair with a refusal', async () => {
    const signer = await startSignerFixture();
    const conflicting = JSON.stringify(attestation(53n, 54n, { head: bytes(32) }));
    const close = head(signer, `Content-Length: ${conflicting.length}`, 'Connection: close');
    const text = await rawExchange(signer.url, head(signer, length) + body + close + conflicting);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 412']);
    expect(text).toContain('"code":"DOUBLE_VOTE"');
  });
});

describe('47: a client that leaves after its message was reserved', () => {
  it('leaves the record behind: the conflicting message stays refused, the same one is signed', async () => {
    const signer = await startSignerFixture();
    const client = connect(Number(new URL(signer.url).port), '127.0.0.1');
    const outcome = Promise.withResolvers<string>();
    const original = signer.keyring.sign.bind(signer.keyring);
    vi.spyOn(signer.keyring, 'sign').mockImplementationOnce(async (pubkey, message) => {
      const released = original(pubkey, message);
      client.destroy();
      outcome.resolve((await released)?.kind ?? 'no key');
      return released;
    });
    client.write(head(signer, `Content-Length: ${body.length}`) + body);
    await once(client, 'close');

    expect(await outcome.promise).toBe('released');
    expect((await diskOf(signer)).tables['attestation_watermarks']).toMatchObject([
      { source: 53n, target: 54n },
    ]);
    const other = await sign(signer, attestation(53n, 54n, { head: bytes(32) }));
    expect(json(other)['code']).toBe('DOUBLE_VOTE');
    expect((await sign(signer, body)).status).toBe(200);
  });
});
