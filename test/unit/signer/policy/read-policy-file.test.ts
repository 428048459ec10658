import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GatedType } from '../../../../core/config/gated-types.ts';
import type { VigilError } from '../../../../core/errors.ts';
import { UINT64_MAX } from '../../../../core/uint64.ts';
import { generalPolicy, type Policy } from '../../../../signer/policy/policy.ts';
import { readPolicyFile } from '../../../../signer/policy/read-policy-file.ts';
import { tempDirectory } from '../../../support/temp-guard.ts';

const KEY = `0x${'aB'.repeat(48)}`;
const LOWER_KEY = KEY.toLowerCase();
const ADDRESS = `0x${'Cd'.repeat(20)}`;

function file(text: string): string {
  const path = join(tempDirectory(), 'policy.yaml');
  writeFileSync(path, text);
  return path;
}

const read = (text: string, allow: readonly GatedType[] = []): Policy => readPolicyFile(file(text), allow);

function complaint(text: string): string {
  try {
    read(text);
  } catch (error) {
    const { code, message, exitCode } = error as VigilError;
    expect({ code, exitCode }).toEqual({ code: 'POLICY_FILE_INVALID', exitCode: 2 });
    return message;
  }
  throw new Error('the file was accepted');
}

describe('a policy file', () => {
  it('is read as it is meant', () => {
    const policy = read(`
fee-recipients: [${ADDRESS}, '0x${'01'.repeat(20)}']
gas-limit: {min: 30000000, max: 60000000}
allow: [VOLUNTARY_EXIT]
block-fee-recipient: required
keys:
  ${KEY}:
    fee-recipients: any
    gas-limit: {max: 5}
    allow: []
  0x${'01'.repeat(48)}:
    fee-recipients: [${ADDRESS}]
    gas-limit: any
`);
    expect(policy).toEqual({
      general: {
        feeRecipients: new Set([ADDRESS.toLowerCase(), `0x${'01'.repeat(20)}`]),
        gasLimit: { min: 30_000_000n, max: 60_000_000n },
        allow: new Set(['VOLUNTARY_EXIT']),
      },
      keys: new Map([
        [LOWER_KEY, { feeRecipients: null, gasLimit: { min: 0n, max: 5n }, allow: new Set() }],
        [`0x${'01'.repeat(48)}`, { feeRecipients: new Set([ADDRESS.toLowerCase()]), gasLimit: null }],
      ]),
      blockFeeRecipient: 'required',
    });
  });

  it.each(['', '# nothing yet\n', '{}', '---\n'])(
    'that says nothing (%j) is the policy without a file',
    (text) => {
      expect(read(text, ['DEPOSIT'])).toEqual(generalPolicy(['DEPOSIT']));
    },
  );

  it('allows what the setting allows besides', () => {
    expect(read('allow: [DEPOSIT]', ['VOLUNTARY_EXIT']).general.allow).toEqual(
      new Set(['VOLUNTARY_EXIT', 'DEPOSIT']),
    );
  });

  it('may give one end of the gas limit', () => {
    expect(read('gas-limit: {min: 7}').general.gasLimit).toEqual({ min: 7n, max: UINT64_MAX });
  });
});

describe('what cannot be used is named with line and place', () => {
  it.each<[string, RegExp]>([
    ['fee-recipients: 0x01', /policy\.yaml:1: fee-recipients must be a list or any/],
    ['allow: []\nfee-recipients:\n  - 0x01\n', /:3: fee-recipients\.0 must be 0x and 40 hex digits/],
    [`fee-recipients: [${ADDRESS}, ${ADDRESS}0]`, /:1: fee-recipients\.1 must be/],
    ['fee-recipients: []', /fee-recipients must name at least one address/],
    ['fee-recipients:', /fee-recipients must be a list or any/],
    ['gas-limit: 30000000', /gas-limit must be \{min: N, max: N\} or any/],
    ['gas-limit: {}', /gas-limit needs min or max/],
    ['gas-limit: {min: 6, max: 5}', /gas-limit has a min above its max/],
    ['gas-limit: {min: 30_000_000}', /gas-limit\.min must be decimal digits/],
    ['gas-limit: {max: 0x10}', /gas-limit\.max must be decimal digits/],
    ['gas-limit: {max: 18446744073709551616}', /gas-limit\.max must be below 2\^64/],
    ['gas-limit: {mix: 5}', /gas-limit\.mix is not known, did you mean m(in|ax)\?/],
    ['allow: [ATTESTATION]', /allow\.0 must be one of VOLUNTARY_EXIT/],
    ['allow: VOLUNTARY_EXIT', /allow must be a list/],
    ['block-fee-recipient: maybe', /block-fee-recipient must be one of/],
    ['fee-recipient: x', /fee-recipient is not known, did you mean fee-recipients\?/],
    ['keys: []', /keys must be a list of keys/],
    [`keys:\n  ${KEY}: 5`, new RegExp(`:2: keys\\.${KEY} must be a list of`)],
    ['keys:\n  0xab: {}', /:2: keys\.0xab is not a public key/],
    [`keys:\n  ${KEY}: {}\n  ${LOWER_KEY}: {}`, /keys\.0xab\w+ is there twice/],
    [
      `keys:\n  ${KEY}:\n    allow: []\n    block-fee-recipient: required`,
      /block-fee-recipient is not known/,
    ],
    [`keys:\n  ${KEY}:\n    gas-limit: {min: x}`, new RegExp(`:3: keys\\.${KEY}\\.gas-limit\\.min must be`)],
    ['allow: []\nallow: []', /Map keys must be unique.*line 2/s],
    ['- allow', /the policy must be a list of "name: value" lines/],
    ['allow: [', /policy\.yaml: .*line 1/s],
    ['text', /the policy must be/],
  ])('%j', (text, said) => {
    expect(complaint(text)).toMatch(said);
  });

  it('so is a file that is not there', () => {
    const path = join(tempDirectory(), 'none.yaml');
    expect(() => readPolicyFile(path, [])).toThrow(
      expect.objectContaining({
        code: 'POLICY_FILE_INVALID',
        message: expect.stringContaining(path) as string,
      }) as Error,
    );
  });
});
