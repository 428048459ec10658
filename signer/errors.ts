import { errorFactory } from '../core/errors.ts';

/** Errors of `signer/`. */
export const SIGNER_ERRORS = {
  ACT_INVALID: {
    summary: 'the act cannot be done as it is asked for',
    hint: 'Nothing was changed. Send what the message names; see `vigil keys --help`.',
  },
  // Sign requests that cannot be signed as they are: answered with 400, nothing is recorded.
  UNKNOWN_MESSAGE_TYPE: {
    summary: 'the type of the sign request is not known',
    hint: 'Send "type" as one of the names of the remote signing API, such as "ATTESTATION".',
  },
  MALFORMED_MESSAGE: {
    summary: 'the sign request does not have the shape of its type',
    hint: 'Mend the named field. The shapes are those of the remote signing API; all integers are decimal strings.',
  },
  SIGNING_ROOT_WITHOUT_MESSAGE: {
    summary: 'the sign request has a signing root but not the message it belongs to',
    hint: 'Send the message. A bare root could be anything, a slashable vote included, so none is ever signed.',
  },
  SIGNING_ROOT_MISMATCH: {
    summary: 'the signing root sent along is not that of the message',
    hint: 'Client and signer disagree on the message, its fork or the network. Compare their versions and networks.',
  },
  FORK_INFO_MISSING: {
    summary: 'the sign request has no fork_info, which its type needs',
    hint: 'Send fork_info with fork and genesis_validators_root.',
  },
  GENESIS_VALIDATORS_ROOT_MISMATCH: {
    summary: 'the message is for another network',
    hint: 'Client and signer must work on the same network: compare --network with the network of the validator client.',
  },
  FORK_VERSION_MISMATCH: {
    summary: 'the client takes another fork to be in force than this signer does',
    hint: 'One of the two does not know the latest fork schedule. Update the older one; compare custom network configurations.',
  },
  MESSAGE_NOT_IN_FORK: {
    summary: 'no such message exists in the fork in force at its slot',
    hint: 'Check the validator client: it builds messages of another fork than its slot is in.',
  },
  ATTESTATION_INCONSISTENT: {
    summary: 'the attestation data contradicts itself',
    hint: 'No honest client makes such a vote. Check the validator client and its beacon node.',
  },
  BLOCK_PROOF_INVALID: {
    summary: 'a proof that came with the block proves nothing about it',
    hint: 'The validator client builds its proofs for another fork or another block. Update it; the fields that can be proven are fee recipient, gas limit and graffiti.',
  },
  DEPOSIT_WRONG_NETWORK: {
    summary: 'the deposit is for another network',
    hint: 'A deposit is bound to a network by its genesis_fork_version alone. Check which network it was made for.',
  },
} as const;

export const signerError = errorFactory(SIGNER_ERRORS);
