import { VALIDATOR_STATUSES } from '../../../beacon/index.ts';
import {
  array,
  lowerCaseBytes,
  object,
  oneOfWords,
  ref,
  text,
  type Schema,
} from '../../../core/openapi/schema.ts';
import { HEALTH_REASONS } from '../../health/index.ts';
import { MONITOR_TASKS } from '../../model/monitor-state.ts';
import { REWARD_METHODS } from '../../model/ledger-part.ts';
import { VALIDATOR_EVENT_KINDS } from '../../model/validator-event.ts';
import { ATTESTATION_RESULTS, PROPOSAL_RESULTS } from '../../model/verdicts.ts';
import { API_ERRORS } from '../api-errors.ts';

export const WORD: Schema = { type: 'string' };
export const COUNT: Schema = { type: 'integer', minimum: 0 };
export const YES_NO: Schema = { type: 'boolean' };
export const NUMBER: Schema = { type: 'number' };
export const UINT = ref('Uint');
export const INT = ref('Int');
export const INDEX = ref('ValidatorIndex');

export const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

/** A page of a list. */
export const pageOfRows = (row: Schema, beside: Readonly<Record<string, Schema>> = {}): Schema =>
  object({ ...beside, rows: array(row), next: orNull(WORD) });

/** Every word is there. */
const perWord = (words: readonly string[], schema: Schema): Schema =>
  object(Object.fromEntries(words.map((word) => [word, schema])));

const gwei = (...names: readonly string[]): Record<string, Schema> =>
  Object.fromEntries(names.map((name) => [`${name}Gwei`, INT]));

export const AMOUNTS = gwei(
  ...['attestation', 'idealAttestation', 'sync', 'idealSync', 'proposer', 'slashing', 'withdrawalsPartial'],
  ...['withdrawalsFull', 'deposits', 'consolidation', 'residual'],
);

const VOTES = object({ due: COUNT, missed: COUNT });

/** What more than one path speaks of. */
export const SCHEMAS: Readonly<Record<string, Schema>> = {
  Uint: text('^(0|[1-9][0-9]*)$', 'An unsigned integer in decimal digits.'),
  Int: text('^(0|-?[1-9][0-9]*)$', 'An integer in decimal digits.'),
  ValidatorIndex: { ...COUNT, description: 'Index of a validator on chain.' },
  Pubkey: { ...lowerCaseBytes(48), description: 'A BLS public key, compressed.' },
  Root: lowerCaseBytes(32),
  Address: { ...lowerCaseBytes(20), description: 'An execution address.' },
  Status: oneOfWords(...VALIDATOR_STATUSES),
  VoteCount: { ...VOTES, description: 'Votes of which something is known.' },
  AttestationResult: oneOfWords(...ATTESTATION_RESULTS),
  AttestationResults: perWord(ATTESTATION_RESULTS, UINT),
  ProposalResult: oneOfWords(...PROPOSAL_RESULTS),
  EventKind: oneOfWords(...VALIDATOR_EVENT_KINDS),
  RewardMethod: oneOfWords(...REWARD_METHODS),
  Duties: perWord(
    ['attestations', 'proposals', 'sync'].flatMap((duty) => [`${duty}Assigned`, `${duty}Included`]),
    COUNT,
  ),
  Problem: object({ reason: oneOfWords(...HEALTH_REASONS), message: WORD }),
  Ages: object({
    headSlots: orNull(UINT),
    finalEpochs: orNull(UINT),
    taskSeconds: perWord(MONITOR_TASKS, orNull(COUNT)),
  }),
  Inclusion: object({
    distance: COUNT,
    optimalDistance: COUNT,
    source: YES_NO,
    target: YES_NO,
    head: YES_NO,
  }),
  Proposal: object({
    validatorIndex: INDEX,
    slot: UINT,
    result: ref('ProposalResult'),
    blockRoot: orNull(ref('Root')),
    feeRecipient: orNull(ref('Address')),
    graffiti: orNull(ref('Root')),
    rewardGwei: orNull(INT),
  }),
  Validator: object({
    index: INDEX,
    pubkey: ref('Pubkey'),
    group: WORD,
    labels: array(WORD),
    watched: YES_NO,
    status: orNull(ref('Status')),
    seenEpoch: orNull(UINT),
    balanceGwei: orNull(UINT),
    effectiveBalanceGwei: orNull(UINT),
    slashed: orNull(YES_NO),
    missedInRow: orNull(COUNT),
  }),
  ErrorCode: {
    ...oneOfWords(...Object.keys(API_ERRORS), 'MONITOR_QUERY_INVALID'),
    description: 'Stable; all of them are in docs/errors.md.',
  },
  Error: object({ code: ref('ErrorCode'), message: WORD, hint: WORD }),
};
