import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainSpecFromNode } from '../../../../core/chain/load-chain-spec.ts';
import { fromHex } from '../../../../core/hex.ts';
import { parsePubkey, parseRoot, type Root } from '../../../../core/units.ts';
import { parseDepositAmount, ethText } from '../../../../key-life/deposit/amount.ts';
import { depositProblems } from '../../../../key-life/deposit/check-deposit.ts';
import {
  depositFileText,
  parseDepositFile,
  type DepositEntry,
} from '../../../../key-life/deposit/deposit-file.ts';
import {
  addressCredentials,
  blsCredentials,
  parseWithdrawalAddress,
  readCredentials,
} from '../../../../key-life/deposit/withdrawal-credentials.ts';
import { secretKeyFromBytes } from '../../../../signer/keystore/bls-keys.ts';
import { verifiesAs } from '../../../support/bls-oracle.ts';
import { bytes, container, hexOf, signingRootOf, uint64 } from '../../../support/ssz-oracle.ts';
import { failureOf } from '../../signer/keystore/failure.ts';

const ZERO_ROOT = `0x${'00'.repeat(32)}`;
/** The Medalla test network, for which the deposit tool made the deposits below. */
const MEDALLA = chainSpecFromNode(
  {
    PRESET_BASE: 'minimal',
    CONFIG_NAME: 'medalla',
    SECONDS_PER_SLOT: '12',
    GENESIS_FORK_VERSION: '0x00000001',
  },
  { genesisTimeSeconds: 0n, genesisValidatorsRoot: parseRoot(ZERO_ROOT, 'root') },
);
const { makeDeposit } = await import('../../../../key-life/deposit/make-deposit.ts');

/** What the deposit tool, version 1.1.0, made of these keys; no code of ours had a part in it. */
const BY_THE_TOOL = [
  {
    secret: '0x4b743372aedfaecec4c890fd4f6d4fc2ff751bfb6c71449f326baa80fea00a21',
    pubkey:
      '89b54db68c6281b5919ff0167cf88f2e0077cd90b65efcd0dbbc7772ee953c6a5bc96be01c5a9a14ba45edbc933fa4c3',
    credentials: '0x00502e12a8ff3de168546ff8a02d03146001ee8d9eeb73797c97e2bc370ec487',
    signature:
      '950b4ab990b9b07581c3d5e2d5341691c2d2120e6f13d032da61f824508d7e9963694385802ba3f9d3f564d7d8d66bbb071b2fea72ec6d2c9d358de06976d702f5619d7cca9fc654e1a088ca69dcd4e718a35e58c04f933e37d953761a65f792',
  },
  {
    secret: '0x39792f5b344a4b00d8147fee77ad5d60b115130a5e2d2ef56895baae0960f880',
    pubkey:
      '948b6281ec1e6df13ba20d3f5e8ff504c134af25e994046814d2cff9ecde289ead1988ffb13d337248848f98fd33766f',
    credentials: '0x00a71ae74287d2e85fb65b583156debe0180ea10a033323e3d451ca2aa08a70d',
    signature:
      '908a84cd085df7fcec4d2357b493a543ba923a148759d5d872300c5194603ffc64640a87dcb23574ef277f0334c0783014721c37814fb3b71fa30ce0ff28481cbcc8698ca636ce4612b6d73879ca0daa44b9843a34bde73419b8012adddbe2d6',
  },
];

const MESSAGE = container({ pubkey: bytes(48), withdrawal_credentials: bytes(32), amount: uint64 });
const DATA = container({
  pubkey: bytes(48),
  withdrawal_credentials: bytes(32),
  amount: uint64,
  signature: bytes(96),
});

const json = (entry: DepositEntry) => ({
  pubkey: `0x${entry.pubkey}`,
  withdrawal_credentials: `0x${entry.withdrawal_credentials}`,
  amount: entry.amount.toString(),
});

const made = (amountGwei = 32_000_000_000n, credentials = BY_THE_TOOL[0]!.credentials): DepositEntry =>
  makeDeposit(
    {
      secretKey: secretKeyFromBytes(fromHex(BY_THE_TOOL[0]!.secret, 'secret', 32)),
      withdrawalCredentials: parseRoot(credentials, 'credentials'),
      amountGwei,
    },
    MEDALLA,
  );

describe('a deposit', () => {
  it.each(BY_THE_TOOL)('of $pubkey is signed as the deposit tool signed it', (tool) => {
    const entry = makeDeposit(
      {
        secretKey: secretKeyFromBytes(fromHex(tool.secret, 'secret', 32)),
        withdrawalCredentials: parseRoot(tool.credentials, 'credentials'),
        amountGwei: 32_000_000_000n,
      },
      MEDALLA,
    );
    expect(entry).toMatchObject({ pubkey: tool.pubkey, signature: tool.signature, fork_version: '00000001' });
    expect(depositProblems(entry, MEDALLA)).toEqual([]);
  });

  it('has the roots and the signature that an implementation of its own finds', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1_000_000_000n, max: 2048_000_000_000n }),
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        (amount, address) => {
          const entry = made(amount, addressCredentials('compounding', address));
          const messageRoot = MESSAGE.root(json(entry));
          expect(hexOf(messageRoot)).toBe(`0x${entry.deposit_message_root}`);
          const dataRoot = DATA.root({ ...json(entry), signature: `0x${entry.signature}` });
          expect(hexOf(dataRoot)).toBe(`0x${entry.deposit_data_root}`);
          const signingRoot = signingRootOf(messageRoot, '0x03000000', '0x00000001', ZERO_ROOT);
          expect(verifiesAs(`0x${entry.pubkey}`, signingRoot, `0x${entry.signature}`)).toBe(true);
        },
      ),
      { numRuns: 6 },
    );
  });

  it('has the fields, types and lengths that the launchpad asks for', () => {
    const [entry] = JSON.parse(depositFileText([made()])) as Record<string, unknown>[];
    expect(Object.keys(entry!)).toEqual([
      'pubkey',
      'withdrawal_credentials',
      'amount',
      'signature',
      'deposit_message_root',
      'deposit_data_root',
      'fork_version',
      'network_name',
      'deposit_cli_version',
    ]);
    const lengths = { pubkey: 96, withdrawal_credentials: 64, signature: 192, fork_version: 8 };
    for (const [name, length] of Object.entries(lengths)) expect(entry![name]).toHaveLength(length);
    expect(entry).toMatchObject({ amount: 32_000_000_000, network_name: 'medalla' });
    expect(entry!['deposit_cli_version']).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('a deposit that was changed is found out', () => {
  const entry = made();
  const flipped = (digits: string): string => `${digits.startsWith('a') ? 'b' : 'a'}${digits.slice(1)}`;
  it.each([
    ['the amount', { amount: entry.amount - 1 }, 'deposit_message_root'],
    ['the credentials', { withdrawal_credentials: `01${'00'.repeat(11)}${'ab'.repeat(20)}` }, 'signature'],
    ['the signature', { signature: flipped(entry.signature) }, 'signature'],
    [
      'the message root',
      { deposit_message_root: flipped(entry.deposit_message_root) },
      'deposit_message_root',
    ],
    ['the data root', { deposit_data_root: flipped(entry.deposit_data_root) }, 'deposit_data_root'],
    ['the network', { fork_version: '00000000' }, 'fork_version'],
    ['the key', { pubkey: BY_THE_TOOL[1]!.pubkey }, 'signature'],
    ['a key that is none', { pubkey: 'ff'.repeat(48) }, 'signature'],
    ['credentials of no kind', { withdrawal_credentials: `07${'00'.repeat(31)}` }, 'no known kind'],
    ['more than can be deposited', { amount: 33_000_000_000 }, '1 to 32 ETH'],
  ])('%s', (_, change, said) => {
    expect(depositProblems({ ...entry, ...change }, MEDALLA).join('; ')).toContain(said);
  });

  it('that was made for another network', () => {
    const other = {
      ...MEDALLA,
      forks: MEDALLA.forks.map((fork) => ({ ...fork, version: Buffer.from('00000002', 'hex') })),
    };
    const problems = depositProblems(made(), other);
    expect(problems.join('; ')).toContain('the signature is wrong');
  });
});

describe('a deposit file', () => {
  it.each([
    ['', 'strict JSON'],
    ['[]', 'no deposit'],
    ['{}', 'expected array'],
    ['[{}]', 'pubkey'],
    [depositFileText([made()]).replace('"amount":32000000000', '"amount":"32000000000"'), 'amount'],
    [depositFileText([made()]).replace('"pubkey":"', '"pubkey":"0x'), 'pubkey'],
    [depositFileText([made()]).slice(0, -4), 'strict JSON'],
  ])('that is none: %j', async (text, said) => {
    const failure = await failureOf(() => parseDepositFile(Buffer.from(text), 'file.json'));
    expect(failure.code).toBe('DEPOSIT_FILE_INVALID');
    expect(failure.message).toContain(said);
  });

  it('is read as it was written', () => {
    const entries = [made(), made(1_000_000_000n)];
    expect(parseDepositFile(Buffer.from(depositFileText(entries)), 'file')).toEqual(entries);
  });
});

describe('withdrawal credentials', () => {
  const ADDRESS = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045';

  it.each([
    ['0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96046', 'checksum'],
    [ADDRESS.replace('d8dA', 'D8dA'), 'checksum'],
    [ADDRESS.slice(0, -2), '40 hex digits'],
    [ADDRESS.slice(2), 'followed by hex'],
    [`0x${'00'.repeat(20)}`, 'zero address'],
    ['vitalik.eth', '0x'],
  ])('to no address: %s', async (text, said) => {
    const failure = await failureOf(() => parseWithdrawalAddress(text, 'address'));
    expect(failure.code).toBe('WITHDRAWAL_ADDRESS_INVALID');
    expect(failure.message).toContain(said);
  });

  it('are read as they are made', () => {
    const address = parseWithdrawalAddress(ADDRESS, 'address');
    for (const kind of ['execution', 'compounding'] as const) {
      const credentials = addressCredentials(kind, address);
      expect(readCredentials(credentials)).toEqual({ kind, address: ADDRESS.toLowerCase() });
    }
    expect(addressCredentials('execution', address)).toBe(
      `0x010000000000000000000000${ADDRESS.slice(2).toLowerCase()}`,
    );
    expect(addressCredentials('compounding', address).slice(0, 4)).toBe('0x02');
  });

  it('of a key are the hash of that key with its first byte cleared', () => {
    // Interop key 0 and its credentials, known from the genesis of many a test network.
    const pubkey = parsePubkey(
      '0xa99a76ed7796f7be22d5b7e85deeb7c5677e88e511e0b337618f8c4eb61349b4bf2d153f649f7b53359fe8b94a38e44c',
      'pubkey',
    );
    expect(blsCredentials(pubkey)).toBe('0x00fad2a6bfb0e7f1f0f45460944fbd8dfa7f37da06a4d13b3983cc90bb46963b');
    expect(readCredentials(blsCredentials(pubkey))).toEqual({ kind: 'bls', address: null });
  });

  it('with anything between prefix and address are no credentials', () => {
    expect(readCredentials(`0x01${'00'.repeat(10)}01${'ab'.repeat(20)}` as Root)).toBeNull();
  });
});

describe('an amount', () => {
  it.each([
    ['32', 'execution', 32_000_000_000n],
    ['1', 'bls', 1_000_000_000n],
    ['33.5', 'compounding', 33_500_000_000n],
    ['2048', 'compounding', 2_048_000_000_000n],
    ['1.000000001', 'execution', 1_000_000_001n],
  ] as const)('%s for %s', (text, kind, gwei) => {
    expect(parseDepositAmount(text, kind)).toBe(gwei);
    expect(ethText(gwei)).toBe(text);
  });

  it.each([
    ['0.999999999', 'execution'],
    ['32.000000001', 'execution'],
    ['33', 'bls'],
    ['2048.1', 'compounding'],
    ['1.0000000001', 'execution'],
    ['0x20', 'execution'],
    ['-1', 'execution'],
    ['1e1', 'execution'],
    ['', 'execution'],
    ['032', 'execution'],
  ] as const)('that is none: %s for %s', async (text, kind) => {
    expect(await failureOf(() => parseDepositAmount(text, kind))).toMatchObject({
      code: 'DEPOSIT_AMOUNT_INVALID',
    });
  });
});
