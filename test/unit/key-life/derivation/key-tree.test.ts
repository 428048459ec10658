import fc from 'fast-check';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { hkdfSync, createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseKeyPath, validatorPath } from '../../../../key-life/derivation/key-path.ts';
import { KeyTree } from '../../../../key-life/derivation/key-tree.ts';
import { parseMnemonic } from '../../../../key-life/mnemonic/parse-mnemonic.ts';
import { pubkeyOf } from '../../../../signer/keystore/bls-keys.ts';
import { failureOf } from '../../signer/keystore/failure.ts';

/** The test cases of EIP-2333. */
const EIP_2333 = [
  {
    seed: 'c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04',
    master: 6083874454709270928345386274498605044986640685124978867557563392430687146096n,
    index: 0,
    child: 20397789859736650942317412262472558107875392172444076792671091975210932703118n,
  },
  {
    seed: '3141592653589793238462643383279502884197169399375105820974944592',
    master: 29757020647961307431480504535336562678282505419141012933316116377660817309383n,
    index: 3141592653,
    child: 25457201688850691947727629385191704516744796114925897962676248250929345014287n,
  },
  {
    seed: '0099FF991111002299DD7744EE3355BBDD8844115566CC55663355668888CC00',
    master: 27580842291869792442942448775674722299803720648445448686099262467207037398656n,
    index: 4294967295,
    child: 29358610794459428860402234341874281240803786294062035874021252734817515685787n,
  },
  {
    seed: 'd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3',
    master: 19022158461524446591288038168518313374041767046816487870552872741050760015818n,
    index: 42,
    child: 31372231650479070279774297061823572166496564838472787488249775572789064611981n,
  },
];

const secretOf = (tree: KeyTree, path: string): bigint =>
  BigInt(`0x${Buffer.from(tree.at(path).toBytes()).toString('hex')}`);

describe.each(EIP_2333)('EIP-2333, seed $seed', ({ seed, master, index, child }) => {
  const tree = new KeyTree(Buffer.from(seed, 'hex'));

  it('has its master key', () => {
    expect(secretOf(tree, 'm')).toBe(master);
  });

  it(`has its child ${index}`, () => {
    expect(secretOf(tree, `m/${index}`)).toBe(child);
  });
});

/** EIP-2333 once more, from its text, without blst: HKDF of Node and arithmetic of bigint. */
const R = bls12_381.fields.Fr.ORDER;

function hkdfModR(ikm: Uint8Array): bigint {
  let salt = createHash('sha256').update('BLS-SIG-KEYGEN-SALT-').digest();
  for (;;) {
    const okm = hkdfSync('sha256', Buffer.concat([ikm, Buffer.alloc(1)]), salt, Buffer.from([0, 48]), 48);
    const secret = BigInt(`0x${Buffer.from(okm).toString('hex')}`) % R;
    if (secret !== 0n) return secret;
    salt = createHash('sha256').update(salt).digest();
  }
}

const bytes32 = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');

function childOf(parent: bigint, index: number): bigint {
  const salt = Buffer.alloc(4);
  salt.writeUInt32BE(index);
  const ikm = bytes32(parent);
  const flipped = ikm.map((byte) => byte ^ 0xff);
  const lamport = [ikm, flipped].flatMap((half) => {
    const chunks = Buffer.from(hkdfSync('sha256', half, salt, Buffer.alloc(0), 32 * 255));
    return Array.from({ length: 255 }, (_, at) =>
      createHash('sha256')
        .update(chunks.subarray(at * 32, at * 32 + 32))
        .digest(),
    );
  });
  return hkdfModR(createHash('sha256').update(Buffer.concat(lamport)).digest());
}

it('keys of validators are those that a second implementation derives', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 64 }),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      (seed, index) => {
        const tree = new KeyTree(seed);
        const withdrawal = [12381, 3600, index, 0].reduce(childOf, hkdfModR(seed));
        expect(secretOf(tree, validatorPath(index, 'withdrawal'))).toBe(withdrawal);
        const signing = childOf(withdrawal, 0);
        const key = tree.validatorKey(index, 'signing');
        expect(BigInt(`0x${Buffer.from(key.toBytes()).toString('hex')}`)).toBe(signing);
        const oracle = bls12_381.longSignatures.getPublicKey(bytes32(signing)).toHex();
        expect(pubkeyOf(key)).toBe(`0x${oracle}`);
      },
    ),
    { numRuns: 8 },
  );
});

describe('EIP-2334', () => {
  it('signing keys are below the withdrawal key of their validator', () => {
    expect(validatorPath(7, 'signing')).toBe('m/12381/3600/7/0/0');
    expect(validatorPath(7, 'withdrawal')).toBe('m/12381/3600/7/0');
    expect(parseKeyPath('m')).toEqual([]);
    expect(parseKeyPath('m/0/4294967295')).toEqual([0, 4294967295]);
  });

  it.each([
    '',
    'm/',
    '/0',
    'm//0',
    "m/0'",
    'm/0h',
    'm/00',
    'm/-1',
    'm/1.0',
    'm/4294967296',
    'M/0',
    'm/0/',
    ' m/0',
  ])('no path: %j', async (path) => {
    expect(await failureOf(() => parseKeyPath(path))).toMatchObject({ code: 'KEY_INDEX_INVALID' });
  });

  it.each([-1, 2 ** 32, 0.5, NaN])('no index: %d', async (index) => {
    expect(await failureOf(() => validatorPath(index, 'signing'))).toMatchObject({
      code: 'KEY_INDEX_INVALID',
    });
  });
});

it('a passphrase gives other keys', async () => {
  const mnemonic = await parseMnemonic(
    'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about',
  );
  const plain = await KeyTree.fromMnemonic(mnemonic);
  const other = await KeyTree.fromMnemonic(mnemonic, 'TREZOR');
  // The seed of this mnemonic with this passphrase is the first of EIP-2333.
  expect(secretOf(other, 'm')).toBe(EIP_2333[0]!.master);
  expect(secretOf(plain, 'm')).not.toBe(EIP_2333[0]!.master);
});
