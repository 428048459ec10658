import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../core/json/parse-strict-json.ts';
import { parse, refusal } from './parsing.ts';
import {
  aggregate,
  aggregateRequest,
  attestation,
  block,
  blockHeader,
  blockV2Phase0,
  builderRequestAuth,
  contribution,
  deposit,
  hex,
  payloadAttestation,
  proposerPreferences,
  spoiled,
} from './valid-requests.ts';

/** body, path to spoil, value (`undefined` removes it), code of the refusal */
type Row = readonly [JsonObject, string, JsonValue | undefined, string];

const ATT = attestation('electra');
const HEADER = blockHeader('electra');
const AGG = aggregateRequest('electra', 'AGGREGATE_AND_PROOF', aggregate('electra'));
const OLD_AGG = aggregateRequest('deneb', 'AGGREGATE_AND_PROOF', aggregate('deneb'));
const GLOAS_AGG = aggregateRequest('gloas', 'AGGREGATE_AND_PROOF_V2', {
  version: 'GLOAS',
  data: aggregate('gloas'),
});
const BODY = 'block.body';
const DATA = 'aggregate_and_proof.aggregate';

const NOT_DECIMAL = [
  '',
  ' 5',
  '5\n',
  '+5',
  '-0',
  '-1',
  '0x10',
  '5.0',
  '1e3',
  '٥',
  '01',
  '00',
  'NaN',
  'Infinity',
];
const NOT_A_STRING: JsonValue[] = [5, 0, true, null, [], ['5'], {}];

const INTEGERS: Row[] = [
  ...[...NOT_DECIMAL, ...NOT_A_STRING, '18446744073709551616'].flatMap((value): Row[] => [
    [ATT, 'attestation.slot', value, 'BAD_INTEGER'],
    [ATT, 'attestation.source.epoch', value, 'BAD_INTEGER'],
    [HEADER, 'beacon_block.block_header.slot', value, 'BAD_INTEGER'],
    [HEADER, 'beacon_block.block_header.proposer_index', value, 'BAD_INTEGER'],
    [AGG, `${DATA}.data.slot`, value, 'BAD_INTEGER'],
  ]),
  // 2^53 and more, where a JS number is not exact.
  ...['9007199254740992', '9223372036854775808', '18446744073709551615'].flatMap((value): Row[] => [
    [HEADER, 'beacon_block.block_header.proposer_index', value, 'MALFORMED_MESSAGE'],
    [deposit(), 'deposit.amount', value, 'MALFORMED_MESSAGE'],
  ]),
];

const HEX: Row[] = [
  ...[
    '',
    '0x',
    hex(31),
    hex(33),
    '11'.repeat(32),
    `0X${'11'.repeat(32)}`,
    `${hex(31)}1`,
    `${hex(31)}zz`,
    5,
    null,
  ].flatMap((value): Row[] => [
    [ATT, 'attestation.beacon_block_root', value, 'BAD_HEX'],
    [HEADER, 'beacon_block.block_header.body_root', value, 'BAD_HEX'],
    [block(), `${BODY}.attestations[1].data.target.root`, value, 'BAD_HEX'],
  ]),
  [builderRequestAuth('0x00'), 'builder_request_auth.data.data', hex(4097), 'MALFORMED_MESSAGE'],
  [builderRequestAuth('0x00'), 'builder_request_auth.data.data', '0x0', 'BAD_HEX'],
];

const BITS: Row[] = [
  [AGG, `${DATA}.committee_bits`, hex(7), 'BAD_HEX'],
  [AGG, `${DATA}.committee_bits`, hex(9), 'BAD_HEX'],
  [contribution('altair'), 'contribution_and_proof.contribution.aggregation_bits', hex(15), 'BAD_HEX'],
  [contribution('altair'), 'contribution_and_proof.contribution.aggregation_bits', hex(17), 'BAD_HEX'],
  ...[AGG, OLD_AGG].flatMap((body): Row[] => [
    [body, `${DATA}.aggregation_bits`, '0x', 'MALFORMED_MESSAGE'],
    [body, `${DATA}.aggregation_bits`, '0x00', 'MALFORMED_MESSAGE'],
    [body, `${DATA}.aggregation_bits`, '0xff00', 'MALFORMED_MESSAGE'],
    [body, `${DATA}.aggregation_bits`, '0xf', 'BAD_HEX'],
  ]),
  [OLD_AGG, `${DATA}.aggregation_bits`, `${hex(256)}02`, 'MALFORMED_MESSAGE'],
  [AGG, `${DATA}.aggregation_bits`, `${hex(16384)}02`, 'MALFORMED_MESSAGE'],
  [GLOAS_AGG, 'aggregate_and_proof.data.aggregate.aggregation_bits', '0x', 'MALFORMED_MESSAGE'],
  [GLOAS_AGG, 'aggregate_and_proof.data.aggregate.aggregation_bits', `${hex(16384)}02`, 'MALFORMED_MESSAGE'],
];

const STRUCTURE: Row[] = [
  [ATT, 'attestation.source', undefined, 'MALFORMED_MESSAGE'],
  [ATT, 'attestation.source', [], 'MALFORMED_MESSAGE'],
  [ATT, 'attestation.target.root', undefined, 'MALFORMED_MESSAGE'],
  [HEADER, 'beacon_block.block_header', undefined, 'MALFORMED_MESSAGE'],
  [HEADER, 'beacon_block.block_header.body_root', undefined, 'MALFORMED_MESSAGE'],
  [AGG, `${DATA}.committee_bits`, undefined, 'MALFORMED_MESSAGE'],
  [AGG, `${DATA}.data`, null, 'MALFORMED_MESSAGE'],
  [AGG, DATA, undefined, 'MALFORMED_MESSAGE'],
  [block(), BODY, undefined, 'MALFORMED_MESSAGE'],
  [block(), `${BODY}.attestations`, {}, 'MALFORMED_MESSAGE'],
  [block(), `${BODY}.attestations`, null, 'MALFORMED_MESSAGE'],
  [block(), `${BODY}.attestations[1]`, '0x', 'MALFORMED_MESSAGE'],
  [block(), `${BODY}.proposer_slashings`, Array.from({ length: 17 }, () => ({})), 'MALFORMED_MESSAGE'],
  [block(), `${BODY}.deposits[0].proof`, Array.from({ length: 32 }, () => hex(32)), 'MALFORMED_MESSAGE'],
  [block(), `${BODY}.deposits[0].proof`, Array.from({ length: 34 }, () => hex(32)), 'MALFORMED_MESSAGE'],
  [block(), `${BODY}.deposits[0].proof[32]`, hex(31), 'BAD_HEX'],
  [blockV2Phase0(), 'beacon_block.block.body.eth1_data.block_hash', undefined, 'MALFORMED_MESSAGE'],
  ...['true', 'false', 0, 1, null, '0x01'].map((value): Row => [
    payloadAttestation('gloas'),
    'payload_attestation_message.data.payload_present',
    value,
    'MALFORMED_MESSAGE',
  ]),
];

describe.each([
  ['integers', INTEGERS],
  ['hex', HEX],
  ['bit fields', BITS],
  ['structure', STRUCTURE],
])('%s', (_, rows) => {
  it.each(rows)('%#: refuses and names the path', (body, path, value, code) => {
    expect(parse(body).message.kind).toBeDefined();
    const error = refusal(spoiled(body, path, value));
    expect(error).toEqual({ code, message: expect.stringContaining(`${path} `) as string });
    expect(error.message.length).toBeLessThan(200);
  });
});

describe('large integers', () => {
  const rootOf = (body: JsonObject) => parse(body).message.signingRoot;

  it('are told apart above 2^53 where the message is slashable', () => {
    const near = ['9007199254740992', '9007199254740993'].map((source) =>
      rootOf(spoiled(ATT, 'attestation.source.epoch', source)),
    );
    expect(near[0]).not.toBe(near[1]);
  });

  it.each(['9223372036854775808', '18446744073709551615'])('reach the guard unchanged: %s', (source) => {
    const { message } = parse(spoiled(ATT, 'attestation.source.epoch', source));
    expect(message).toMatchObject({ kind: 'attestation', source: BigInt(source), target: 5n });
  });

  it('of which the type knows only the far future are refused below it', () => {
    const auth = proposerPreferences({ target_gas_limit: '18446744073709551615' });
    expect(parse(auth).message.kind).toBe('unslashable');
    const path = 'proposer_preferences.data.validator_index';
    expect(refusal(spoiled(auth, path, '18446744073709551615')).code).toBe('MALFORMED_MESSAGE');
  });
});
