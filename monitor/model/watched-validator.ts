import type { Pubkey } from '../../core/units.ts';

/** A validator that is watched and that the chain knows. */
export interface WatchedValidator {
  /** On chain; below 2^32. */
  readonly index: number;
  readonly pubkey: Pubkey;
  /** For metrics and reports; at least one, `default` where nothing is said. */
  readonly group: string;
  /** `key:value` or plain words, as the operator wrote them; without the group. */
  readonly labels: readonly string[];
}
