import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GATED_TYPES } from '../../../../core/config/gated-types.ts';
import type { Pubkey } from '../../../../core/units.ts';
import type { MessageFacts } from '../../../../signer/messages/message-facts.ts';
import { judge } from '../../../../signer/policy/judge.ts';
import { generalPolicy, type Policy, type Rules } from '../../../../signer/policy/policy.ts';
import { rulesOfKey, type KeySettings } from '../../../../signer/policy/rules-of-key.ts';

const KEY = `0x${'aa'.repeat(48)}` as Pubkey;
const OTHER = `0x${'bb'.repeat(48)}` as Pubkey;
const address = (fill: string): string => `0x${fill.repeat(20)}`;
const [OURS, SPARE, THEIRS] = [address('01'), address('02'), address('ee')];

const withRules = (rules: Partial<Rules>, blocks: Policy['blockFeeRecipient'] = 'checked-if-visible') => ({
  general: { ...generalPolicy([]).general, ...rules },
  keys: new Map<Pubkey, Partial<Rules>>(),
  blockFeeRecipient: blocks,
});

type Type = Parameters<typeof judge>[0]['type'];

/** The code of the refusal, or null. */
function judged(
  type: Type,
  facts: MessageFacts,
  policy: Policy,
  { key = KEY, settings, index = null }: { key?: Pubkey; settings?: KeySettings; index?: bigint | null } = {},
): string | null {
  return judge({ type, facts }, rulesOfKey(policy, key, settings), index, key)?.reason ?? null;
}

describe('types that have to be allowed', () => {
  it.each(GATED_TYPES)('%s is refused unless it is', (type) => {
    expect(judged(type, {}, generalPolicy([]))).toBe('POLICY_TYPE_NOT_ALLOWED');
    const others = GATED_TYPES.filter((other) => other !== type);
    expect(judged(type, {}, generalPolicy(others))).toBe('POLICY_TYPE_NOT_ALLOWED');
    expect(judged(type, {}, generalPolicy([type]))).toBeNull();
  });

  it('are those of the key where it has an entry about them, and of all otherwise', () => {
    const policy: Policy = {
      ...generalPolicy(['DEPOSIT']),
      keys: new Map([
        [KEY, { allow: new Set(['VOLUNTARY_EXIT'] as const) }],
        [OTHER, { gasLimit: null }],
      ]),
    };
    expect(judged('VOLUNTARY_EXIT', {}, policy)).toBeNull();
    expect(judged('DEPOSIT', {}, policy)).toBe('POLICY_TYPE_NOT_ALLOWED');
    expect(judged('DEPOSIT', {}, policy, { key: OTHER })).toBeNull();
  });

  it('are no others', () => {
    for (const type of ['ATTESTATION', 'BLOCK_V2', 'RANDAO_REVEAL', 'VALIDATOR_REGISTRATION'] as const) {
      expect(judged(type, {}, generalPolicy([]))).toBeNull();
    }
  });
});

describe('the fee recipient', () => {
  const policy = withRules({ feeRecipients: new Set([OURS, SPARE]) });

  it.each(['VALIDATOR_REGISTRATION', 'PROPOSER_PREFERENCES', 'EXECUTION_PAYLOAD_BID', 'BLOCK_V2'] as const)(
    'of %s must be one of those allowed',
    (type) => {
      for (const feeRecipient of [OURS, SPARE]) expect(judged(type, { feeRecipient }, policy)).toBeNull();
      expect(judged(type, { feeRecipient: THEIRS }, policy)).toBe('POLICY_FEE_RECIPIENT');
      expect(judged(type, { feeRecipient: THEIRS }, generalPolicy([]))).toBeNull();
    },
  );

  it('that is proven without being named must be one of those allowed', () => {
    const proof = (of: string): MessageFacts => ({ provesFeeRecipient: (candidate) => candidate === of });
    expect(judged('BLOCK_V2', proof(SPARE), policy)).toBeNull();
    expect(judged('BLOCK_V2', proof(THEIRS), policy)).toBe('POLICY_FEE_RECIPIENT');
  });

  it('of a key comes from its own entry alone, which may lift it', () => {
    const keyed: Policy = {
      ...policy,
      keys: new Map<Pubkey, Partial<Rules>>([
        [KEY, { feeRecipients: new Set([THEIRS]) }],
        [OTHER, { feeRecipients: null }],
      ]),
    };
    const register = (feeRecipient: string, key?: Pubkey) =>
      judged('VALIDATOR_REGISTRATION', { feeRecipient }, keyed, key === undefined ? {} : { key });
    expect(register(THEIRS)).toBeNull();
    expect(register(OURS)).toBe('POLICY_FEE_RECIPIENT');
    expect(register(address('77'), OTHER)).toBeNull();
    expect(register(OURS, `0x${'cc'.repeat(48)}` as Pubkey)).toBeNull();
  });

  it('set over the keymanager API is the only one, whatever the policy says, in any letter case', () => {
    const settings = { feeRecipient: `0x${'EE'.repeat(20)}`, gasLimit: null };
    const register = (feeRecipient: string) =>
      judged('VALIDATOR_REGISTRATION', { feeRecipient }, policy, { settings });
    expect(register(THEIRS)).toBeNull();
    expect(register(OURS)).toBe('POLICY_FEE_RECIPIENT');
    const none = { feeRecipient: null, gasLimit: null };
    expect(judged('BLOCK_V2', { feeRecipient: THEIRS }, policy, { settings: none })).toBe(
      'POLICY_FEE_RECIPIENT',
    );
  });
});

describe('a block that does not show its fee recipient', () => {
  const hidden: MessageFacts = { feeRecipientHidden: true };
  const required = withRules({ feeRecipients: new Set([OURS]) }, 'required');

  it('is signed where it is checked if visible, refused where it is required', () => {
    expect(judged('BLOCK_V2', hidden, withRules({ feeRecipients: new Set([OURS]) }))).toBeNull();
    expect(judged('BLOCK_V2', hidden, required)).toBe('POLICY_BLOCK_UNPROVEN');
  });

  it('is none when it proves it', () => {
    expect(judged('BLOCK_V2', { feeRecipient: OURS }, required)).toBeNull();
    expect(judged('BLOCK_V2', { provesFeeRecipient: (one) => one === OURS }, required)).toBeNull();
  });

  it('is one when its proof names nobody and the policy does not either', () => {
    const proof: MessageFacts = { provesFeeRecipient: () => true };
    expect(judged('BLOCK_V2', proof, withRules({}, 'required'))).toBe('POLICY_BLOCK_UNPROVEN');
    expect(judged('BLOCK_V2', proof, withRules({}))).toBeNull();
  });

  it('is none that came before execution, nor a vote', () => {
    expect(judged('BLOCK', { validatorIndex: 1n }, required)).toBeNull();
    expect(judged('ATTESTATION', {}, required)).toBeNull();
  });
});

describe('the gas limit', () => {
  it('is allowed within its range, both ends included', () => {
    const inRange = fc.tuple(fc.bigInt(0n, 100n), fc.bigInt(0n, 100n), fc.bigInt(0n, 100n));
    fc.assert(
      fc.property(
        inRange,
        fc.constantFrom('gasLimit' as const, 'targetGasLimit' as const),
        ([a, b, n], name) => {
          const range = { min: a < b ? a : b, max: a < b ? b : a };
          const expected = n >= range.min && n <= range.max ? null : 'POLICY_GAS_LIMIT';
          expect(judged('BLOCK_V2', { [name]: n }, withRules({ gasLimit: range }))).toBe(expected);
        },
      ),
    );
  });

  it('set over the keymanager API is what is asked of builders; payloads only near it', () => {
    const policy = withRules({ gasLimit: { min: 30n, max: 60n } });
    const settings = { feeRecipient: null, gasLimit: 70n };
    const wish = (targetGasLimit: bigint) =>
      judged('VALIDATOR_REGISTRATION', { targetGasLimit }, policy, { settings });
    expect([wish(70n), wish(69n), wish(45n)]).toEqual([null, 'POLICY_GAS_LIMIT', 'POLICY_GAS_LIMIT']);
    expect(judged('BLOCK_V2', { gasLimit: 45n }, policy, { settings })).toBeNull();
    expect(judged('BLOCK_V2', { gasLimit: 70n }, policy, { settings })).toBe('POLICY_GAS_LIMIT');
  });
});

describe('the validator index', () => {
  const named: MessageFacts = { validatorIndex: 7n };
  const open = generalPolicy(GATED_TYPES);

  it.each([
    ['BLOCK', 'POLICY_PROPOSER_INDEX'],
    ['BLOCK_V2', 'POLICY_PROPOSER_INDEX'],
    ['VOLUNTARY_EXIT', 'POLICY_VALIDATOR_INDEX'],
    ['AGGREGATE_AND_PROOF_V2', 'POLICY_VALIDATOR_INDEX'],
    ['PROPOSER_PREFERENCES', 'POLICY_VALIDATOR_INDEX'],
  ] as const)('of %s must be that of the key, where that is known', (type, reason) => {
    expect(judged(type, named, open, { index: 7n })).toBeNull();
    expect(judged(type, named, open, { index: 8n })).toBe(reason);
    expect(judged(type, { validatorIndex: 0n }, open, { index: 8n })).toBe(reason);
    expect(judged(type, { validatorIndex: 7n }, open, { index: 0n })).toBe(reason);
    expect(judged(type, named, open)).toBeNull();
  });

  it('is not missed by messages that have none', () => {
    expect(judged('ATTESTATION', {}, open, { index: 8n })).toBeNull();
  });
});

describe('a registration', () => {
  const open = generalPolicy([]);
  it('of another key is refused, if the key that signs is a validator', () => {
    const of = (pubkey: Pubkey, index: bigint | null) =>
      judged('VALIDATOR_REGISTRATION', { pubkey }, open, { index });
    expect(of(OTHER, 8n)).toBe('POLICY_OTHER_KEY');
    expect(of(KEY, 8n)).toBeNull();
    // The key may be a share, which registers the validator that it is a share of.
    expect(of(OTHER, null)).toBeNull();
  });
});

it('every refusal says what was asked and what stands against it', () => {
  const policy = withRules({ feeRecipients: new Set([OURS]), gasLimit: { min: 30n, max: 60n } });
  const detail = (type: Type, facts: MessageFacts) =>
    judge({ type, facts }, rulesOfKey(policy, KEY), 8n, KEY)?.detail;
  expect(detail('BLOCK_V2', { feeRecipient: THEIRS })).toContain(THEIRS);
  expect(detail('BLOCK_V2', { gasLimit: 61n })).toBe('61 is not from 30 to 60');
  expect(detail('BLOCK_V2', { validatorIndex: 7n })).toMatch(/validator 7.*validator 8/);
});
