import { describe, expect, it } from 'vitest';
import { attestation, bytes } from '../../../support/signer-bodies.ts';
import { json, send, sign } from '../../../support/signer-client.ts';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

const vote = attestation(53n, 54n);
const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';

const get = ({ url }: SignerFixture, path: string, accept?: string) =>
  send(url, path, { headers: accept === undefined ? {} : { accept } });

describe('the form of an answer to a sign request', () => {
  const cases: [accept: string | undefined, form: 'json' | 'text'][] = [
    [undefined, 'text'],
    ['', 'text'],
    ['text/plain', 'text'],
    ['text/html, application/xml', 'text'],
    ['application/jsonx', 'text'],
    ['application/json', 'json'],
    ['Application/JSON', 'json'],
    ['*/*', 'json'],
    ['text/plain, application/json', 'json'],
    ['application/json;q=0.9, text/plain;q=1', 'json'],
    ['text/plain;q=0.5,*/*;q=0.1', 'json'],
  ];
  it.each(cases)('for Accept %s is %s, signed or refused', async (accept, form) => {
    const signer = await startSignerFixture();
    const headers = { 'content-type': 'application/json', ...(accept === undefined ? {} : { accept }) };
    const signed = await sign(signer, vote, { headers });
    const refused = await sign(signer, attestation(52n, 55n), { headers });
    const malformed = await sign(signer, '{', { headers });

    expect([signed.status, refused.status, malformed.status]).toEqual([200, 412, 400]);
    for (const { headers: answered } of [signed, refused, malformed]) {
      expect(answered['content-type']).toBe(form === 'json' ? JSON_TYPE : TEXT_TYPE);
    }
    if (form === 'json') {
      expect(json(signed)).toEqual({ signature: expect.stringMatching(/^0x[0-9a-f]{192}$/) as string });
      expect(json(refused)).toMatchObject({ code: 'SURROUND_VOTE' });
      expect(json(malformed)).toMatchObject({ code: 'BAD_JSON' });
    } else {
      expect(signed.text).toMatch(/^0x[0-9a-f]{192}$/);
      expect(refused.text).toMatch(/^SURROUND_VOTE: /);
      expect(malformed.text).toMatch(/^BAD_JSON: /);
    }
  });
});

describe('36: an identifier', () => {
  const spellings: Record<string, (pubkey: string) => string> = {
    'without 0x': (pubkey) => pubkey.slice(2),
    'in upper case': (pubkey) => `0x${pubkey.slice(2).toUpperCase()}`,
    'in upper case without 0x': (pubkey) => pubkey.slice(2).toUpperCase(),
    'with an encoded x': (pubkey) => pubkey.replace('0x', '0%78'),
  };
  it.each(Object.entries(spellings))('%s means the same key', async (_name, spell) => {
    const signer = await startSignerFixture();
    const plain = await sign(signer, vote);
    const spelled = await sign(signer, vote, { identifier: spell(signer.pubkey) });
    expect(spelled.status).toBe(200);
    expect(spelled.text).toBe(plain.text);
  });

  it.each(['%zz', `${bytes(48)}/`, '', '..%2f..', bytes(2000)])(
    'that is no path (%s) is not found or malformed',
    async (identifier) => {
      const signer = await startSignerFixture();
      const answer = await sign(signer, vote, { identifier });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(json(answer)['code']).toMatch(/^[A-Z_]+$/);
    },
  );
});

describe('a signing root that is sent along', () => {
  /** The root that the signer computed, from its own complaint about another one. */
  async function rootOf(signer: SignerFixture): Promise<string> {
    const { message } = json(await sign(signer, { ...vote, signingRoot: bytes(32) }));
    return /that of the message is (0x[0-9a-f]{64})/.exec(message!)![1]!;
  }

  it('is taken in either spelling, in both when they agree, in any letter case', async () => {
    const signer = await startSignerFixture();
    const root = await rootOf(signer);
    const upper = `0x${root.slice(2).toUpperCase()}`;
    const accepted = [
      { signing_root: root },
      { signingRoot: root },
      { signing_root: root, signingRoot: upper },
    ];
    for (const roots of [...accepted, { signing_root: null }, {}]) {
      expect((await sign(signer, { ...vote, ...roots })).status).toBe(200);
    }
  });

  it('is refused when the two spellings differ, whichever of them is right', async () => {
    const signer = await startSignerFixture();
    const root = await rootOf(signer);
    for (const [one, two] of [
      [root, bytes(32)],
      [bytes(32), root],
    ]) {
      const answer = await sign(signer, { ...vote, signing_root: one, signingRoot: two });
      expect({ status: answer.status, code: json(answer)['code'] }).toEqual({
        status: 400,
        code: 'SIGNING_ROOT_MISMATCH',
      });
    }
  });
});

describe('GET /api/v1/eth2/publicKeys', () => {
  const path = '/api/v1/eth2/publicKeys';

  it.each([undefined, '', '*/*', 'application/json', 'application/*', 'text/plain, */*;q=0.1'])(
    'lists the keys that can sign, sorted, for Accept %s',
    async (accept) => {
      const signer = await startSignerFixture({ keys: 3 });
      const answer = await get(signer, path, accept);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toBe(JSON_TYPE);
      expect(JSON.parse(answer.text)).toEqual([...signer.pubkeys].sort());
    },
  );

  it('is an empty list without keys', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    expect((await get(signer, path)).text).toBe('[]');
  });

  it('is not to be had as text', async () => {
    const signer = await startSignerFixture();
    const answer = await get(signer, path, 'text/plain');
    expect(answer.status).toBe(406);
    expect(answer.text).not.toContain(signer.pubkey);
  });
});

describe('GET /upcheck', () => {
  it.each([
    [undefined, 'OK', TEXT_TYPE],
    ['*/*', 'OK', TEXT_TYPE],
    ['text/plain', 'OK', TEXT_TYPE],
    ['', 'OK', TEXT_TYPE],
    ['text/*;q=0.5', 'OK', TEXT_TYPE],
    // What several HTTP libraries send unasked: who compares the answer with OK has to get it.
    ['application/json, text/plain, */*', 'OK', TEXT_TYPE],
    ['application/json', '{"status":"OK"}', JSON_TYPE],
    ['application/*', '{"status":"OK"}', JSON_TYPE],
  ])('for Accept %s says %s', async (accept, text, type) => {
    const signer = await startSignerFixture({ keys: 0 });
    const answer = await get(signer, '/upcheck', accept);
    expect({ ...answer, headers: answer.headers['content-type'] }).toEqual({
      status: 200,
      headers: type,
      text,
    });
  });
});

it.each(['image/png', 'text/html', 'application/jsonx'])(
  'GET /upcheck has nothing for Accept %s',
  async (accept) => {
    const signer = await startSignerFixture({ keys: 0 });
    const answer = await get(signer, '/upcheck', accept);
    expect(answer.status).toBe(406);
    expect(answer.text).toMatch(/^NOT_ACCEPTABLE: /);
  },
);

describe('GET /healthcheck', () => {
  it('has the shape that clients of Web3Signer read', async () => {
    const signer = await startSignerFixture({ keys: 2 });
    const answer = await get(signer, '/healthcheck', 'text/plain');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe(JSON_TYPE);
    expect(JSON.parse(answer.text)).toEqual({
      status: 'UP',
      checks: [
        {
          id: 'keys-check',
          status: 'UP',
          checks: [
            { id: 'config-files-loading', status: 'UP', data: { 'keys-loaded': 2, 'error-count': 0 } },
          ],
        },
        { id: 'slashing-protection-db-health-check', status: 'UP' },
        { id: 'clock-check', status: 'UP' },
        { id: 'signing-threads-check', status: 'UP' },
      ],
      outcome: 'UP',
    });
  });

  it('is DOWN when a stored key could not be opened, while the others sign', async () => {
    const first = await startSignerFixture({ keys: 2 });
    const [lost, kept] = first.pubkeys as readonly string[] as readonly [string, string];
    await first.close();
    await rm(join(first.dataDir, 'secrets', lost));
    const signer = await startSignerFixture({ dataDir: first.dataDir, keys: 0 });

    const answer = await get(signer, '/healthcheck');
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toMatchObject({
      status: 'DOWN',
      outcome: 'DOWN',
      checks: [
        { id: 'keys-check', status: 'DOWN', checks: [{ data: { 'keys-loaded': 1, 'error-count': 1 } }] },
        { status: 'UP' },
        { status: 'UP' },
        { status: 'UP' },
      ],
    });
    expect((await sign(signer, vote, { identifier: kept })).status).toBe(200);
    expect((await sign(signer, vote, { identifier: lost })).status).toBe(404);
  });

  it('is DOWN with its reason while the clock is in doubt', async () => {
    const signer = await startSignerFixture({ clockDoubt: () => 'the clocks differ' });
    const answer = await get(signer, '/healthcheck');
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toMatchObject({
      status: 'DOWN',
      checks: [
        { status: 'UP' },
        { status: 'UP' },
        { id: 'clock-check', status: 'DOWN', data: { reason: 'the clocks differ' } },
        { status: 'UP' },
      ],
    });
  });
});

it('GET /healthcheck tells of the further parts of the daemon, each of which can be DOWN', async () => {
  const part = (status: 'UP' | 'DOWN') => ({ id: 'worker-check', status, data: { workers: 2 } });
  for (const [status, code] of [
    ['UP', 200],
    ['DOWN', 503],
  ] as const) {
    const signer = await startSignerFixture({ keys: 0, further: () => [part(status)] });
    const answer = await get(signer, '/healthcheck');
    expect(answer.status).toBe(code);
    const { checks, ...rest } = JSON.parse(answer.text) as { checks: unknown[] };
    expect(rest).toEqual({ status, outcome: status });
    expect(checks.at(-1)).toEqual(part(status));
  }
});

describe('a path or method that is not there', () => {
  it.each(['/', '/api/v1/eth2/publickeys', '/metrics', '/reload/', '/healthcheck/x'])(
    'GET %s is 404',
    async (path) => {
      const signer = await startSignerFixture({ keys: 0 });
      const answer = await get(signer, path, 'application/json');
      expect({ status: answer.status, code: json(answer)['code'] }).toEqual({
        status: 404,
        code: 'NOT_FOUND',
      });
    },
  );

  const sample = `/api/v1/eth2/sign/${bytes(48)}`;
  it.each([
    ['GET', sample, ['POST']],
    ['DELETE', sample, ['POST']],
    ['POST', '/api/v1/eth2/publicKeys', ['GET', 'HEAD']],
    ['POST', '/upcheck', ['GET', 'HEAD']],
    ['PUT', '/healthcheck', ['GET', 'HEAD']],
    ['DELETE', '/reload', ['GET', 'HEAD', 'POST']],
    ['POST', '/api/v1/eth2/highWatermark', ['GET', 'HEAD']],
    ['PATCH', '/eth/v1/keystores', ['DELETE', 'GET', 'HEAD', 'POST']],
  ])('%s %s is 405 and names what is allowed', async (method, path, allowed) => {
    const signer = await startSignerFixture({ keys: 0 });
    const answer = await send(signer.url, path, { method, headers: { accept: 'application/json' } });
    expect({ status: answer.status, code: json(answer)['code'] }).toEqual({
      status: 405,
      code: 'METHOD_NOT_ALLOWED',
    });
    expect(answer.headers.allow?.split(', ').sort()).toEqual(allowed);
  });
});
