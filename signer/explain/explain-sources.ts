import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import type { SlotClock } from '../../core/chain/slot-clock.ts';
import type { Pubkey } from '../../core/units.ts';
import type { KeyStatus, OnMissingHistory, Protection, Refusal } from '../../slashing-db/index.ts';
import type { CompiledPolicy } from '../access/compile-policy.ts';
import type { RulesOfKey } from '../policy/rules-of-key.ts';

/** What explaining reads: the parts of a running signer, or the files of one that does not run. */
export interface ExplainSources {
  readonly spec: ChainSpec;
  readonly clock: SlotClock;
  readonly statusOf: (pubkey: Pubkey) => KeyStatus;
  readonly protection: () => Protection;
  readonly onMissingHistory: OnMissingHistory;
  /** `stored`: no signer runs, but the keystore is there for the next start. */
  readonly presence: (pubkey: Pubkey) => 'loaded' | 'stored' | 'missing';
  readonly unavailable: () => Refusal | null;
  readonly silenced: (pubkey: Pubkey) => string | null;
  readonly clockDoubt: () => string | null;
  readonly rulesOf: (pubkey: Pubkey) => RulesOfKey;
  readonly indexOf: (pubkey: Pubkey) => bigint | null;
  /** The access file in force, or null without one. */
  readonly accessPolicy: () => CompiledPolicy | null;
}
