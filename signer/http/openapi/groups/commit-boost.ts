import { GUARD_REFUSALS, KEY_FOLDER_ERRORS, SIGNING_ERRORS, type AnswerCode } from '../error-codes.ts';
import type { Operation } from '../operation.ts';
import { array, bytes, lowerCaseBytes, object, ref, text, type Schema } from '../schema.ts';

const ECDSA_PUBKEY = lowerCaseBytes(33);
const SENT_PUBKEY = text('^(0[xX])?[0-9a-fA-F]+$', 'With or without `0x`, in any letter case.');
/** In capitals or in small letters, or mixed. */
const word = (...words: readonly string[]): Schema =>
  text(`^(${words.map(inAnyCase).join('|')})$`, `${words.join(', ')}, in any letter case.`);
const inAnyCase = (letters: string): string =>
  letters.replace(/[A-Z]/g, (letter) => `[${letter}${letter.toLowerCase()}]`);

/** Members of later versions of the API change what is signed, so they are refused. */
const strict = (properties: Readonly<Record<string, Schema>>): Schema => ({
  ...object(properties),
  additionalProperties: false,
});

const MODULES = { tag: 'commitBoost', access: 'owner', errors: [] } as const;

const SIGNATURE_ERRORS: readonly AnswerCode[] = [
  'BAD_HEX',
  'UNKNOWN_KEY',
  'ACCESS_DENIED',
  'UNAUTHORIZED',
  ...GUARD_REFUSALS,
  ...SIGNING_ERRORS,
];

export const COMMIT_BOOST: readonly Operation[] = [
  {
    ...MODULES,
    method: 'get',
    path: '/signer/v1/get_pubkeys',
    id: 'getPubkeys',
    summary: 'The consensus keys that the client may use with this API, with their proxy keys',
    answers: {
      200: {
        description: 'Sorted.',
        json: object({
          keys: array(
            object({
              consensus: ref('Pubkey'),
              proxy_bls: array(ref('Pubkey')),
              proxy_ecdsa: array(ECDSA_PUBKEY),
            }),
          ),
        }),
      },
    },
    commitBoostErrors: [],
  },
  {
    ...MODULES,
    method: 'post',
    path: '/signer/v1/generate_proxy_key',
    id: 'generateProxyKey',
    summary: 'Make a key that may speak for a consensus key',
    body: strict({ pubkey: SENT_PUBKEY, scheme: word('BLS', 'ECDSA') }),
    answers: {
      200: {
        description: 'The delegation, signed by the consensus key.',
        json: object({
          message: object({ delegator: ref('Pubkey'), proxy: { anyOf: [ref('Pubkey'), ECDSA_PUBKEY] } }),
          signature: ref('Signature'),
        }),
      },
    },
    commitBoostErrors: [...SIGNATURE_ERRORS, ...KEY_FOLDER_ERRORS],
  },
  {
    ...MODULES,
    method: 'post',
    path: '/signer/v1/request_signature',
    id: 'requestSignature',
    summary: 'Sign the root of an object, in the domain of Commit-Boost',
    body: strict({
      type: word('CONSENSUS', 'PROXY_BLS', 'PROXY_ECDSA'),
      pubkey: SENT_PUBKEY,
      object_root: bytes(32),
    }),
    answers: {
      200: {
        description: 'The signature: 96 bytes of BLS, or r and s of ECDSA.',
        json: { anyOf: [ref('Signature'), lowerCaseBytes(64)] },
      },
    },
    commitBoostErrors: SIGNATURE_ERRORS,
  },
];
