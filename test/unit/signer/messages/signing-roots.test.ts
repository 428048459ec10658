import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORK_NAMES, isAtLeast, type ForkName } from '../../../../core/chain/fork.ts';
import type { MessageType } from '../../../../signer/messages/index.ts';
import {
  bytes,
  container,
  signingRootOf,
  uint64,
  type Json,
  type Layout,
} from '../../../support/ssz-oracle.ts';
import * as layouts from './spec-layouts.ts';
import {
  clockIn,
  epochOf,
  firstSlotOf,
  forkInfo,
  GENESIS_VALIDATORS_ROOT,
  spec,
  versionOf,
} from './successive-forks.ts';

const { parseSignRequest, MESSAGE_TYPES } = await import('../../../../signer/messages/index.ts');

/** One message type as the oracle sees it. `at` are the paths that must lie in the fork under test. */
interface Case {
  readonly type: MessageType;
  readonly key: string;
  readonly forks: readonly ForkName[];
  readonly layout: (fork: ForkName) => Layout;
  readonly slotAt?: string;
  readonly epochAt?: string;
  /** What is hashed, where that is not the whole object. */
  readonly signed?: (json: Record<string, Json>) => Uint8Array;
  readonly shape?: (json: Json, fork: ForkName) => Json;
  readonly domainType: string;
  readonly version?: (fork: ForkName) => string;
  /** Without fork and fork_info; `bound`: with the genesis validators root all the same. */
  readonly genesisDomain?: true | 'bound';
  readonly fix?: (json: Json, fork: ForkName) => void;
}

const ALL = FORK_NAMES;
const since = (fork: ForkName): ForkName[] => ALL.filter((name) => isAtLeast(name, fork));
const always = (layout: Layout) => () => layout;
const versioned = (json: Json, fork: ForkName): Json => ({ version: fork.toUpperCase(), data: json });
const aggregate = (fork: ForkName): Layout =>
  isAtLeast(fork, 'gloas')
    ? layouts.gloasAggregate
    : isAtLeast(fork, 'electra')
      ? layouts.electraAggregate
      : layouts.phase0Aggregate;
const isFull = (fork: ForkName) => !isAtLeast(fork, 'bellatrix');
const ZERO_ROOT = `0x${'00'.repeat(32)}`;

const slotOnly = { layout: always(container({ slot: uint64 })), slotAt: 'slot' };

const CASES: readonly Case[] = [
  {
    type: 'BLOCK',
    key: 'block',
    forks: ['phase0'],
    layout: always(layouts.phase0Block),
    slotAt: 'slot',
    domainType: '0x00000000',
  },
  {
    type: 'BLOCK_V2',
    key: 'beacon_block',
    forks: ALL,
    layout: (fork) =>
      isFull(fork) ? (fork === 'phase0' ? layouts.phase0Block : layouts.altairBlock) : layouts.blockHeader,
    slotAt: 'slot',
    shape: (json, fork) => ({ version: fork.toUpperCase(), [isFull(fork) ? 'block' : 'block_header']: json }),
    domainType: '0x00000000',
  },
  {
    type: 'ATTESTATION',
    key: 'attestation',
    forks: ALL,
    layout: always(layouts.attestationData),
    slotAt: 'slot',
    epochAt: 'target.epoch',
    fix: (json, fork) => {
      const data = json as { index: string; source: { epoch: string } };
      data.source.epoch = fork === 'phase0' ? '0' : (epochOf(fork) - 1n).toString();
      const indices = isAtLeast(fork, 'gloas') ? 2n : isAtLeast(fork, 'electra') ? 1n : 64n;
      data.index = (BigInt(data.index) % indices).toString();
    },
    domainType: '0x01000000',
  },
  {
    type: 'RANDAO_REVEAL',
    key: 'randao_reveal',
    forks: ALL,
    layout: always(container({ epoch: uint64 })),
    epochAt: 'epoch',
    signed: (json) => uint64.root(json['epoch']!),
    domainType: '0x02000000',
  },
  {
    type: 'DEPOSIT',
    key: 'deposit',
    forks: ['phase0', 'electra'],
    layout: always(layouts.depositMessage),
    shape: (json) => ({ ...(json as object), genesis_fork_version: versionOf('phase0') }),
    genesisDomain: true,
    domainType: '0x03000000',
  },
  {
    type: 'BLS_TO_EXECUTION_CHANGE',
    key: 'bls_to_execution_change',
    forks: ['capella', 'electra'],
    layout: always(layouts.blsToExecutionChange),
    genesisDomain: 'bound',
    domainType: '0x0a000000',
  },
  {
    type: 'VOLUNTARY_EXIT',
    key: 'voluntary_exit',
    forks: ALL,
    layout: always(layouts.voluntaryExit),
    epochAt: 'epoch',
    version: (fork) => versionOf(isAtLeast(fork, 'deneb') ? 'capella' : fork),
    domainType: '0x04000000',
  },
  {
    type: 'AGGREGATION_SLOT',
    key: 'aggregation_slot',
    forks: ALL,
    ...slotOnly,
    signed: (json) => uint64.root(json['slot']!),
    domainType: '0x05000000',
  },
  {
    type: 'AGGREGATE_AND_PROOF',
    key: 'aggregate_and_proof',
    forks: ALL,
    layout: aggregate,
    slotAt: 'aggregate.data.slot',
    domainType: '0x06000000',
  },
  {
    type: 'AGGREGATE_AND_PROOF_V2',
    key: 'aggregate_and_proof',
    forks: ALL,
    layout: aggregate,
    slotAt: 'aggregate.data.slot',
    shape: versioned,
    domainType: '0x06000000',
  },
  {
    type: 'SYNC_COMMITTEE_MESSAGE',
    key: 'sync_committee_message',
    forks: since('altair'),
    layout: always(container({ slot: uint64, beacon_block_root: bytes(32) })),
    slotAt: 'slot',
    signed: (json) => bytes(32).root(json['beacon_block_root']!),
    domainType: '0x07000000',
  },
  {
    type: 'SYNC_COMMITTEE_SELECTION_PROOF',
    key: 'sync_aggregator_selection_data',
    forks: since('altair'),
    layout: always(layouts.syncSelection),
    slotAt: 'slot',
    domainType: '0x08000000',
  },
  {
    type: 'SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF',
    key: 'contribution_and_proof',
    forks: since('altair'),
    layout: always(layouts.contributionAndProof),
    slotAt: 'contribution.slot',
    domainType: '0x09000000',
  },
  {
    type: 'VALIDATOR_REGISTRATION',
    key: 'validator_registration',
    forks: ['bellatrix', 'gloas'],
    layout: always(layouts.validatorRegistration),
    genesisDomain: true,
    domainType: '0x00000001',
  },
  {
    type: 'EXECUTION_PAYLOAD_BID',
    key: 'execution_payload_bid',
    forks: since('gloas'),
    layout: (fork) => (fork === 'gloas' ? layouts.gloasBid : layouts.hezeBid),
    slotAt: 'slot',
    shape: versioned,
    domainType: '0x0b000000',
  },
  {
    type: 'EXECUTION_PAYLOAD_ENVELOPE',
    key: 'execution_payload_envelope',
    forks: since('gloas'),
    layout: always(layouts.payloadEnvelope),
    slotAt: 'payload.slot_number',
    shape: versioned,
    domainType: '0x0b000000',
  },
  {
    type: 'PAYLOAD_ATTESTATION_MESSAGE',
    key: 'payload_attestation_message',
    forks: since('gloas'),
    layout: always(layouts.payloadAttestation),
    slotAt: 'slot',
    shape: versioned,
    domainType: '0x0c000000',
  },
  {
    type: 'PROPOSER_PREFERENCES',
    key: 'proposer_preferences',
    forks: since('gloas'),
    layout: always(layouts.proposerPreferences),
    slotAt: 'proposal_slot',
    shape: versioned,
    domainType: '0x0d000000',
  },
  {
    type: 'BUILDER_REQUEST_AUTH',
    key: 'builder_request_auth',
    forks: ['gloas'],
    layout: always(layouts.builderRequestAuth),
    shape: versioned,
    genesisDomain: true,
    domainType: '0x0b000001',
  },
];

function setAt(json: Json, path: string, value: string): void {
  const keys = path.split('.');
  const last = keys.pop()!;
  const owner = keys.reduce((object, key) => (object as Record<string, Json>)[key]!, json);
  (owner as Record<string, Json>)[last] = value;
}

function anyMessage(test: Case, fork: ForkName): fc.Arbitrary<Json> {
  return fc.tuple(test.layout(fork).any, fc.bigInt(0n, 31n)).map(([json, offset]) => {
    if (test.slotAt !== undefined) setAt(json, test.slotAt, (firstSlotOf(fork) + offset).toString());
    if (test.epochAt !== undefined) setAt(json, test.epochAt, epochOf(fork).toString());
    test.fix?.(json, fork);
    return json;
  });
}

describe('the signing root of every message type in every fork is that of an independent merkleizer', () => {
  it('knows every message type', () => {
    expect(CASES.map(({ type }) => type).toSorted()).toEqual(MESSAGE_TYPES.toSorted());
    expect(MESSAGE_TYPES).toHaveLength(19);
  });

  for (const test of CASES) {
    it.each(test.forks)(`${test.type} in %s`, (fork) => {
      const clock = clockIn(fork);
      const layout = test.layout(fork);
      fc.assert(
        fc.property(anyMessage(test, fork), (json) => {
          const body = {
            type: test.type,
            [test.key]: test.shape?.(json, fork) ?? json,
            ...(test.genesisDomain === undefined ? { fork_info: forkInfo(fork) } : {}),
          };
          const objectRoot = test.signed?.(json as Record<string, Json>) ?? layout.root(json);
          const expected =
            test.genesisDomain === undefined
              ? signingRootOf(
                  objectRoot,
                  test.domainType,
                  test.version?.(fork) ?? versionOf(fork),
                  GENESIS_VALIDATORS_ROOT,
                )
              : signingRootOf(
                  objectRoot,
                  test.domainType,
                  versionOf('phase0'),
                  test.genesisDomain === 'bound' ? GENESIS_VALIDATORS_ROOT : ZERO_ROOT,
                );
          const request = parseSignRequest(body, { spec, clock });
          expect(request.type).toBe(test.type);
          expect(request.message.signingRoot).toBe(expected);
        }),
        { numRuns: 25 },
      );
    });
  }
});

describe('a message that came with a fork is refused in the fork before it', () => {
  const newer = CASES.filter(
    ({ forks, genesisDomain }) => forks[0] !== 'phase0' && genesisDomain === undefined,
  );

  it.each(newer)('$type', (test) => {
    const first = test.forks[0]!;
    const before = FORK_NAMES[FORK_NAMES.indexOf(first) - 1]!;
    const [json] = fc.sample(test.layout(first).any, 1) as [Json];
    setAt(json, test.slotAt!, firstSlotOf(before).toString());
    const body = {
      type: test.type,
      [test.key]: test.shape?.(json, first) ?? json,
      fork_info: forkInfo(before),
    };
    expect(() => parseSignRequest(body, { spec, clock: clockIn(before) })).toThrow(
      expect.objectContaining({ code: 'MESSAGE_NOT_IN_FORK' }) as Error,
    );
  });
});
