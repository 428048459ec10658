/**
 * The door to `signer/messages/`: from the JSON body of a sign request to the message the guard judges.
 * Import it dynamically after `loadChainSpec`: the SSZ types take the preset that is active when they are loaded.
 */

/** Parses, checks and computes the signing root of a sign request; see the function for what it throws. */
export { parseSignRequest, type SignRequest } from './parse-sign-request.ts';
/** The `type` names of all requests that can be parsed. */
export { MESSAGE_TYPES, type MessageType } from './registry.ts';
/** What a message says about money and about who signs it. */
export type { MessageFacts } from './message-facts.ts';
/** What parsing needs to know besides the body: network and time. */
export type { ParseContext } from './message-definition.ts';
