import {
  BEACON_FAILURES,
  GUARD_REFUSALS,
  KEY_FILE_ERRORS,
  POLICY_REFUSAL_CODES,
  RECORDING_ERRORS,
  SIGN_REQUEST_ERRORS,
  SIGNING_ERRORS,
  type AnswerCode,
} from '../error-codes.ts';
import { pathParameter, type Operation } from '../operation.ts';
import { object, ref, type Schema } from '../schema.ts';

const KEY_ERRORS: readonly AnswerCode[] = ['MALFORMED_IDENTIFIER', 'UNKNOWN_KEY', 'KEY_LOADING'];
const OF_A_KEY = {
  tag: 'keymanager',
  access: 'owner',
  parameters: [pathParameter('pubkey', ref('Identifier'))],
} as const;

interface Setting {
  readonly path: string;
  /** Of the operation ids. */
  readonly noun: string;
  readonly words: string;
  readonly member: string;
  readonly sent: Schema;
  readonly answered: Schema;
  readonly wrong: AnswerCode;
}

function settingRoutes(setting: Setting): Operation[] {
  const { noun, words, member, sent, answered, wrong } = setting;
  const route = { ...OF_A_KEY, path: `/eth/v1/validator/{pubkey}/${setting.path}` };
  return [
    {
      ...route,
      method: 'get',
      id: `get${noun}`,
      summary: `The ${words} of a key`,
      answers: {
        200: {
          description: 'As it was set.',
          json: object({ data: object({ pubkey: ref('Pubkey'), [member]: answered }) }),
        },
      },
      errors: [...KEY_ERRORS, 'KEY_SETTING_NOT_SET'],
    },
    {
      ...route,
      method: 'post',
      id: `set${noun}`,
      summary: `Hold a key to a ${words}`,
      body: object({ [member]: sent }),
      answers: { 202: { description: 'It holds from now on.' } },
      errors: [...KEY_ERRORS, wrong, ...KEY_FILE_ERRORS, ...RECORDING_ERRORS],
    },
    {
      ...route,
      method: 'delete',
      id: `delete${noun}`,
      summary: `Hold a key to no ${words} of its own`,
      answers: { 204: { description: 'There is none, whether there was one or not.' } },
      errors: [...KEY_ERRORS, ...KEY_FILE_ERRORS, ...RECORDING_ERRORS],
    },
  ];
}

const graffiti = (['get', 'post', 'delete'] as const).map((method): Operation => ({
  ...OF_A_KEY,
  path: '/eth/v1/validator/{pubkey}/graffiti',
  method,
  id: `${method}Graffiti`,
  summary: 'Not known to a remote signer',
  answers: {},
  errors: [...KEY_ERRORS, 'GRAFFITI_NOT_SIGNED'],
}));

const EXIT: Operation = {
  ...OF_A_KEY,
  path: '/eth/v1/validator/{pubkey}/voluntary_exit',
  method: 'post',
  id: 'signVoluntaryExit',
  summary: 'Sign an exit and give it back; it is not submitted',
  parameters: [
    ...OF_A_KEY.parameters,
    { name: 'epoch', in: 'query', description: 'Default: the current one.', schema: ref('Uint64') },
  ],
  answers: {
    200: {
      description: 'The signed exit.',
      json: object({
        data: object({
          message: object({ epoch: ref('Uint64'), validator_index: ref('Uint64') }),
          signature: ref('Signature'),
        }),
      }),
    },
  },
  errors: [
    ...KEY_ERRORS,
    'VALIDATOR_NOT_FOUND',
    'VALIDATOR_NOT_ACTIVE',
    'BEACON_NODE_NEEDED',
    ...BEACON_FAILURES,
    ...SIGN_REQUEST_ERRORS,
    ...GUARD_REFUSALS,
    ...POLICY_REFUSAL_CODES,
    ...SIGNING_ERRORS,
  ],
};

export const KEY_SETTINGS: readonly Operation[] = [
  ...settingRoutes({
    path: 'feerecipient',
    noun: 'FeeRecipient',
    words: 'fee recipient',
    member: 'ethaddress',
    sent: ref('Bytes20'),
    answered: ref('Address'),
    wrong: 'BAD_HEX',
  }),
  ...settingRoutes({
    path: 'gas_limit',
    noun: 'GasLimit',
    words: 'gas limit',
    member: 'gas_limit',
    sent: ref('Uint64'),
    answered: ref('Uint64'),
    wrong: 'BAD_INTEGER',
  }),
  ...graffiti,
  EXIT,
];
