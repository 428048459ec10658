import { errorFactory } from '../../core/errors.ts';

/** Errors of what blocks paid on the execution layer. None of them stops the monitor: less is known, and that is said. */
export const EXECUTION_ERRORS = {
  EXECUTION_UNREACHABLE: {
    summary: 'an execution node gives no answer',
    hint: 'What blocks paid is proven by an execution node. Check that it runs and that --execution-node is right; other nodes are asked meanwhile.',
  },
  EXECUTION_REFUSED: {
    summary: 'an execution node does not answer the question',
    hint: 'Check that its JSON-RPC serves eth_* methods, and that it keeps receipts and balances of the last few hundred blocks.',
  },
  EXECUTION_NOT_FOUND: {
    summary: 'an execution node does not have the block',
    hint: 'Check that it is synchronised, on the same network as the beacon node, and that it has not pruned the block.',
  },
  EXECUTION_BAD_ANSWER: {
    summary: 'an execution node gives an answer that cannot be right',
    hint: 'The answer is not used. Check that the URL is the JSON-RPC of an execution client and that no proxy changes answers.',
  },
  RELAY_UNREACHABLE: {
    summary: 'a relay gives no answer',
    hint: 'What it delivered stays unknown until it answers. Check --relay, or leave it out if the relay is gone.',
  },
  RELAY_BAD_ANSWER: {
    summary: 'a relay gives an answer that cannot be right',
    hint: 'The answer is not used. Check that --relay is the base URL of a relay with a data API, without a path.',
  },
  TRANSACTION_MALFORMED: {
    summary: 'a transaction cannot be decoded',
    hint: 'Its block is judged without it. If the block is canonical, please report it: its type may be newer than this version.',
  },
} as const;

export const executionError = errorFactory(EXECUTION_ERRORS);
