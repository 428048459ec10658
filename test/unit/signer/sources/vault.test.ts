import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Pubkey } from '../../../../core/units.ts';
import { generateSecretKey, pubkeyOf } from '../../../../signer/keystore/bls-keys.ts';
import { toHex } from '../../../../core/hex.ts';
import type { KeySource } from '../../../../signer/sources/key-source.ts';
import { secretStoreSource } from '../../../../signer/sources/secret-store.ts';
import { vaultStore } from '../../../../signer/sources/vault-kv.ts';
import { failureOf } from '../keystore/failure.ts';
import { startKvServer, TOKEN, type Fault } from './kv-server.ts';

const newKey = () => {
  const secretKey = generateSecretKey();
  return { pubkey: pubkeyOf(secretKey), hex: toHex(secretKey.toBytes()) };
};

async function world({ timeoutMs = 5000 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-vault-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, `${TOKEN}\n`);
  const server = await startKvServer();
  const keys = ['a', 'b', 'c/d e'.replace('/', '-')].map((name) => ({ name, ...newKey() }));
  for (const { name, hex } of keys) server.secrets.set(name, { value: hex });
  const options = {
    mount: 'secret',
    path: '/validators/',
    field: 'value',
    namespace: null,
    timeoutMs,
    tokenFile,
  };
  const source = secretStoreSource(vaultStore({ address: `${server.address}/`, ...options }));
  return { server, keys, source, tokenFile };
}

/** What a load gives: pubkeys, and the codes of what failed by name. */
async function loaded(source: KeySource, here: readonly Pubkey[] = []) {
  const pubkeys: Pubkey[] = [];
  const failed: Record<string, string> = {};
  const messages: string[] = [];
  const options = { has: (pubkey: Pubkey) => here.includes(pubkey), signal: new AbortController().signal };
  for await (const key of source.load(options)) {
    if (!('error' in key)) pubkeys.push(key.pubkey);
    else {
      failed[key.label.split('/').at(-1)!] = key.error.code;
      messages.push(key.error.message);
    }
  }
  return { pubkeys: pubkeys.sort(), failed, messages };
}

const sorted = (keys: readonly { pubkey: Pubkey }[]) => keys.map(({ pubkey }) => pubkey).sort();

describe('a vault that gives nothing', () => {
  it.each<[Fault, string, RegExp]>([
    ['forbidden', 'KEY_SOURCE_DENIED', /status 403/],
    ['sealed', 'KEY_SOURCE_UNREACHABLE', /status 503/],
    ['missing', 'KEY_SOURCE_ANSWER', /nothing there/],
    ['no-json', 'KEY_SOURCE_ANSWER', /not JSON/],
    ['redirect', 'KEY_SOURCE_ANSWER', /redirects/],
    ['cut', 'KEY_SOURCE_UNREACHABLE', /no connection/],
  ])('%s: says so', async (fault, code, message) => {
    const { server, source } = await world();
    server.faults.set('list', fault);
    const error = await failureOf(() => loaded(source));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain(TOKEN);
  });

  it('is not waited for longer than its timeout', async () => {
    const { server, source } = await world({ timeoutMs: 100 });
    server.faults.set('list', 'silent');
    const error = await failureOf(() => loaded(source));
    expect([error.code, error.message]).toEqual([
      'KEY_SOURCE_UNREACHABLE',
      expect.stringContaining('within 100 ms') as string,
    ]);
  });

  it('is not asked with a token file that is empty, or of two lines', async () => {
    const { server, source, tokenFile } = await world();
    for (const text of ['', '\n', 'one\ntwo']) {
      writeFileSync(tokenFile, text);
      expect((await failureOf(() => loaded(source))).code).toBe('KEY_SOURCE_DENIED');
    }
    expect(server.asked).toEqual([]);
  });

  it('is not there', async () => {
    const { server, tokenFile } = await world();
    const options = { mount: 'secret', path: 'validators', field: 'value', namespace: null, timeoutMs: 1000 };
    const nowhere = secretStoreSource(vaultStore({ address: 'http://127.0.0.1:9', tokenFile, ...options }));
    expect((await failureOf(() => loaded(nowhere))).code).toBe('KEY_SOURCE_UNREACHABLE');
    expect(server.asked).toEqual([]);
  });
});

describe('one secret that is no key', () => {
  it.each<[string, Fault | Record<string, unknown>, string]>([
    ['is gone', 'missing', 'KEY_SOURCE_ANSWER'],
    ['may not be read', 'forbidden', 'KEY_SOURCE_DENIED'],
    ['is cut off', 'cut', 'KEY_SOURCE_UNREACHABLE'],
    ['has another field', { key: `0x${'11'.repeat(32)}` }, 'KEY_SOURCE_ANSWER'],
    ['is a number', { value: 5 }, 'KEY_SOURCE_ANSWER'],
    ['is too short', { value: '11'.repeat(31) }, 'KEY_SOURCE_ANSWER'],
    ['is above the order of the curve', { value: 'ff'.repeat(32) }, 'KEY_SOURCE_ANSWER'],
    ['is zero', { value: '00'.repeat(32) }, 'KEY_SOURCE_ANSWER'],
    ['is empty', { value: '\n' }, 'KEY_SOURCE_ANSWER'],
  ])('because it %s keeps no other back, and its text is in no message', async (_what, wrong, code) => {
    const { server, source, keys } = await world();
    if (typeof wrong === 'string') server.faults.set('b', wrong);
    else server.secrets.set('b', wrong);
    const { pubkeys, failed, messages } = await loaded(source);
    expect(pubkeys).toEqual(sorted([keys[0]!, keys[2]!]));
    expect(failed).toEqual({ b: code });
    expect(messages.join(' ')).not.toMatch(/1111|ffff|0000/);
  });

  it('because it is slow holds up no other', async () => {
    const { server, source, keys } = await world({ timeoutMs: 2000 });
    server.faults.set('a', 'silent');
    const { pubkeys, failed } = await loaded(source);
    expect(pubkeys).toEqual(sorted(keys.slice(1)));
    expect(failed).toEqual({ a: 'KEY_SOURCE_UNREACHABLE' });
  });
});

describe('a vault', () => {
  it('gives all keys, also several of one secret and names that want encoding', async () => {
    const { server, source, keys } = await world();
    const [one, two] = [newKey(), newKey()];
    server.secrets.set('many', { value: `# two\n${one.hex}\r\n\n${two.hex.slice(2).toUpperCase()}\n` });
    const { pubkeys, failed } = await loaded(source);
    expect(failed).toEqual({});
    expect(pubkeys).toEqual(sorted([...keys, one, two]));
  });

  it('is asked again only for what is not here', async () => {
    const { server, source, keys } = await world();
    const { pubkeys } = await loaded(source);
    server.asked.length = 0;
    const late = newKey();
    server.secrets.set('late', { value: late.hex });
    expect((await loaded(source, pubkeys)).pubkeys).toEqual([late.pubkey]);
    expect(server.asked).toEqual(['list', 'late']);
    server.asked.length = 0;
    await loaded(source, [...sorted(keys.slice(1)), late.pubkey]);
    expect(server.asked).toEqual(['list', 'a']);
  });

  it('is read with the token that is in the file now', async () => {
    const { source, tokenFile, keys } = await world();
    writeFileSync(tokenFile, 'old');
    expect((await failureOf(() => loaded(source))).code).toBe('KEY_SOURCE_DENIED');
    writeFileSync(tokenFile, TOKEN);
    expect((await loaded(source)).pubkeys).toEqual(sorted(keys));
  });
});
