import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../core/json/parse-strict-json.ts';
import { parse, refusal } from './parsing.ts';
import { forkInfo, spec, versionOf } from './successive-forks.ts';
import {
  attestation,
  attestationData,
  blockHeader,
  deposit,
  exit,
  hex,
  proposerPreferences,
  spoiled,
} from './valid-requests.ts';

const valid = attestation('electra');
const validRoot = parse(valid).message.signingRoot;

describe('type', () => {
  it.each<[string, JsonValue | undefined]>([
    ['missing', undefined],
    ['null', null],
    ['written with letters whose upper case is ASCII', 'atteſtatıon'],
    ['padded', 'ATTESTATION '],
    ['an array', ['ATTESTATION']],
    ['a number', 1],
    ['inherited by every object', 'toString'],
    ['not known', 'INCLUSION_LIST'],
    ['very long', 'A'.repeat(100_000)],
  ])('%s is refused', (_, type) => {
    const { code, message } = refusal(spoiled(valid, 'type', type));
    expect(code).toBe('UNKNOWN_MESSAGE_TYPE');
    expect(message.length).toBeLessThan(120);
  });

  it.each(['attestation', 'Attestation', 'aTTESTATION'])('%s is ATTESTATION, as in Web3Signer', (type) => {
    expect(parse({ ...valid, type })).toEqual(parse(valid));
  });

  it.each<JsonValue>([null, [], 'ATTESTATION', 5])('a body that is no object is refused: %j', (body) => {
    expect(refusal(body).code).toBe('MALFORMED_MESSAGE');
  });
});

describe('hex as Web3Signer takes it too, and Vigil does not', () => {
  it.each([
    ['an empty signing root', 'signing_root', ''],
    ['a signing root without 0x', 'signing_root', validRoot.slice(2)],
    ['a fork version without 0x', 'fork_info.fork.current_version', '05000000'],
  ])('%s', (_, path, value) => {
    expect(refusal(spoiled({ ...valid, signing_root: validRoot }, path, value)).code).toBe('BAD_HEX');
  });

  it('preferences without their dependent root', () => {
    const preferences = proposerPreferences({ target_gas_limit: '30000000' });
    parse(preferences);
    const { code, message } = refusal(
      spoiled(preferences, 'proposer_preferences.data.dependent_root', undefined),
    );
    expect(code).toBe('MALFORMED_MESSAGE');
    expect(message).toContain('dependent_root');
  });
});

describe('payload', () => {
  it('is refused when it is that of another type', () => {
    const body = { ...valid, type: 'BLOCK_V2' };
    const { code, message } = refusal(body);
    expect(code).toBe('MALFORMED_MESSAGE');
    expect(message).toContain('attestation');
  });

  it('is refused when another one is beside it', () => {
    const { code, message } = refusal({ ...valid, beacon_block: blockHeader('electra')['beacon_block']! });
    expect(code).toBe('MALFORMED_MESSAGE');
    expect(message).toContain('beacon_block');
  });

  it('may have nulls beside it, as clients send that serialise every field', () => {
    expect(parse({ ...valid, beacon_block: null, signing_root: null }).message.signingRoot).toBe(validRoot);
  });

  it.each(['signing_root', 'signingRoot'])('is never replaced by %s', (key) => {
    const { code } = refusal({ ...spoiled(valid, 'attestation', undefined), [key]: validRoot });
    expect(code).toBe('SIGNING_ROOT_WITHOUT_MESSAGE');
  });

  it.each<[JsonValue | undefined]>([[undefined], [null], [[]], ['0x'], [{}]])('%j is refused', (payload) => {
    const { code, message } = refusal(spoiled(valid, 'attestation', payload));
    expect(code).toBe('MALFORMED_MESSAGE');
    expect(message).toMatch(/^attestation/);
  });

  it('an inherited field is not a sent one', () => {
    const inherited = Object.create(attestationData(160n)) as JsonObject;
    expect(refusal({ ...valid, attestation: inherited }).message).toBe('attestation.slot is missing');
  });

  it('unknown members are ignored at every level', () => {
    const body = spoiled(spoiled(valid, 'extra', { a: 1 }), 'attestation.target.extra', 5);
    expect(parse(body).message.signingRoot).toBe(validRoot);
  });
});

describe('supplied signing root', () => {
  const other = hex(32, 'ab');

  it('is compared in both spellings', () => {
    expect(
      parse({ ...valid, signing_root: validRoot, signingRoot: validRoot.toUpperCase().replace('0X', '0x') }),
    ).toEqual(parse(valid));
    expect(refusal({ ...valid, signing_root: other }).code).toBe('SIGNING_ROOT_MISMATCH');
    expect(refusal({ ...valid, signingRoot: other }).code).toBe('SIGNING_ROOT_MISMATCH');
    expect(refusal({ ...valid, signing_root: validRoot, signingRoot: other }).code).toBe(
      'SIGNING_ROOT_MISMATCH',
    );
    expect(refusal({ ...valid, signing_root: other, signingRoot: validRoot }).code).toBe(
      'SIGNING_ROOT_MISMATCH',
    );
    expect(refusal({ ...valid, signing_root: hex(32, '00') }).code).toBe('SIGNING_ROOT_MISMATCH');
  });

  it.each<JsonValue>(['0x', '', hex(31), hex(33), 'ab'.repeat(32), 5])('%j is refused', (sent) => {
    const { code, message } = refusal({ ...valid, signing_root: sent });
    expect(code).toBe('BAD_HEX');
    expect(message).toContain('signing_root');
  });
});

describe('fork_info', () => {
  const messages: [string, JsonObject][] = [
    ['attestation', valid],
    ['block', blockHeader('electra')],
    ['voluntary exit', exit('electra', '5')],
    [
      'randao reveal',
      { type: 'RANDAO_REVEAL', randao_reveal: { epoch: '5' }, fork_info: forkInfo('electra') },
    ],
  ];

  it.each(messages)('is needed for a %s', (_, body) => {
    expect(refusal(spoiled(body, 'fork_info', undefined)).code).toBe('FORK_INFO_MISSING');
    expect(refusal(spoiled(body, 'fork_info', null)).code).toBe('FORK_INFO_MISSING');
  });

  it.each(messages)('of another network refuses a %s', (_, body) => {
    const { code, message } = refusal(spoiled(body, 'fork_info.genesis_validators_root', hex(32)));
    expect(code).toBe('GENESIS_VALIDATORS_ROOT_MISMATCH');
    expect(message).toContain(spec.genesisValidatorsRoot);
  });

  it.each(messages)('with a version that no fork has refuses a %s', (_, body) => {
    const { code, message } = refusal(spoiled(body, 'fork_info.fork.current_version', '0xdeadbeef'));
    expect(code).toBe('FORK_VERSION_MISMATCH');
    expect(message).toContain('0xdeadbeef');
  });

  it.each<[string, JsonValue | undefined, string]>([
    ['fork_info', 'x', 'MALFORMED_MESSAGE'],
    ['fork_info.fork', undefined, 'MALFORMED_MESSAGE'],
    ['fork_info.fork', [], 'MALFORMED_MESSAGE'],
    ['fork_info.genesis_validators_root', undefined, 'MALFORMED_MESSAGE'],
    ['fork_info.genesis_validators_root', hex(31), 'BAD_HEX'],
    ['fork_info.fork.previous_version', undefined, 'MALFORMED_MESSAGE'],
    ['fork_info.fork.previous_version', '0x0400', 'BAD_HEX'],
    ['fork_info.fork.current_version', undefined, 'MALFORMED_MESSAGE'],
    ['fork_info.fork.current_version', '050000f0', 'BAD_HEX'],
    ['fork_info.fork.current_version', '0x050000f000', 'BAD_HEX'],
    ['fork_info.fork.epoch', undefined, 'MALFORMED_MESSAGE'],
    ['fork_info.fork.epoch', 5, 'BAD_INTEGER'],
    ['fork_info.fork.epoch', '-1', 'BAD_INTEGER'],
    ['fork_info.fork.epoch', '1e3', 'BAD_INTEGER'],
    ['fork_info.fork.epoch', '18446744073709551616', 'BAD_INTEGER'],
  ])('%s = %j is %s', (path, value, code) => {
    const error = refusal(spoiled(valid, path, value));
    expect(error.code).toBe(code);
    expect(error.message).toContain(path);
  });

  it('must have our version for the epoch of the message, not merely one of ours', () => {
    expect(refusal(spoiled(valid, 'fork_info', forkInfo('deneb'))).code).toBe('FORK_VERSION_MISMATCH');
    expect(refusal(spoiled(valid, 'fork_info', forkInfo('gloas'))).code).toBe('FORK_VERSION_MISMATCH');
  });

  it('is read with its epoch: the previous version counts before it', () => {
    const fork = { previous_version: versionOf('electra'), current_version: versionOf('fulu'), epoch: '6' };
    expect(parse(spoiled(valid, 'fork_info.fork', fork)).message.signingRoot).toBe(validRoot);
    expect(refusal(spoiled(valid, 'fork_info.fork', { ...fork, epoch: '5' })).code).toBe(
      'FORK_VERSION_MISMATCH',
    );
  });

  it('is not looked at where no fork is signed', () => {
    const plain = parse(deposit());
    expect(parse({ ...deposit(), fork_info: 'whatever' })).toEqual(plain);
  });
});

it('refuses to work with SSZ types of another preset', async () => {
  const { parseSignRequest } = await import('../../../../signer/messages/index.ts');
  const { clockIn } = await import('./successive-forks.ts');
  const minimal = { ...spec, presetBase: 'minimal' as const };
  expect(() => parseSignRequest(valid, { spec: minimal, clock: clockIn('electra') })).toThrow(
    expect.objectContaining({ code: 'PRESET_CONFLICT' }) as Error,
  );
});
