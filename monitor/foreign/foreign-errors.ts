import { errorFactory } from '../../core/errors.ts';

/** Errors of the watch for foreign signatures. */
export const FOREIGN_ERRORS = {
  MONITOR_SIGNER_SILENT: {
    summary: 'a signer gives no answer',
    hint: 'Nothing is concluded while a signer is silent. Check that it runs and that --signer-url is right; it is asked again.',
  },
  MONITOR_SIGNER_REFUSES: {
    summary: 'a signer does not let the monitor ask',
    hint: 'Give the token of a client with the actions history-read and freeze: --signer-token-file FILE, or read access to api-token.txt of the data directory.',
  },
  MONITOR_SIGNER_OTHER_NETWORK: {
    summary: 'a signer is for another network or fork schedule than the monitor',
    hint: 'No key is frozen on such an answer. Check --network of both, and whether one of the two misses an update for a fork.',
  },
  MONITOR_SIGNER_ANSWER: {
    summary: 'a signer gives an answer that cannot be read',
    hint: 'Check that --signer-url is a Vigil signer of this version: other remote signers have no history to ask.',
  },
  MONITOR_SIGNER_TOKENS: {
    summary: 'the token files do not fit the signers',
    hint: 'Give --signer-token-file once for all signers, or once for each --signer-url in the same order.',
    exit: 2,
  },
  FOREIGN_BLOCK_FORGED: {
    summary: 'a block that a beacon node gave as that of a watched validator is not signed by it',
    hint: 'No key is frozen on such a block. No honest client keeps one: find out who answers for the beacon nodes, and watch through others until then.',
  },
  FOREIGN_MESSAGE_IMPOSSIBLE: {
    summary: 'a message that no block of this network can hold',
    hint: 'No key is frozen on such a message. Check that beacon node and monitor are on the same network; if they are, please report it.',
  },
} as const;

export const foreignError = errorFactory(FOREIGN_ERRORS);
