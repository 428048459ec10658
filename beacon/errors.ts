import { errorFactory } from '../core/errors.ts';

/** Errors of `beacon/`: talking to beacon nodes. URLs in messages are without credentials. */
export const BEACON_ERRORS = {
  BEACON_UNREACHABLE: {
    summary: 'the beacon node does not answer',
    hint: 'Check --beacon-node, the node and the network between.',
  },
  BEACON_BAD_ANSWER: {
    summary: 'the beacon node gave an answer that does not follow the Beacon API',
    hint: 'Check that --beacon-node is the HTTP API of a consensus client.',
  },
  BEACON_WRONG_NETWORK: {
    summary: 'the beacon node works on another network',
    hint: 'Compare --network with the network of the node.',
    exit: 3,
  },
} as const;

export const beaconError = errorFactory(BEACON_ERRORS);
