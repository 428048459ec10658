import { BEACON_ERRORS } from '../../../beacon/errors.ts';
import { CORE_ERRORS } from '../../../core/core-errors.ts';
import { REFUSALS, SLASHING_DB_ERRORS } from '../../../slashing-db/index.ts';
import { DAEMON_ERRORS } from '../../daemon-errors.ts';
import { SIGNER_ERRORS } from '../../errors.ts';
import { KEY_ERRORS } from '../../key-errors.ts';
import { POLICY_REASONS, POLICY_REFUSALS } from '../../policy/policy-refusals.ts';
import { errorStatus, HTTP_ERRORS } from '../http-errors.ts';
import { REFUSAL_STATUS } from '../refusal-status.ts';

const CATALOGUE = {
  ...HTTP_ERRORS,
  ...SIGNER_ERRORS,
  ...CORE_ERRORS,
  ...BEACON_ERRORS,
  ...DAEMON_ERRORS,
  ...KEY_ERRORS,
  ...SLASHING_DB_ERRORS,
  ...REFUSALS,
  ...POLICY_REFUSALS,
};

/** Every code that an answer could carry. */
export type AnswerCode = keyof typeof CATALOGUE;

const codesOf = <C extends object>(catalogue: C) => Object.keys(catalogue) as (keyof C & string)[];

export const ANSWER_CODES: readonly AnswerCode[] = codesOf(CATALOGUE);

export const summaryOf = (code: AnswerCode): string => CATALOGUE[code].summary;

/** The status that comes with a code, from the tables that the routes answer by. */
export function statusOf(code: AnswerCode): number {
  const refusal: Readonly<Record<string, number>> = REFUSAL_STATUS;
  return refusal[code] ?? errorStatus(code);
}

export const GUARD_REFUSALS: readonly AnswerCode[] = codesOf(REFUSALS);
export const BEACON_FAILURES: readonly AnswerCode[] = codesOf(BEACON_ERRORS);
export const POLICY_REFUSAL_CODES: readonly AnswerCode[] = POLICY_REASONS;

/** What reading a sign request can end in. */
export const SIGN_REQUEST_ERRORS: readonly AnswerCode[] = [
  'BAD_HEX',
  'BAD_INTEGER',
  'CHAIN_SPEC_INVALID',
  'PRESET_CONFLICT',
  ...codesOf(SIGNER_ERRORS).filter((code) => code !== 'ACT_INVALID'),
];

/** What stands between a decision of the guard and its record. */
export const RECORDING_ERRORS: readonly AnswerCode[] = ['DB_COMMIT_FAILED', 'DB_FENCED', 'DB_REPLACED'];

/** What a signature that was allowed can still fail of. */
export const SIGNING_ERRORS: readonly AnswerCode[] = [
  ...RECORDING_ERRORS,
  'SIGNER_BUSY',
  'NOT_SIGNED',
  'SIGNING_THREAD_DIED',
];

/** Of files of keys and of their settings. */
export const KEY_FILE_ERRORS: readonly AnswerCode[] = ['KEY_FILE_UNREADABLE', 'KEY_FILE_UNWRITABLE'];

/** Of a folder of keys and the password that they are under. */
export const KEY_FOLDER_ERRORS: readonly AnswerCode[] = [
  ...KEY_FILE_ERRORS,
  'KEY_FILE_EXPOSED',
  'KEY_FILE_TOO_LARGE',
  'KEY_PASSWORD_MISSING',
  'KEYSTORE_BAD_PASSWORD',
  'KEYSTORE_KDF_FAILED',
];
