import { errorFactory } from '../../core/errors.ts';

/** Errors of `signer/sources/`: keys from outside of the data directory. No message holds a secret. */
export const SOURCE_ERRORS = {
  KEY_SOURCES_INVALID: {
    summary: 'the file of key sources cannot be used',
    hint: 'The format is in docs/keys.md.',
    exit: 2,
  },
  KEY_SOURCE_UNREACHABLE: {
    summary: 'a key source does not answer, or not in time',
    hint: 'Keys that are loaded go on signing; the source is asked again by itself. Check its address and the network.',
  },
  KEY_SOURCE_DENIED: {
    summary: 'a key source does not let this signer in',
    hint: 'Check the token or the credentials and what they may read: listing and reading of the configured path.',
  },
  KEY_SOURCE_ANSWER: {
    summary: 'a key source answers with something else than keys',
    hint: 'Check path, field and version of the store (docs/keys.md): a secret is 64 hex digits, or one such line for each key.',
  },
  KEY_SOURCE_SDK_MISSING: {
    summary: "the vendor's library for this key source is not installed",
    hint: 'Install the package that the message names beside Vigil: npm install PACKAGE.',
    exit: 2,
  },
} as const;

export const sourceError = errorFactory(SOURCE_ERRORS);
