import { SecretKey } from '@chainsafe/blst';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../core/hex.ts';
import {
  assertKeystoreMatches,
  generateSecretKey,
  pubkeyOf,
  secretKeyFromBytes,
} from '../../../../signer/keystore/bls-keys.ts';
import { cheapKeystore } from './cheap-keystore.ts';
import { failureOf } from './failure.ts';

/** The order of the BLS12-381 groups. */
const CURVE_ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;
const bytes32 = (value: bigint): Uint8Array =>
  fromHex(`0x${value.toString(16).padStart(64, '0')}`, 'value', 32);
const integer = (key: SecretKey): string => BigInt(toHex(key.toBytes())).toString();

describe('secretKeyFromBytes', () => {
  it.each([
    ['zero', new Uint8Array(32)],
    ['the curve order', bytes32(CURVE_ORDER)],
    ['the curve order plus one', bytes32(CURVE_ORDER + 1n)],
    ['all ones', new Uint8Array(32).fill(0xff)],
    ['31 bytes', new Uint8Array(31).fill(1)],
    ['33 bytes', new Uint8Array(33).fill(1)],
    ['nothing', new Uint8Array(0)],
  ])('refuses %s', (_, bytes) => {
    expect(() => secretKeyFromBytes(bytes)).toThrow(expect.objectContaining({ code: 'KEYSTORE_BAD_SECRET' }));
  });

  it.each([1n, CURVE_ORDER - 1n])('takes %s', (value) => {
    expect(integer(secretKeyFromBytes(bytes32(value)))).toBe(value.toString());
  });

  it('keeps its own copy, so that the bytes can be overwritten', () => {
    const bytes = bytes32(5n);
    const key = secretKeyFromBytes(bytes);
    const before = pubkeyOf(key);
    bytes.fill(0);
    expect(pubkeyOf(key)).toBe(before);
  });
});

describe('assertKeystoreMatches', () => {
  it('refuses another key than the one named, and names both', async () => {
    const [a, b] = [await cheapKeystore('pw'), await cheapKeystore('pw')];
    const error = await failureOf(() => assertKeystoreMatches(a.keystore, b.secretKey));
    expect(error.code).toBe('KEYSTORE_PUBKEY_MISMATCH');
    expect(error.message).toContain(a.pubkey);
    expect(error.message).toContain(b.pubkey);
  });

  it('lets the right key through, and any key when none is named', async () => {
    const { keystore, secretKey } = await cheapKeystore('pw');
    expect(() => assertKeystoreMatches(keystore, secretKey)).not.toThrow();
    expect(() =>
      assertKeystoreMatches({ ...keystore, pubkey: undefined }, generateSecretKey()),
    ).not.toThrow();
  });
});

/** Test cases 0 to 3 of EIP-2333, and their children. */
const EIP2333 = [
  {
    seed: '0xc55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04',
    master: '6083874454709270928345386274498605044986640685124978867557563392430687146096',
    index: 0,
    child: '20397789859736650942317412262472558107875392172444076792671091975210932703118',
  },
  {
    seed: '0x3141592653589793238462643383279502884197169399375105820974944592',
    master: '29757020647961307431480504535336562678282505419141012933316116377660817309383',
    index: 3_141_592_653,
    child: '25457201688850691947727629385191704516744796114925897962676248250929345014287',
  },
  {
    seed: '0x0099FF991111002299DD7744EE3355BBDD8844115566CC55663355668888CC00',
    master: '27580842291869792442942448775674722299803720648445448686099262467207037398656',
    index: 4_294_967_295,
    child: '29358610794459428860402234341874281240803786294062035874021252734817515685787',
  },
  {
    seed: '0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3',
    master: '19022158461524446591288038168518313374041767046816487870552872741050760015818',
    index: 42,
    child: '31372231650479070279774297061823572166496564838472787488249775572789064611981',
  },
];

describe('the backend derives as EIP-2333 publishes', () => {
  it.each(EIP2333)('child $index', ({ seed, master, index, child }) => {
    const masterKey = SecretKey.deriveMasterEip2333(fromHex(seed, 'seed'));
    expect(integer(masterKey)).toBe(master);
    expect(integer(masterKey.deriveChildEip2333(index))).toBe(child);
  });

  it('generateSecretKey never gives the same key twice', () => {
    expect(new Set(Array.from({ length: 20 }, () => pubkeyOf(generateSecretKey()))).size).toBe(20);
  });
});

describe('against an independent implementation of BLS12-381', () => {
  const noble = bls12_381.longSignatures;
  const DST = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_';

  it('public keys and signatures are equal byte for byte', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: CURVE_ORDER - 1n }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (value, signingRoot) => {
          const secret = bytes32(value);
          const key = secretKeyFromBytes(secret);
          expect(pubkeyOf(key)).toBe(toHex(noble.getPublicKey(secret).toBytes()));
          const expected = noble.sign(noble.hash(signingRoot, DST), secret).toBytes();
          expect(toHex(key.sign(signingRoot).toBytes())).toBe(toHex(expected));
        },
      ),
      { numRuns: 8 },
    );
  });
});
