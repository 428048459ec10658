import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAR_FUTURE_EPOCH } from '../../../../core/uint64.ts';
import { epoch, parsePubkey, parseRoot } from '../../../../core/units.ts';
import { blsCredentials } from '../../../../key-life/deposit/withdrawal-credentials.ts';
import { KeyTree } from '../../../../key-life/derivation/key-tree.ts';
import { operationsText, parseChanges, parseExits } from '../../../../key-life/operations/operations-file.ts';
import {
  parsePreparation,
  preparationText,
  type Preparation,
} from '../../../../key-life/operations/preparation.ts';
import { pubkeyOf } from '../../../../signer/keystore/bls-keys.ts';
import { verifiesAs } from '../../../support/bls-oracle.ts';
import { NETWORK } from '../../../support/signer-network.ts';
import { bytes, container, signingRootOf, uint64 } from '../../../support/ssz-oracle.ts';
import { failureOf } from '../../signer/keystore/failure.ts';

const { exitSignatureHolds, signExit } = await import('../../../../key-life/operations/exit.ts');
const { changeSignatureHolds, findWithdrawalKeys, signCredentialsChange } =
  await import('../../../../key-life/operations/credentials-change.ts');

const tree = new KeyTree(Buffer.alloc(32, 7));
const uint64s = fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }).map(String);
const CAPELLA = '0x030000f0';
const version = (name: string): string =>
  `0x${Buffer.from(NETWORK.forks.find((fork) => fork.name === name)!.version).toString('hex')}`;

describe('an exit', () => {
  it('is signed for Capella whatever its epoch, as an implementation of its own finds (EIP-7044)', () => {
    expect(version('capella')).toBe(CAPELLA);
    fc.assert(
      fc.property(uint64s, uint64s, (at, index) => {
        const secretKey = tree.validatorKey(3, 'signing');
        const exit = signExit({ epoch: at, validator_index: index }, secretKey, NETWORK);
        const root = container({ epoch: uint64, validator_index: uint64 }).root({ ...exit.message });
        const signingRoot = signingRootOf(root, '0x04000000', CAPELLA, NETWORK.genesisValidatorsRoot);
        expect(verifiesAs(pubkeyOf(secretKey), signingRoot, exit.signature)).toBe(true);
        expect(exitSignatureHolds(exit, pubkeyOf(secretKey), NETWORK)).toBe(true);
      }),
      { numRuns: 5 },
    );
  });

  it('of another epoch, validator, key or network does not hold', () => {
    const pubkey = pubkeyOf(tree.validatorKey(3, 'signing'));
    const exit = signExit({ epoch: '5', validator_index: '6' }, tree.validatorKey(3, 'signing'), NETWORK);
    const { message } = exit;
    expect(exitSignatureHolds({ ...exit, message: { ...message, epoch: '6' } }, pubkey, NETWORK)).toBe(false);
    expect(
      exitSignatureHolds({ ...exit, message: { ...message, validator_index: '5' } }, pubkey, NETWORK),
    ).toBe(false);
    expect(exitSignatureHolds(exit, pubkeyOf(tree.validatorKey(4, 'signing')), NETWORK)).toBe(false);
    const other = { ...NETWORK, genesisValidatorsRoot: parseRoot(`0x${'77'.repeat(32)}`, 'root') };
    expect(exitSignatureHolds(exit, pubkey, other)).toBe(false);
    expect(exitSignatureHolds({ ...exit, signature: `0x${'ff'.repeat(96)}` }, pubkey, NETWORK)).toBe(false);
  });

  it('is not signed where exits do not outlive a fork', async () => {
    const old = {
      ...NETWORK,
      forks: NETWORK.forks.map((fork) =>
        fork.name === 'deneb' ? { ...fork, epoch: epoch(FAR_FUTURE_EPOCH) } : fork,
      ),
    };
    const message = { epoch: '1', validator_index: '1' };
    const failure = await failureOf(() => signExit(message, tree.validatorKey(0, 'signing'), old));
    expect(failure.code).toBe('OPERATION_REFUSED');
  });
});

describe('a change of credentials', () => {
  const address = Buffer.from('d8da6bf26964af9d7eed9e03e53415d37aa96045', 'hex');

  it('is signed by the withdrawal key for the genesis fork, as an implementation of its own finds', () => {
    const change = signCredentialsChange(9n, address, { tree, keyIndex: 2 }, NETWORK);
    const pubkey = pubkeyOf(tree.validatorKey(2, 'withdrawal'));
    expect(change.message).toEqual({
      validator_index: '9',
      from_bls_pubkey: pubkey,
      to_execution_address: `0x${address.toString('hex')}`,
    });
    const root = container({
      validator_index: uint64,
      from_bls_pubkey: bytes(48),
      to_execution_address: bytes(20),
    }).root({ ...change.message });
    const signingRoot = signingRootOf(root, '0x0a000000', version('phase0'), NETWORK.genesisValidatorsRoot);
    expect(verifiesAs(pubkey, signingRoot, change.signature)).toBe(true);
    expect(changeSignatureHolds(change, NETWORK)).toBe(true);
    const elsewhere = { ...change.message, to_execution_address: `0x${'11'.repeat(20)}` };
    expect(changeSignatureHolds({ ...change, message: elsewhere }, NETWORK)).toBe(false);
  });

  it('finds the withdrawal keys that credentials name, and no others', () => {
    const [one, five] = [1, 5].map((index) =>
      blsCredentials(pubkeyOf(tree.validatorKey(index, 'withdrawal'))),
    );
    const wanted = new Set([one!, five!]);
    expect(findWithdrawalKeys(tree, wanted, [0, 1, 2, 3, 4, 5, 6])).toEqual(
      new Map([
        [one, 1],
        [five, 5],
      ]),
    );
    expect(findWithdrawalKeys(tree, wanted, [2, 3, 4])).toEqual(new Map());
  });
});

describe('a preparation', () => {
  const preparation: Preparation = {
    network: NETWORK.name,
    genesisValidatorsRoot: NETWORK.genesisValidatorsRoot,
    currentEpoch: epoch(1234n),
    validators: [
      {
        index: 18446744073709551615n,
        pubkey: pubkeyOf(tree.validatorKey(0, 'signing')),
        status: 'active_ongoing',
        balanceGwei: 32_000_000_001n,
        withdrawalCredentials: parseRoot(`0x${'00'.repeat(32)}`, 'root'),
        earliestExitEpoch: epoch(300n),
      },
    ],
  };
  const text = preparationText(preparation);

  it('is read as it was written', () => {
    expect(parsePreparation(Buffer.from(text), 'file', NETWORK)).toEqual(preparation);
  });

  it('of another network is refused', async () => {
    const other = { ...NETWORK, genesisValidatorsRoot: parseRoot(`0x${'77'.repeat(32)}`, 'root') };
    const failure = await failureOf(() => parsePreparation(Buffer.from(text), 'file', other));
    expect(failure).toMatchObject({ code: 'PREPARATION_OTHER_NETWORK', exitCode: 3 });
  });

  it.each([
    ['', 'strict JSON'],
    ['{}', 'vigil_preparation'],
    [text.replace('"vigil_preparation": 1', '"vigil_preparation": 2'), 'vigil_preparation'],
    [text.replace('"1234"', '1234'), 'current_epoch'],
    [text.replace('"1234"', '"0x10"'), 'current_epoch'],
    [text.replace('"status"', '"state"'), 'validators.0'],
    [text.replace(/"pubkey": "0x../, '"pubkey": "0x'), 'pubkey'],
    [text.replace(/\[[^]*\]/, '[]'), 'is empty'],
  ])('that is none: %#', async (changed, said) => {
    const failure = await failureOf(() => parsePreparation(Buffer.from(changed), 'file', NETWORK));
    expect(failure.code).toBe('PREPARATION_INVALID');
    expect(failure.message).toContain(said);
  });
});

describe('a file of operations', () => {
  const exit = { message: { epoch: '1', validator_index: '2' }, signature: `0x${'ab'.repeat(96)}` };
  const change = {
    message: {
      validator_index: '2',
      from_bls_pubkey: parsePubkey(`0x${'ab'.repeat(48)}`, 'pubkey') as string,
      to_execution_address: `0x${'cd'.repeat(20)}`,
    },
    signature: `0x${'ab'.repeat(96)}`,
  };
  const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));

  it('is one or a list, with whatever notes other tools put beside', () => {
    expect(parseExits(bytesOf(exit), 'file')).toEqual([exit]);
    expect(parseExits(Buffer.from(operationsText([exit])), 'file')).toEqual([exit]);
    expect(parseChanges(bytesOf([{ ...change, metadata: { network_name: 'hoodi' } }]), 'file')).toEqual([
      change,
    ]);
  });

  it.each([
    [[], 'is empty'],
    [[exit, exit], 'twice'],
    [[{ ...exit, message: { ...exit.message, epoch: 1 } }], 'epoch'],
    [[{ ...exit, message: { ...exit.message, more: '1' } }], 'message'],
    [[{ ...exit, signature: '0xab' }], 'signature'],
    [[change], 'message'],
  ])('that is none: %#', async (value, said) => {
    const failure = await failureOf(() => parseExits(bytesOf(value), 'file'));
    expect(failure.code).toBe('OPERATIONS_INVALID');
    expect(failure.message).toContain(said);
  });
});
