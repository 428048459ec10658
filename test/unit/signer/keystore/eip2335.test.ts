import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../../core/hex.ts';
import type { JsonObject } from '../../../../core/json/parse-strict-json.ts';
import { generateSecretKey, pubkeyOf } from '../../../../signer/keystore/bls-keys.ts';
import { openSealed, sealSecret } from '../../../../signer/keystore/cipher.ts';
import {
  decryptKeystore,
  encryptKeystore,
  parseKeystore,
  pubkeyNamedBy,
  unlockKeystore,
} from '../../../../signer/keystore/eip2335.ts';
import { decodePassword, encodePassword } from '../../../../signer/keystore/password.ts';
import { CHEAP_KDF, cheapKeystore } from './cheap-keystore.ts';
import { failureOf } from './failure.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../../fixtures/keystores/eip2335-${name}.json`, import.meta.url), 'utf8');

/** The password and the secret of both test vectors published in EIP-2335. */
const PASSWORD = '𝔱𝔢𝔰𝔱𝔭𝔞𝔰𝔰𝔴𝔬𝔯𝔡🔑';
const SECRET = '0x000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f';
const PUBKEY =
  '0x9612d7a727c9d0a22e185a1c768478dfe919cada9266988cb32359c11f2b7b27f4ae4040902382ae2910c15e2b420d07';

describe('malformed keystores are refused', () => {
  const scrypt = () => JSON.parse(fixture('scrypt')) as JsonObject;
  const pbkdf2 = () => JSON.parse(fixture('pbkdf2')) as JsonObject;
  /** The vector with one place changed; `undefined` takes the place away. */
  const changed = (base: JsonObject, path: string, value: unknown): JsonObject => {
    const keys = path.split('.');
    const last = keys.pop()!;
    const place = keys.reduce((at, key) => at[key] as JsonObject, base);
    if (value === undefined) Reflect.deleteProperty(place, last);
    else place[last] = value as string;
    return base;
  };

  it.each<[string, unknown]>([
    ['version', 3],
    ['version', '4'],
    ['version', undefined],
    ['crypto', undefined],
    ['crypto', []],
    ['crypto.extra', 1],
    ['crypto.kdf', undefined],
    ['crypto.kdf.function', 'argon2'],
    ['crypto.kdf.function', 'Scrypt'],
    ['crypto.kdf.function', 'pbkdf2'],
    ['crypto.kdf.message', '00'],
    ['crypto.kdf.extra', 1],
    ['crypto.kdf.params.dklen', 16],
    ['crypto.kdf.params.dklen', 64],
    ['crypto.kdf.params.n', 262_143],
    ['crypto.kdf.params.n', 1],
    ['crypto.kdf.params.n', 0],
    ['crypto.kdf.params.n', -262_144],
    ['crypto.kdf.params.n', 2.5],
    ['crypto.kdf.params.n', '262144'],
    ['crypto.kdf.params.n', undefined],
    ['crypto.kdf.params.r', 0],
    ['crypto.kdf.params.r', 1],
    ['crypto.kdf.params.p', 0],
    ['crypto.kdf.params.p', null],
    ['crypto.kdf.params.c', 1],
    ['crypto.kdf.params.salt', ''],
    ['crypto.kdf.params.salt', '0x00'],
    ['crypto.kdf.params.salt', 'abc'],
    ['crypto.kdf.params.salt', 'zz'],
    ['crypto.kdf.params.salt', '00'.repeat(257)],
    ['crypto.checksum.function', 'keccak256'],
    ['crypto.checksum.params', { rounds: 1 }],
    ['crypto.checksum.message', '00'],
    ['crypto.checksum.message', undefined],
    ['crypto.cipher.function', 'aes-256-gcm'],
    ['crypto.cipher.params.iv', '264daa3f303d7259501c93d997d84f'],
    ['crypto.cipher.params.iv', undefined],
    ['crypto.cipher.message', '06'],
    ['crypto.cipher.message', '06'.repeat(33)],
    ['pubkey', '9612'],
    ['pubkey', 5],
    ['path', 5],
    ['uuid', undefined],
    ['uuid', 'not-a-uuid'],
    ['description', 7],
  ])('%s = %j', async (path, value) => {
    const error = await failureOf(() => parseKeystore(changed(scrypt(), path, value), 'file'));
    expect(error.code).toBe('KEYSTORE_INVALID');
    expect(error.message).toMatch(/^file/);
  });

  it.each([undefined, null])('a path of %s is how other tools say that they know none', (path) => {
    expect(parseKeystore(changed(pbkdf2(), 'path', path), 'file').path).toBe('');
  });

  it.each<[string, unknown]>([
    ['crypto.kdf.params.prf', 'hmac-sha512'],
    ['crypto.kdf.params.prf', undefined],
    ['crypto.kdf.params.c', 0],
    ['crypto.kdf.params.c', -1],
    ['crypto.kdf.params.n', 2],
  ])('pbkdf2 %s = %j', (path, value) => {
    expect(() => parseKeystore(changed(pbkdf2(), path, value), 'file')).toThrow(
      expect.objectContaining({ code: 'KEYSTORE_INVALID' }),
    );
  });

  it.each([
    ['nothing', ''],
    ['an open brace', '{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '4'],
    ['a string', '"text"'],
    ['a keystore and more', `${fixture('scrypt')}{}`],
    ['a byte-order mark', `\ufeff${fixture('scrypt')}`],
    ['a key twice', fixture('scrypt').replace('{', '{"version":4,')],
    ['a lone surrogate', `"\ud800"`],
  ])('the text that is %s', (_, text) => {
    expect(() => parseKeystore(text, 'file')).toThrow(expect.objectContaining({ code: 'KEYSTORE_INVALID' }));
  });

  it.each<[string, unknown]>([
    ['crypto.kdf.params.n', 2 ** 30],
    ['crypto.kdf.params.n', 2 ** 53 - 1],
    ['crypto.kdf.params.n', 2 ** 21],
    ['crypto.kdf.params.r', 2 ** 30],
    ['crypto.kdf.params.r', 33],
    ['crypto.kdf.params.p', 17],
    ['crypto.kdf.params.p', 2 ** 53 - 1],
  ])('a hostile scrypt %s = %j', (path, value) => {
    const before = performance.now();
    expect(() => parseKeystore(changed(scrypt(), path, value), 'file')).toThrow(
      expect.objectContaining({ code: 'KEYSTORE_TOO_COSTLY' }),
    );
    expect(performance.now() - before).toBeLessThan(100);
  });

  it('scrypt that is small in n and huge in its input blocks', () => {
    const hostile = changed(changed(scrypt(), 'crypto.kdf.params.n', 2), 'crypto.kdf.params.p', 2 ** 21);
    expect(() => parseKeystore(hostile, 'file')).toThrow(
      expect.objectContaining({ code: 'KEYSTORE_TOO_COSTLY' }),
    );
  });

  it('a hostile pbkdf2 count', () => {
    expect(() => parseKeystore(changed(pbkdf2(), 'crypto.kdf.params.c', 2 ** 24 + 1), 'file')).toThrow(
      expect.objectContaining({ code: 'KEYSTORE_TOO_COSTLY' }),
    );
  });

  it('but costs at the bound are let through', () => {
    parseKeystore(changed(scrypt(), 'crypto.kdf.params.n', 2 ** 20), 'file');
    parseKeystore(changed(scrypt(), 'crypto.kdf.params.p', 16), 'file');
    const last = parseKeystore(changed(pbkdf2(), 'crypto.kdf.params.c', 2 ** 24), 'file');
    expect(last.crypto.kdf.params).toMatchObject({ c: 2 ** 24 });
  });

  it('and no message repeats what the file holds', async () => {
    const marker = 'abandon-abandon-about';
    const texts = [
      JSON.stringify({ [marker]: 1 }),
      `{"${marker}":1,"${marker}":2}`,
      `{"${marker}" ${marker}`,
      ...[
        'version',
        'crypto.kdf.function',
        'crypto.kdf.params.salt',
        'crypto.kdf.message',
        'pubkey',
        'uuid',
      ].map((path) => JSON.stringify(changed(scrypt(), path, marker))),
      JSON.stringify(changed(scrypt(), `crypto.${marker}`, marker)),
    ];
    for (const text of texts) {
      const error = await failureOf(() => parseKeystore(text, 'file'));
      expect(error.message).not.toContain(marker);
      expect(error.cause).toBeUndefined();
    }
  });
});

describe('what other tools write is read', () => {
  const base = () => JSON.parse(fixture('pbkdf2')) as JsonObject;

  it.each([
    ['a name at the top level', { name: 'my key' }],
    ['a null description', { description: null }],
    ['a public key with 0x and in capitals', { pubkey: `0x${PUBKEY.slice(2).toUpperCase()}` }],
    ['an empty path', { path: '' }],
  ])('%s', (_, extra) => {
    const keystore = parseKeystore({ ...base(), ...extra }, 'file');
    expect(pubkeyNamedBy(keystore)).toBe(PUBKEY);
    expect(keystore).toMatchObject(extra);
  });

  it('no public key', () => {
    const keystore = base();
    delete keystore['pubkey'];
    expect(pubkeyNamedBy(parseKeystore(keystore, 'file'))).toBeNull();
  });
});

describe('the test vectors of EIP-2335', () => {
  it.each(['scrypt', 'pbkdf2'])('%s decrypts to the published secret', async (name) => {
    const keystore = parseKeystore(fixture(name), 'file');
    expect(toHex(await decryptKeystore(keystore, PASSWORD))).toBe(SECRET);
    expect(pubkeyNamedBy(keystore)).toBe(PUBKEY);
  });

  it('the password has the published encoding', () => {
    expect(toHex(encodePassword(PASSWORD))).toBe('0x7465737470617373776f7264f09f9491');
  });

  it('the secret belongs to the published public key', async () => {
    const secretKey = await unlockKeystore(parseKeystore(fixture('pbkdf2'), 'file'), `${PASSWORD}\r\n`);
    expect(pubkeyOf(secretKey)).toBe(PUBKEY);
  });
});

describe('decrypting', () => {
  it('tells a wrong password from everything else', async () => {
    const { keystore } = await cheapKeystore('right');
    for (const wrong of ['wrong', 'Right', ' right', 'right ', '']) {
      await expect(unlockKeystore(keystore, wrong)).rejects.toMatchObject({
        code: 'KEYSTORE_WRONG_PASSWORD',
      });
    }
  });

  it.each(['cipher', 'checksum'] as const)('notices a flipped bit of the %s', async (part) => {
    const { keystore } = await cheapKeystore('right');
    const module = keystore.crypto[part];
    const flipped = (integerOf(module.message) ^ 1n).toString(16).padStart(64, '0');
    const crypto = { ...keystore.crypto, [part]: { ...module, message: flipped } };
    await expect(decryptKeystore({ ...keystore, crypto }, 'right')).rejects.toMatchObject({
      code: 'KEYSTORE_WRONG_PASSWORD',
    });
  });

  it('refuses a secret of another key than the one named', async () => {
    const [mine, other] = [await cheapKeystore('pw'), await cheapKeystore('pw')];
    const swapped = { ...mine.keystore, pubkey: other.keystore.pubkey };
    await expect(unlockKeystore(swapped, 'pw')).rejects.toMatchObject({ code: 'KEYSTORE_PUBKEY_MISMATCH' });
  });

  it('refuses a secret that is no BLS key', async () => {
    const { keystore } = await cheapKeystore('pw');
    const crypto = await sealSecret(new Uint8Array(32), 'pw', CHEAP_KDF);
    await expect(unlockKeystore({ ...keystore, crypto }, 'pw')).rejects.toMatchObject({
      code: 'KEYSTORE_BAD_SECRET',
    });
  });

  it('reports a derivation that cannot run', async () => {
    const { keystore } = await cheapKeystore('pw');
    // Parameters that the parser would have refused: OpenSSL refuses them on its own terms.
    const params = { dklen: 32, n: 3, r: 1, p: 1, salt: '00' } as const;
    const crypto = { ...keystore.crypto, kdf: { function: 'scrypt', params, message: '' } as const };
    await expect(decryptKeystore({ ...keystore, crypto }, 'pw')).rejects.toMatchObject({
      code: 'KEYSTORE_KDF_FAILED',
    });
  });
});

describe('encrypting', () => {
  it.each(['scrypt', 'pbkdf2'] as const)('%s round-trips through JSON', async (kdf) => {
    const secretKey = generateSecretKey();
    const secret = secretKey.toBytes();
    const made = await encryptKeystore(secret, PASSWORD, {
      kdf,
      path: 'm/12381/3600/0/0/0',
      description: 'd',
    });
    const read = parseKeystore(JSON.stringify(made), 'file');
    expect(read).toEqual(made);
    expect(toHex(await decryptKeystore(read, PASSWORD))).toBe(toHex(secret));
    expect(read.pubkey).toBe(pubkeyOf(secretKey).slice(2));
    expect(read).toMatchObject({ path: 'm/12381/3600/0/0/0', description: 'd' });
    expect(read.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(read.crypto.kdf.params).toMatchObject(
      kdf === 'scrypt' ? { n: 262_144, r: 8, p: 1 } : { c: 262_144 },
    );
  });

  it('takes a fresh salt and iv each time', async () => {
    const secret = generateSecretKey().toBytes();
    const [a, b] = await Promise.all([
      encryptKeystore(secret, 'pw', { kdf: 'pbkdf2' }),
      encryptKeystore(secret, 'pw', { kdf: 'pbkdf2' }),
    ]);
    expect(a.crypto.kdf.params.salt).not.toBe(b.crypto.kdf.params.salt);
    expect(a.crypto.cipher.params.iv).not.toBe(b.crypto.cipher.params.iv);
    expect(a.uuid).not.toBe(b.uuid);
  });

  it.each(['', '\n', '\u0000\u007f\u009f'])('refuses the empty password %j', async (password) => {
    const secret = generateSecretKey().toBytes();
    await expect(encryptKeystore(secret, password, { kdf: 'pbkdf2' })).rejects.toMatchObject({
      code: 'KEYSTORE_BAD_PASSWORD',
    });
  });

  it('refuses what is no secret key', async () => {
    await expect(encryptKeystore(new Uint8Array(32), 'pw', { kdf: 'pbkdf2' })).rejects.toMatchObject({
      code: 'KEYSTORE_BAD_SECRET',
    });
  });

  it('any secret and any password round-trip', async () => {
    const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
    await fc.assert(
      fc.asyncProperty(bytes32, fc.string({ unit: 'binary' }), async (secret, password) => {
        const sealed = await sealSecret(secret, password, CHEAP_KDF);
        expect(toHex(await openSealed(sealed, password))).toBe(toHex(secret));
      }),
      { numRuns: 50 },
    );
  });
});

describe('password normalisation', () => {
  const text = fc.string({ unit: 'binary' });
  const controlCode = fc
    .oneof(fc.integer({ min: 0, max: 0x1f }), fc.integer({ min: 0x7f, max: 0x9f }))
    .map((code) => String.fromCharCode(code));

  it('control codes anywhere change nothing', () => {
    fc.assert(
      fc.property(text, text, controlCode, (head, tail, control) => {
        // Not where combining marks could be reordered across the place.
        const pieces = [head, tail].map((piece) => `a${piece.normalize('NFKD')}a`);
        expect(toHex(encodePassword(pieces.join(control)))).toBe(toHex(encodePassword(pieces.join(''))));
      }),
    );
  });

  it('all normal forms give the same bytes', () => {
    fc.assert(
      fc.property(text, (password) => {
        const forms = (['NFC', 'NFD', 'NFKC', 'NFKD'] as const).map((form) =>
          toHex(encodePassword(password.normalize(form))),
        );
        expect(new Set([...forms, toHex(encodePassword(password))]).size).toBe(1);
      }),
    );
  });

  it.each([
    ['a b', '0x612062'],
    ['Å', '0x41cc8a'],
    ['Å\n', '0x41cc8a'],
    ['ﬁ', '0x6669'],
    ['\u001f \u007f~\u0080\u009f', '0x207e'],
    ['\u00a0', '0x20'],
    ['密码', '0xe5af86e7a081'],
  ])('%j', (password, expected) => {
    expect(toHex(encodePassword(password))).toBe(expected);
  });

  it('a password file that is not UTF-8 is refused', () => {
    expect(() => decodePassword(Uint8Array.of(0x70, 0xff), 'secrets/x')).toThrow(
      expect.objectContaining({ code: 'KEYSTORE_BAD_PASSWORD', message: 'secrets/x is not UTF-8 text' }),
    );
  });
});

const integerOf = (hex: string): bigint => BigInt(`0x${hex}`);
