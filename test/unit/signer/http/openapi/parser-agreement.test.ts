import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../../core/json/parse-strict-json.ts';
import { judgeOf } from '../../../../support/openapi-validation.ts';
import { parse } from '../../messages/parsing.ts';
import { firstSlotOf } from '../../messages/successive-forks.ts';
import * as valid from '../../messages/valid-requests.ts';
import { forkInfo } from '../../messages/successive-forks.ts';

// After the chain spec, whose preset the SSZ types take when they are loaded.
const { EVERYTHING, openApiDocument } = await import('../../../../../signer/http/openapi/document.ts');
const { MESSAGE_TYPES } = await import('../../../../../signer/messages/index.ts');
const judge = judgeOf(openApiDocument(EVERYTHING), false);

const { hex } = valid;

const request = (type: string, payload: JsonObject): JsonObject => ({
  type,
  ...payload,
  fork_info: forkInfo('gloas'),
});
const at = firstSlotOf('gloas').toString();

const bid = {
  parent_block_hash: hex(32),
  parent_block_root: hex(32),
  block_hash: hex(32),
  prev_randao: hex(32),
  fee_recipient: hex(20),
  gas_limit: '1',
  builder_index: '1',
  slot: at,
  value: '1',
  execution_payment: '0',
  blob_kzg_commitments: [hex(48)],
  execution_requests_root: hex(32),
};

const payload = {
  parent_hash: hex(32),
  fee_recipient: hex(20),
  state_root: hex(32),
  receipts_root: hex(32),
  logs_bloom: hex(256),
  prev_randao: hex(32),
  block_number: '1',
  gas_limit: '1',
  gas_used: '1',
  timestamp: '1',
  extra_data: '0x11',
  base_fee_per_gas: '1',
  block_hash: hex(32),
  transactions: ['0x02'],
  withdrawals: [{ index: '1', validator_index: '1', address: hex(20), amount: '1' }],
  blob_gas_used: '0',
  excess_blob_gas: '0',
  block_access_list: '0x',
  slot_number: at,
};

const envelope = {
  payload,
  execution_requests: {
    deposits: [],
    withdrawals: [{ source_address: hex(20), validator_pubkey: hex(48), amount: '1' }],
    consolidations: [],
    builder_deposits: [],
    builder_exits: [],
  },
  builder_index: '1',
  beacon_block_root: hex(32),
  parent_beacon_block_root: hex(32),
};

const REQUESTS: Readonly<Record<string, JsonObject>> = {
  'a phase0 block': valid.block(),
  'a phase0 block, version 2': valid.blockV2Phase0(),
  'a header': valid.blockHeader('electra'),
  'a header with proofs': { ...valid.blockHeader('electra'), proofs: [] },
  'an attestation': valid.attestation('electra'),
  'a slot': request('AGGREGATION_SLOT', { aggregation_slot: { slot: at } }),
  'an aggregate': valid.aggregateRequest('phase0', 'AGGREGATE_AND_PROOF', valid.aggregate('phase0')),
  'an aggregate in an envelope': valid.aggregateRequest('electra', 'AGGREGATE_AND_PROOF_V2', {
    version: 'ELECTRA',
    data: valid.aggregate('electra'),
  }),
  'an epoch': request('RANDAO_REVEAL', { randao_reveal: { epoch: '7' } }),
  'an exit': valid.exit('electra', '5'),
  'a deposit': valid.deposit(),
  'a change of credentials': {
    type: 'BLS_TO_EXECUTION_CHANGE',
    bls_to_execution_change: {
      validator_index: '1',
      from_bls_pubkey: hex(48),
      to_execution_address: hex(20),
    },
  },
  'a sync committee message': request('SYNC_COMMITTEE_MESSAGE', {
    sync_committee_message: { beacon_block_root: hex(32), slot: at },
  }),
  'a sync committee selection': request('SYNC_COMMITTEE_SELECTION_PROOF', {
    sync_aggregator_selection_data: { slot: at, subcommittee_index: '1' },
  }),
  'a contribution': valid.contribution('electra'),
  'a registration': {
    type: 'VALIDATOR_REGISTRATION',
    validator_registration: { fee_recipient: hex(20), gas_limit: '1', timestamp: '1', pubkey: hex(48) },
  },
  'a bid': request('EXECUTION_PAYLOAD_BID', { execution_payload_bid: { version: 'GLOAS', data: bid } }),
  'a payload': request('EXECUTION_PAYLOAD_ENVELOPE', {
    execution_payload_envelope: { version: 'GLOAS', data: envelope },
  }),
  'a payload attestation': valid.payloadAttestation('gloas'),
  'preferences': valid.proposerPreferences({ target_gas_limit: '1' }),
  'preferences of a draft': valid.proposerPreferences({ gas_limit: '1' }),
  'credentials for a builder': valid.builderRequestAuth('0x11'),
};

/** What the parser says when a request has not the shape of its type. */
const OF_SHAPE = [
  'MALFORMED_MESSAGE',
  'BAD_HEX',
  'BAD_INTEGER',
  'FORK_INFO_MISSING',
  'UNKNOWN_MESSAGE_TYPE',
  'SIGNING_ROOT_WITHOUT_MESSAGE',
];

const REPLACEMENTS: readonly (JsonValue | undefined)[] = [
  undefined,
  null,
  true,
  [],
  {},
  '',
  '01',
  '-1',
  '1.5',
  '0x',
  '0x1',
  '0xzz',
  hex(33),
  '18446744073709551616000',
];

/** The slot says which container it is, so the schema cannot know that the committee bits must be there. */
const decidedBySlot = (path: readonly (string | number)[]): boolean => path.includes('committee_bits');

it('there is a request of every type', () => {
  expect(new Set(Object.values(REQUESTS).map(({ type }) => type))).toEqual(new Set(MESSAGE_TYPES));
});

describe.each(Object.entries(REQUESTS))('%s', (_name, body) => {
  it('is what the parser takes and what the schema describes', () => {
    expect(failureOf(body)).toBeNull();
    expect(problemOf(body)).toBeNull();
  });

  it('with any one of its parts spoiled is refused by both or by neither', () => {
    let spoiledBodies = 0;
    for (const path of pathsOf(body)) {
      for (const value of REPLACEMENTS) {
        const spoiledBody = replaced(body, path, value);
        const failure = failureOf(spoiledBody);
        const ofShape = failure !== null && OF_SHAPE.includes(failure);
        const problem = problemOf(spoiledBody);
        if (ofShape && decidedBySlot(path)) continue;
        spoiledBodies += 1;
        expect({ path, value, refused: problem !== null, problem }).toEqual({
          path,
          value,
          refused: ofShape,
          problem,
        });
      }
    }
    expect(spoiledBodies).toBeGreaterThan(30);
  });
});

function failureOf(body: JsonObject): string | null {
  try {
    parse(body);
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const problemOf = (body: JsonObject): string | null =>
  judge.problem({ $ref: '#/components/schemas/SignRequest' }, body);

type Path = readonly (string | number)[];

/** Every member and every first element, however deep. */
function pathsOf(node: JsonValue, path: Path = []): Path[] {
  if (typeof node !== 'object' || node === null) return [path];
  const inner = Array.isArray(node)
    ? node.slice(0, 1).flatMap((element) => pathsOf(element, [...path, 0]))
    : Object.entries(node).flatMap(([key, value]) => pathsOf(value, [...path, key]));
  return path.length === 0 ? inner : [path, ...inner];
}

function replaced(body: JsonObject, path: Path, value: JsonValue | undefined): JsonObject {
  const copy = structuredClone(body) as Record<string | number, unknown>;
  const owner = path.slice(0, -1).reduce((object, key) => object[key] as typeof copy, copy);
  const last = path.at(-1)!;
  if (value !== undefined) owner[last] = value;
  else if (Array.isArray(owner)) owner.splice(Number(last), 1);
  else Reflect.deleteProperty(owner, last);
  return copy as JsonObject;
}
