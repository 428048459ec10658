import { BitArray } from '@chainsafe/ssz';
import { describe, expect, it } from 'vitest';
import { activatePreset } from '../../../../core/chain/preset.ts';
import { isAtLeast, type ForkName } from '../../../../core/chain/fork.ts';
import { rootFromBytes, slot } from '../../../../core/units.ts';
import { blockFacts } from '../../../../monitor/chain/index.ts';

activatePreset('minimal');
const { ssz } = await import('@lodestar/types');

const FORKS = [
  ...(['phase0', 'altair', 'bellatrix', 'capella', 'deneb', 'electra', 'fulu', 'gloas'] as const),
] satisfies ForkName[];

const bytes = (length: number, fill: number) => new Uint8Array(length).fill(fill);
const hex = (length: number, fill: number) => `0x${fill.toString(16).padStart(2, '0').repeat(length)}`;

const DATA = {
  ...{ slot: 41, index: 3, beaconBlockRoot: bytes(32, 0xa1) },
  source: { epoch: 3, root: bytes(32, 0xa2) },
  target: { epoch: 5, root: bytes(32, 0xa3) },
};
const header = (proposerIndex: number, mark: number) => ({
  message: {
    ...{
      slot: 9n,
      proposerIndex,
      parentRoot: bytes(32, mark),
      stateRoot: bytes(32, 2),
      bodyRoot: bytes(32, 3),
    },
  },
  signature: bytes(96, 0),
});
const indexed = (attestingIndices: number[], mark: number) => ({
  attestingIndices,
  data: {
    ...{ slot: 9n, index: 0n, beaconBlockRoot: bytes(32, mark) },
    source: { epoch: 0n, root: bytes(32, 1) },
    target: { epoch: 1n, root: bytes(32, 2) },
  },
  signature: bytes(96, 0),
});
const DEPOSIT = { pubkey: bytes(48, 0xd1), withdrawalCredentials: bytes(32, 0xd2), signature: bytes(96, 0) };
const REQUESTS = {
  deposits: [{ ...DEPOSIT, amount: 5_000_000_000, index: 7n }],
  withdrawals: [{ sourceAddress: bytes(20, 0xe1), validatorPubkey: bytes(48, 0xe2), amount: 0n }],
  consolidations: [
    { sourceAddress: bytes(20, 0xe3), sourcePubkey: bytes(48, 0xe4), targetPubkey: bytes(48, 0xe5) },
  ],
};

/** A block with one of everything that its fork has, through the wire's own form and back. */
function fullBlock(fork: (typeof FORKS)[number]) {
  /* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment --
     eight types of one shape, filled by what each has */
  const block: any = ssz[fork].SignedBeaconBlock.defaultValue();
  const { message } = block;
  Object.assign(message, {
    ...{ slot: 42, proposerIndex: 17, parentRoot: bytes(32, 0x11), stateRoot: bytes(32, 0x12) },
  });
  const { body } = message;
  const electra = isAtLeast(fork, 'electra');
  Object.assign(body, {
    graffiti: Buffer.from('a block of everything'.padEnd(32, '\0')),
    attestations: electra
      ? [
          {
            aggregationBits: BitArray.fromBoolArray([
              true,
              false,
              false,
              true,
              true,
              false,
              true,
              true,
              false,
              true,
            ]),
            committeeBits: BitArray.fromBoolArray([true, false, true, false]),
            ...{ data: { ...DATA, index: 0 }, signature: bytes(96, 0) },
          },
        ]
      : [
          {
            aggregationBits: BitArray.fromBoolArray([false, true, true]),
            ...{ data: DATA, signature: bytes(96, 0) },
          },
        ],
    proposerSlashings: [{ signedHeader1: header(21, 4), signedHeader2: header(21, 5) }],
    attesterSlashings: [{ attestation1: indexed([2, 5, 8, 9], 6), attestation2: indexed([1, 5, 9, 11], 7) }],
    deposits: isAtLeast(fork, 'gloas')
      ? []
      : [
          {
            proof: Array.from({ length: 33 }, () => bytes(32, 0)),
            data: { ...DEPOSIT, amount: 32_000_000_000 },
          },
        ],
    voluntaryExits: [{ message: { epoch: 4, validatorIndex: 6 }, signature: bytes(96, 0) }],
  });
  if ('syncAggregate' in body) {
    body.syncAggregate.syncCommitteeBits = BitArray.fromBoolArray(
      Array.from({ length: 32 }, (_, at) => at % 3 === 0),
    );
  }
  if ('executionPayload' in body) {
    Object.assign(body.executionPayload, {
      ...{ blockNumber: 77, blockHash: bytes(32, 0x77), feeRecipient: bytes(20, 0x78) },
      transactions: [bytes(3, 1), bytes(4, 2)],
    });
    if ('withdrawals' in body.executionPayload) {
      body.executionPayload.withdrawals = [
        { index: 1, validatorIndex: 30, address: bytes(20, 0x79), amount: 12_345_678_901n },
        { index: 2, validatorIndex: 31, address: bytes(20, 0x7a), amount: 1n },
      ];
    }
  }
  if ('blsToExecutionChanges' in body) {
    const change = { validatorIndex: 12, fromBlsPubkey: bytes(48, 1), toExecutionAddress: bytes(20, 0x55) };
    body.blsToExecutionChanges = [{ message: change, signature: bytes(96, 0) }];
  }
  if ('executionRequests' in body) body.executionRequests = REQUESTS;
  if ('parentExecutionRequests' in body) Object.assign(body.parentExecutionRequests, REQUESTS);
  /* eslint-enable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment */
  const type: {
    serialize(value: unknown): Uint8Array;
    deserialize(bytes: Uint8Array): Parameters<typeof blockFacts>[0]['signedBlock'];
  } = ssz[fork].SignedBeaconBlock;
  const signedBlock = type.deserialize(type.serialize(block));
  return { fork, slot: slot(42n), root: rootFromBytes(bytes(32, 0x10)), signedBlock };
}

describe.each(FORKS)('the facts of a block of %s', (fork) => {
  const facts = blockFacts(fullBlock(fork));
  const since = (first: ForkName) => isAtLeast(fork, first);

  it('name the block', () => {
    const { slot: at, root, parentRoot, stateRoot, proposerIndex, graffiti } = facts;
    expect({ at, root, parentRoot, stateRoot, proposerIndex }).toEqual({
      ...{
        at: 42n,
        root: hex(32, 0x10),
        parentRoot: hex(32, 0x11),
        stateRoot: hex(32, 0x12),
        proposerIndex: 17,
      },
    });
    expect(Buffer.from(graffiti.slice(2), 'hex').toString()).toBe('a block of everything'.padEnd(32, '\0'));
  });

  it('have the votes in one form, old and new', () => {
    const [one] = facts.attestations;
    expect(facts.attestations.length).toBe(1);
    expect(one!.data).toEqual({
      ...{ slot: 41n, index: since('electra') ? 0n : 3n, beaconBlockRoot: hex(32, 0xa1) },
      source: { epoch: 3n, root: hex(32, 0xa2) },
      target: { epoch: 5n, root: hex(32, 0xa3) },
    });
    expect(one!.committees).toEqual(since('electra') ? [0, 2] : [3]);
    expect([...one!.bits]).toEqual(since('electra') ? [1, 0, 0, 1, 1, 0, 1, 1, 0, 1] : [0, 1, 1]);
  });

  it('have sync committee bits since Altair', () => {
    const expected = Array.from({ length: 32 }, (_, at) => (at % 3 === 0 ? 1 : 0));
    expect(facts.syncBits && [...facts.syncBits]).toEqual(since('altair') ? expected : null);
  });

  it('have a payload from Bellatrix until Gloas, whose blocks come without', () => {
    const hasPayload = since('bellatrix') && !since('gloas');
    expect(facts.execution).toEqual(
      hasPayload
        ? {
            ...{ blockNumber: 77n, blockHash: hex(32, 0x77), feeRecipient: hex(20, 0x78) },
            ...{ transactions: 2, lastTransaction: '0x02020202' },
          }
        : null,
    );
    expect(facts.withdrawals).toEqual(
      since('capella') && hasPayload
        ? [
            { validatorIndex: 30, address: hex(20, 0x79), amountGwei: 12_345_678_901n },
            { validatorIndex: 31, address: hex(20, 0x7a), amountGwei: 1n },
          ]
        : [],
    );
  });

  it('name who is slashed: of two votes, who signed both', () => {
    expect(facts.slashings).toEqual([
      { kind: 'proposer', validatorIndices: [21] },
      { kind: 'attester', validatorIndices: [5, 9] },
    ]);
  });

  it('have the operations of validators, and the requests since Electra', () => {
    expect(facts.exits).toEqual([{ validatorIndex: 6, epoch: 4n }]);
    expect(facts.credentialChanges).toEqual(
      since('capella') ? [{ validatorIndex: 12, address: hex(20, 0x55) }] : [],
    );
    const deposit = (amountGwei: bigint) => ({
      ...{ pubkey: hex(48, 0xd1), withdrawalCredentials: hex(32, 0xd2), amountGwei },
    });
    expect(facts.deposits).toEqual([
      // The deposit contract's old log has been used up by then.
      ...(since('gloas') ? [] : [deposit(32_000_000_000n)]),
      ...(since('electra') ? [deposit(5_000_000_000n)] : []),
    ]);
    expect(facts.withdrawalRequests).toEqual(
      since('electra') ? [{ sourceAddress: hex(20, 0xe1), pubkey: hex(48, 0xe2), amountGwei: 0n }] : [],
    );
    expect(facts.consolidationRequests).toEqual(
      since('electra')
        ? [{ sourceAddress: hex(20, 0xe3), source: hex(48, 0xe4), target: hex(48, 0xe5) }]
        : [],
    );
  });
});

describe('a payload', () => {
  it('of zeros, as between Bellatrix and the merge, is none', () => {
    const signedBlock = ssz.bellatrix.SignedBeaconBlock.defaultValue();
    const answer = {
      fork: 'bellatrix',
      slot: slot(1n),
      root: rootFromBytes(bytes(32, 1)),
      signedBlock,
    } as const;
    expect(blockFacts(answer).execution).toBeNull();
    signedBlock.message.body.executionPayload.blockHash = bytes(32, 9);
    expect(blockFacts(answer).execution).toMatchObject({ transactions: 0, lastTransaction: null });
  });
});
