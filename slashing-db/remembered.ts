import { ClockGuard } from './clock-guard.ts';
import { FloorKeeper } from './floor-keeper.ts';
import { KeyControls } from './key-controls.ts';
import { KeyLedger } from './key-ledger.ts';
import type { RuleModules } from './rule-modules.ts';
import { DEFAULT_TOLERANCE_SLOTS } from './rules/check-time.ts';
import type { SlashingGuardOptions } from './slashing-guard.ts';
import type { StoredState } from './storage/storage-port.ts';

/** What a guard remembers of its storage, whether it owns that or shares it. */
export interface Remembered extends RuleModules {
  readonly floors: FloorKeeper;
}

export function remembered(stored: StoredState, options: SlashingGuardOptions): Remembered {
  const { spec, onMissingHistory, toleranceSlots = DEFAULT_TOLERANCE_SLOTS } = options;
  const rules = {
    ...{ spec, onMissingHistory, toleranceSlots },
    ledger: new KeyLedger(stored.keys),
    controls: new KeyControls(stored.controls, stored.protection),
    clock: new ClockGuard(
      options.clock,
      toleranceSlots,
      stored.latestSlot,
      () => options.clockDoubt?.() ?? null,
    ),
  };
  return { ...rules, floors: new FloorKeeper(rules) };
}
