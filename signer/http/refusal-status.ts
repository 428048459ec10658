import type { RefusalReason } from '../../slashing-db/index.ts';
import type { PolicyReason } from '../policy/policy-refusals.ts';

/**
 * Where a refusal of the guard or of the policy gets its status code. 412 is the remote-signing API's word for "slashing protection
 * says no"; 503 tells the client that this signer cannot sign now, whatever it asks.
 */
export const REFUSAL_STATUS: Readonly<Record<RefusalReason | PolicyReason, 400 | 404 | 412 | 503>> = {
  DOUBLE_PROPOSAL: 412,
  BLOCK_NOT_ABOVE_WATERMARK: 412,
  DOUBLE_VOTE: 412,
  SURROUND_VOTE: 412,
  TARGET_NOT_ABOVE_WATERMARK: 412,
  SOURCE_AFTER_TARGET: 412,
  IN_THE_FUTURE: 400,
  OUT_OF_RANGE: 400,
  MISSING_HISTORY: 412,
  KEY_NOT_ADMITTED: 404,
  KEY_DELETED: 404,
  KEY_FROZEN: 412,
  ALL_FROZEN: 412,
  KEY_HANDED_OVER: 412,
  BELOW_BOOT_FLOOR: 412,
  SOURCE_BELOW_BOOT_FLOOR: 412,
  DOPPELGANGER_WATCH: 412,
  CLOCK_UNTRUSTED: 503,
  GUARD_UNAVAILABLE: 503,
  POLICY_TYPE_NOT_ALLOWED: 412,
  POLICY_FEE_RECIPIENT: 412,
  POLICY_GAS_LIMIT: 412,
  POLICY_PROPOSER_INDEX: 412,
  POLICY_VALIDATOR_INDEX: 412,
  POLICY_OTHER_KEY: 412,
  POLICY_BLOCK_UNPROVEN: 412,
};
