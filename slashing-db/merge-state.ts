import { higherFloor } from './boot-floor.ts';
import type { ClockGuard } from './clock-guard.ts';
import type { RecordWriter } from './commit/record-writer.ts';
import { act } from './history/decision.ts';
import { NO_CONTROL, type KeyControl, type KeyControls, type Protection } from './key-controls.ts';
import type { KeyLedger } from './key-ledger.ts';
import type { StorageRecord, StoredKeyState, StoredState } from './storage/storage-port.ts';
import type { Epoch } from '../core/units.ts';

interface Modules {
  readonly ledger: KeyLedger;
  readonly controls: KeyControls;
  readonly clock: ClockGuard;
  readonly writer: RecordWriter;
}

/**
 * Takes over all that another slashing database knows of its keys, but for its history: of each the stricter. Nothing is
 * lowered, nothing thawed, no deletion and no hand-over forgotten, whichever side has it. Synchronous up to the append.
 */
export async function mergeState(
  modules: Modules,
  theirs: StoredState,
  by: string,
  from: string,
): Promise<void> {
  const { ledger, controls, clock, writer } = modules;
  const records: StorageRecord[] = [];
  const floorless = controls.protection.floor === null;
  for (const key of theirs.keys) {
    const { pubkey } = key;
    records.push(...ledger.merge(pubkey, key));
    const state = stricterState(ledger.get(pubkey)?.state ?? 'known', key.state);
    records.push(...ledger.setState(pubkey, state));
    const ours = controls.of(pubkey);
    const control = stricterControl(ours, theirs.controls.get(pubkey) ?? NO_CONTROL, floorless);
    if (!sameControl(ours, control)) records.push(controls.change(pubkey, control));
  }
  const protection = stricterProtection(controls.protection, theirs.protection);
  records.push(controls.protect(protection));
  if (theirs.latestSlot > clock.latestSlot) records.push({ kind: 'latest-slot', slot: theirs.latestSlot });
  const reason = `${theirs.keys.length} keys from ${from}`;
  records.push({ kind: 'decision', decision: act('copy-database', by, clock.nowMs, { reason }) });
  await writer.append(...records);
}

const RANK: readonly StoredKeyState[] = ['known', 'active', 'deleted'];
const stricterState = (one: StoredKeyState, other: StoredKeyState): StoredKeyState =>
  RANK.indexOf(one) > RANK.indexOf(other) ? one : other;

function stricterControl(ours: KeyControl, theirs: KeyControl, floorless: boolean): KeyControl {
  return {
    frozen: ours.frozen ?? theirs.frozen,
    outEpoch: pick(ours.outEpoch, theirs.outEpoch, (a, b) => a < b),
    inEpoch: pick(ours.inEpoch, theirs.inEpoch, (a, b) => a > b),
    // Said of one floor, it does not hold for another.
    sourceOverride: floorless ? theirs.sourceOverride : null,
  };
}

function stricterProtection(ours: Protection, theirs: Protection): Protection {
  return {
    frozen: ours.frozen ?? theirs.frozen,
    floor: theirs.floor === null ? ours.floor : higherFloor(ours.floor, theirs.floor),
    floorOwed: ours.floorOwed ?? theirs.floorOwed,
  };
}

function pick(
  ours: Epoch | null,
  theirs: Epoch | null,
  better: (a: Epoch, b: Epoch) => boolean,
): Epoch | null {
  if (ours === null || theirs === null) return ours ?? theirs;
  return better(theirs, ours) ? theirs : ours;
}

const sameControl = (one: KeyControl, other: KeyControl): boolean =>
  one.frozen === other.frozen &&
  one.outEpoch === other.outEpoch &&
  one.inEpoch === other.inEpoch &&
  one.sourceOverride === other.sourceOverride;
