import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { toHex } from '../../../../core/hex.ts';
import type { Pubkey } from '../../../../core/units.ts';
import { generateSecretKey, pubkeyOf } from '../../../../signer/keystore/bls-keys.ts';
import { awsStore } from '../../../../signer/sources/aws-secrets.ts';
import { secretStoreSource } from '../../../../signer/sources/secret-store.ts';
import { failureOf } from '../keystore/failure.ts';

/** The vendor's own SDK against a server that speaks its protocol (AWS JSON 1.1) over loopback, two names a page. */
async function startAws() {
  const secrets = new Map<string, object>();
  const errors = new Map<string, string>();
  const signed: boolean[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      signed.push(/^AWS4-HMAC-SHA256 Credential=test-id\//.test(request.headers.authorization ?? ''));
      const query = JSON.parse(text) as { SecretId?: string; NextToken?: string };
      const answer = (status: number, body: object): void => {
        response
          .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
          .end(JSON.stringify(body));
      };
      const isList = request.headers['x-amz-target'] === 'secretsmanager.ListSecrets';
      const error = errors.get(isList ? 'list' : (query.SecretId ?? ''));
      if (error !== undefined) return answer(400, { __type: error, Message: 'no' });
      if (isList) {
        const from = Number(query.NextToken ?? 0);
        const names = [...secrets.keys()];
        const SecretList = names.slice(from, from + 2).map((Name) => ({ Name }));
        return answer(200, {
          SecretList,
          ...(from + 2 < names.length ? { NextToken: String(from + 2) } : {}),
        });
      }
      const value = secrets.get(query.SecretId ?? '');
      if (value === undefined) return answer(400, { __type: 'ResourceNotFoundException', Message: 'no' });
      answer(200, { Name: query.SecretId, ...value });
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const keys = ['a', 'b', 'c'].map((name) => {
    const secretKey = generateSecretKey();
    secrets.set(`vigil/${name}`, { SecretString: toHex(secretKey.toBytes()) });
    return pubkeyOf(secretKey);
  });
  const store = awsStore({ region: 'eu-central-1', prefix: 'vigil/', endpoint });
  return { secrets, errors, signed, keys, source: secretStoreSource(store) };
}

async function load(source: ReturnType<typeof secretStoreSource>) {
  const pubkeys: Pubkey[] = [];
  const failed: string[] = [];
  for await (const key of source.load({ has: () => false, signal: new AbortController().signal })) {
    if ('error' in key) failed.push(`${key.error.code} ${key.label}`);
    else pubkeys.push(key.pubkey);
  }
  return { pubkeys: pubkeys.sort(), failed };
}

const before = { ...process.env };
beforeEach(() => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test-id', AWS_SECRET_ACCESS_KEY: 'test-secret' });
});
afterEach(() => {
  process.env = { ...before };
});

describe('AWS Secrets Manager', () => {
  it('that says no is named as such', async () => {
    const { errors, source } = await startAws();
    errors.set('list', 'AccessDeniedException');
    expect((await failureOf(() => load(source))).code).toBe('KEY_SOURCE_DENIED');
    errors.set('list', 'InternalServiceError');
    expect((await failureOf(() => load(source))).code).toBe('KEY_SOURCE_UNREACHABLE');
  });

  it('without its SDK says which package to install', async () => {
    const missing = awsStore({ region: 'x', prefix: 'y' }, () => Promise.reject(new Error('not found')));
    const error = await failureOf(() => load(secretStoreSource(missing)));
    expect([error.code, error.message]).toEqual([
      'KEY_SOURCE_SDK_MISSING',
      expect.stringContaining('@aws-sdk/client-secrets-manager') as string,
    ]);
  });

  it('gives all keys of all pages under the prefix, asked for with the credentials of the environment', async () => {
    const { keys, secrets, signed, source } = await startAws();
    secrets.set('other/key', { SecretString: toHex(generateSecretKey().toBytes()) });
    expect(await load(source)).toEqual({ pubkeys: [...keys].sort(), failed: [] });
    expect(signed.every((good) => good)).toBe(true);
  });

  it('with one secret that is denied, gone or binary gives the others', async () => {
    const { keys, secrets, errors, source } = await startAws();
    errors.set('vigil/a', 'AccessDeniedException');
    secrets.set('vigil/b', { SecretBinary: 'AAAA' });
    errors.set('vigil/d', 'ResourceNotFoundException');
    secrets.set('vigil/d', {});
    const { pubkeys, failed } = await load(source);
    expect(pubkeys).toEqual([keys[2]]);
    expect(failed.map((line) => line.split(' ')[0]).sort()).toEqual([
      'KEY_SOURCE_ANSWER',
      'KEY_SOURCE_DENIED',
      'KEY_SOURCE_UNREACHABLE',
    ]);
  });
});
