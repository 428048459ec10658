import type { ChainSpec } from '../core/chain/chain-spec.ts';
import type { ClockGuard } from './clock-guard.ts';
import type { OnMissingHistory } from './guard-contract.ts';
import type { KeyControls } from './key-controls.ts';
import type { KeyLedger } from './key-ledger.ts';

/** What messages are held against, and how. */
export interface RuleModules {
  readonly spec: ChainSpec;
  readonly clock: ClockGuard;
  readonly ledger: KeyLedger;
  readonly controls: KeyControls;
  readonly onMissingHistory: OnMissingHistory;
  readonly toleranceSlots: bigint;
}
