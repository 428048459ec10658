import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../core/json/parse-strict-json.ts';
import { parse, refusal } from './parsing.ts';
import { firstSlotOf, forkInfo, GENESIS_VALIDATORS_ROOT } from './successive-forks.ts';
import { payloadEnvelope } from './spec-layouts.ts';
import * as valid from './valid-requests.ts';

const { hex, spoiled } = valid;
const RECIPIENT = `0x${'AbCd'.repeat(10)}`;
const LOWER = RECIPIENT.toLowerCase();

const registration: JsonObject = {
  type: 'VALIDATOR_REGISTRATION',
  validator_registration: {
    fee_recipient: RECIPIENT,
    gas_limit: '36000000',
    timestamp: '1',
    pubkey: hex(48),
  },
};
const preferences = spoiled(
  spoiled(
    valid.proposerPreferences({ target_gas_limit: '60' }),
    'proposer_preferences.data.fee_recipient',
    RECIPIENT,
  ),
  'proposer_preferences.data.validator_index',
  '12',
);
const bid: JsonObject = {
  type: 'EXECUTION_PAYLOAD_BID',
  fork_info: forkInfo('gloas'),
  execution_payload_bid: {
    version: 'GLOAS',
    data: {
      ...Object.fromEntries(
        [
          'parent_block_hash',
          'parent_block_root',
          'block_hash',
          'prev_randao',
          'execution_requests_root',
        ].map((name) => [name, hex(32)]),
      ),
      fee_recipient: RECIPIENT,
      gas_limit: '18446744073709551615',
      builder_index: '3',
      slot: firstSlotOf('gloas').toString(),
      value: '0',
      execution_payment: '0',
      blob_kzg_commitments: [],
    },
  },
};
const change: JsonObject = {
  type: 'BLS_TO_EXECUTION_CHANGE',
  bls_to_execution_change: {
    validator_index: '3',
    from_bls_pubkey: hex(48),
    to_execution_address: hex(20),
  },
};
const aggregate = valid.aggregateRequest(
  'electra',
  'AGGREGATE_AND_PROOF_V2',
  spoiled(valid.aggregate('electra'), 'aggregator_index', '15'),
);

describe('what the policy gets to judge', () => {
  it.each<[string, JsonObject, object]>([
    ['a block: its proposer', valid.block(), { validatorIndex: 7n }],
    [
      'a header: its proposer, and that it hides its recipient',
      valid.blockHeader('fulu'),
      { validatorIndex: 7n, feeRecipientHidden: true },
    ],
    [
      'a registration: recipient, wish and key',
      registration,
      { feeRecipient: LOWER, targetGasLimit: 36_000_000n, pubkey: hex(48) },
    ],
    [
      'preferences: recipient, wish and proposer',
      preferences,
      { feeRecipient: LOWER, targetGasLimit: 60n, validatorIndex: 12n },
    ],
    ['a bid: recipient and limit', bid, { feeRecipient: LOWER, gasLimit: 2n ** 64n - 1n }],
    ['an exit: the validator', valid.exit('electra', '5'), { validatorIndex: 3n }],
    ['an aggregate: the aggregator', aggregate, { validatorIndex: 15n }],
    ['a contribution: the aggregator', valid.contribution('altair'), { validatorIndex: 1n }],
    ['a vote: nothing', valid.attestation('electra'), {}],
    ['a deposit: nothing', valid.deposit(), {}],
    // It is signed with the withdrawal key, which is not the key of that validator.
    ['a change of credentials: nothing', change, {}],
  ])('of %s', (_, body, facts) => {
    expect(parse(body).facts).toEqual(facts);
  });
});

it('of an envelope: recipient and limit of its payload', () => {
  fc.assert(
    fc.property(payloadEnvelope.any, (envelope) => {
      const { payload } = envelope as { payload: Record<string, string> };
      payload['slot_number'] = firstSlotOf('gloas').toString();
      const body: JsonObject = {
        type: 'EXECUTION_PAYLOAD_ENVELOPE',
        fork_info: forkInfo('gloas'),
        execution_payload_envelope: { version: 'GLOAS', data: envelope as JsonObject },
      };
      expect(parse(body).facts).toEqual({
        feeRecipient: payload['fee_recipient']!.toLowerCase(),
        gasLimit: BigInt(payload['gas_limit']!),
      });
    }),
    { numRuns: 10 },
  );
});

describe('a change of withdrawal credentials', () => {
  it('needs no fork_info, and is the same message with it', () => {
    const { message } = parse(change);
    expect(message.kind).toBe('unslashable');
    expect(parse({ ...change, fork_info: forkInfo('electra') }).message).toEqual(message);
  });

  it('with the fork_info of another network is refused', () => {
    const foreign = { ...forkInfo('electra'), genesis_validators_root: `0x${'66'.repeat(32)}` };
    expect(GENESIS_VALIDATORS_ROOT).not.toBe(foreign.genesis_validators_root);
    expect(refusal({ ...change, fork_info: foreign }).code).toBe('GENESIS_VALIDATORS_ROOT_MISMATCH');
  });

  it.each(['validator_index', 'from_bls_pubkey', 'to_execution_address'])('without %s is refused', (name) => {
    const path = `bls_to_execution_change.${name}`;
    const { code, message } = refusal(spoiled(change, path, undefined));
    expect(code).toBe('MALFORMED_MESSAGE');
    expect(message).toContain(path);
  });
});
