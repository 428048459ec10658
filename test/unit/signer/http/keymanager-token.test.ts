import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { loadOrCreateToken } from '../../../../signer/api-token.ts';
import { json, send } from '../../../support/signer-client.ts';
import { diskOf } from '../../../support/signer-disk.ts';
import { PASSWORD, startSignerFixture } from '../../../support/signer-fixture.ts';
import { callKeymanager, KEYSTORES, newKeystore } from '../../../support/signer-keymanager.ts';

describe('GET /eth/v1/keystores', () => {
  it('lists the keys that can sign', async () => {
    const signer = await startSignerFixture({ keys: 2 });
    const answer = await callKeymanager(signer, 'GET');
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(answer.text)).toEqual({
      data: [...signer.pubkeys].sort().map((pubkey) => ({
        validating_pubkey: pubkey,
        derivation_path: '',
        readonly: false,
      })),
    });
  });
});

describe('the token', () => {
  const wrong: Record<string, (token: string) => string | undefined> = {
    'missing': () => undefined,
    'empty': () => '',
    'a bare Bearer': () => 'Bearer ',
    'another one': (token) => `Bearer ${token.replace(/./g, '0')}`,
    'a prefix of it': (token) => `Bearer ${token.slice(0, -1)}`,
    'it and more': (token) => `Bearer ${token}0`,
    'it without Bearer': (token) => token,
    'it as Basic': (token) => `Basic ${Buffer.from(`:${token}`).toString('base64')}`,
  };
  for (const method of ['GET', 'POST', 'DELETE']) {
    it.each(Object.entries(wrong))(`is wanted for ${method}: %s is 401`, async (_name, spoil) => {
      const signer = await startSignerFixture();
      const { text } = await newKeystore();
      const before = await diskOf(signer);
      const authorization = spoil(signer.token);
      const headers = {
        accept: 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
      };
      const body = { keystores: [text], passwords: [PASSWORD], pubkeys: [signer.pubkey] };
      const answer = await send(signer.url, KEYSTORES, {
        ...{ method, headers },
        ...(method === 'GET' ? {} : { body }),
      });
      expect({ status: answer.status, code: json(answer)['code'] }).toEqual({
        status: 401,
        code: 'UNAUTHORIZED',
      });
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.text).not.toContain(signer.pubkey);
      expect(await diskOf(signer)).toEqual(before);
      expect(signer.keyring.pubkeys()).toEqual([signer.pubkey]);
    });
  }

  it('is enough, with the scheme in any letter case', async () => {
    const signer = await startSignerFixture();
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      expect((await callKeymanager(signer, 'GET', undefined, `${scheme} ${signer.token}`)).status).toBe(200);
    }
  });

  it('is asked for before a large body is read', async () => {
    const signer = await startSignerFixture();
    const { hostname, port } = new URL(signer.url);
    const socket = connect(Number(port), hostname);
    socket.write('POST /eth/v1/keystores HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000000\r\n\r\n{');
    // Not one more byte of the body is sent, so the answer cannot have waited for it.
    const [head] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(head.toString()).toMatch(/^HTTP\/1\.1 401 /);
  });
});

describe('a token file without a token', () => {
  it.each(['', '\n', 'short'])(
    '%j is refused at start: a request without a token would match it',
    async (text) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'vigil-token-'));
      writeFileSync(join(dataDir, 'api-token.txt'), text, { mode: 0o600 });
      await expect(loadOrCreateToken(dataDir)).rejects.toMatchObject({ code: 'API_TOKEN_WEAK' });
      rmSync(dataDir, { recursive: true });
    },
  );
});
