import { errorFactory, isVigilError, type VigilError } from '../core/errors.ts';

/** Errors of `beacon/`: talking to beacon nodes. URLs in messages are without credentials. */
export const BEACON_ERRORS = {
  BEACON_UNREACHABLE: {
    summary: 'the beacon node does not answer',
    hint: 'Check --beacon-node, the node and the network between.',
  },
  BEACON_NOT_FOUND: {
    summary: 'the beacon node does not have what was asked for',
    hint: 'States of long ago are kept by archive nodes only; a block that no node has was not made.',
  },
  BEACON_REFUSED: {
    summary: 'the beacon node does not take the request',
    hint: 'Read the message of the node: the endpoint may be switched off, or want credentials in --beacon-node.',
  },
  BEACON_BAD_ANSWER: {
    summary: 'the beacon node gave an answer that does not follow the Beacon API',
    hint: 'Check that --beacon-node is the HTTP API of a consensus client.',
  },
  BEACON_NO_TRUTH: {
    summary: 'no beacon node is a source of truth now',
    hint: 'Wait until a node is synced and its execution client has verified the head, or add another node.',
  },
  BEACON_WRONG_NETWORK: {
    summary: 'the beacon node works on another network',
    hint: 'Compare --network with the network of the node.',
    exit: 3,
  },
} as const;

export const beaconError = errorFactory(BEACON_ERRORS);

/** True when a node gave nothing to judge: down, busy, without the endpoint or without the state. */
export const gaveNoAnswer = (error: unknown): error is VigilError =>
  isVigilError(error, 'BEACON_UNREACHABLE', 'BEACON_NOT_FOUND', 'BEACON_REFUSED');
