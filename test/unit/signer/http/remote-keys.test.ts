import { describe, expect, it } from 'vitest';
import { call, failure } from '../../../support/signer-call.ts';
import { diskOf } from '../../../support/signer-disk.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';

const PATH = '/eth/v1/remotekeys';
const UNKNOWN = `0x${'a7'.repeat(48)}`;

describe('/eth/v1/remotekeys of a signer, which has none', () => {
  it('lists nothing', async () => {
    const signer = await startSignerFixture();
    const answer = await call(signer, 'GET', PATH);
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('{"data":[]}');
  });

  it('takes none in, and says so for each', async () => {
    const signer = await startSignerFixture();
    const before = await diskOf(signer);
    const keys = [signer.pubkey, UNKNOWN].map((pubkey) => ({ pubkey, url: 'https://other.example' }));
    const answer = await call(signer, 'POST', PATH, { remote_keys: keys });
    expect(answer.status).toBe(200);
    const refused = { status: 'error', message: expect.stringContaining('remote signer') as string };
    expect(JSON.parse(answer.text)).toEqual({ data: [refused, refused] });
    expect((await call(signer, 'GET', PATH)).text).toBe('{"data":[]}');
    expect(await diskOf(signer)).toEqual(before);
  });

  it('finds none to delete, its own keys included, and never answers 404', async () => {
    const signer = await startSignerFixture();
    const before = await diskOf(signer);
    const answer = await call(signer, 'DELETE', PATH, { pubkeys: [signer.pubkey, UNKNOWN, 'x'] });
    expect(answer.status).toBe(200);
    const { data } = JSON.parse(answer.text) as { data: { status: string }[] };
    expect(data.map(({ status }) => status)).toEqual(['not_found', 'not_found', 'not_found']);
    expect(signer.keyring.has(signer.pubkey)).toBe(true);
    expect(await diskOf(signer)).toEqual(before);
  });

  it.each([
    ['POST', {}],
    ['POST', { remote_keys: {} }],
    ['POST', { remote_keys: [UNKNOWN] }],
    ['POST', { remote_keys: [{ url: 'https://other.example' }] }],
    ['DELETE', {}],
    ['DELETE', { pubkeys: UNKNOWN }],
    ['DELETE', { pubkeys: [7] }],
  ])('%s %j is malformed', async (method, body) => {
    const signer = await startSignerFixture({ keys: 0 });
    expect(failure(await call(signer, method, PATH, body))).toEqual({
      status: 400,
      code: 'MALFORMED_REQUEST',
    });
  });

  it.each(['GET', 'POST', 'DELETE'])('%s wants the token', async (method) => {
    const signer = await startSignerFixture({ keys: 0 });
    const body = { remote_keys: [], pubkeys: [] };
    const answer = await call(signer, method, PATH, method === 'GET' ? undefined : body, 'Bearer 0');
    expect(failure(answer)).toEqual({ status: 401, code: 'UNAUTHORIZED' });
  });
});
