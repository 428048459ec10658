import { higherFloor } from './boot-floor.ts';
import type { ClockGuard } from './clock-guard.ts';
import type { RecordWriter } from './commit/record-writer.ts';
import { beforeCopy, wasCopied } from './freeze-reason.ts';
import { mergeHandover } from './handover/merge-handover.ts';
import { act } from './history/decision.ts';
import { NO_CONTROL, type KeyControl, type KeyControls, type Protection } from './key-controls.ts';
import type { KeyLedger } from './key-ledger.ts';
import type { StorageRecord, StoredKeyState, StoredState } from './storage/storage-port.ts';

interface Modules {
  readonly ledger: KeyLedger;
  readonly controls: KeyControls;
  readonly clock: ClockGuard;
  readonly writer: RecordWriter;
}

/**
 * Takes over all that another slashing database knows of its keys, but for its history: of each the stricter. Nothing is
 * lowered, nothing thawed, no deletion forgotten, whichever side has it, and no hand-over but one after which the key came back.
 * Synchronous up to the append.
 */
export async function mergeState(
  modules: Modules,
  theirs: StoredState,
  by: string,
  from: string,
): Promise<void> {
  const { ledger, controls, clock, writer } = modules;
  const records: StorageRecord[] = [];
  // Said of one floor, an override does not hold for another.
  const floorless = controls.protection.floor === null;
  // What was copied before may be alive elsewhere: it brings nothing back.
  const comeBack = !wasCopied(theirs.protection.frozen);
  for (const key of theirs.keys) {
    const { pubkey } = key;
    records.push(...ledger.merge(pubkey, key));
    const state = stricterState(ledger.get(pubkey)?.state ?? 'known', key.state);
    records.push(...ledger.setState(pubkey, state));
    const ours = controls.of(pubkey);
    const other = theirs.controls.get(pubkey) ?? NO_CONTROL;
    const control: KeyControl = {
      frozen: ours.frozen ?? other.frozen,
      ...mergeHandover(ours, other, comeBack),
      sourceOverride: floorless ? other.sourceOverride : null,
    };
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

function stricterProtection(ours: Protection, theirs: Protection): Protection {
  return {
    frozen: ours.frozen ?? beforeCopy(theirs.frozen),
    floor: theirs.floor === null ? ours.floor : higherFloor(ours.floor, theirs.floor),
    floorOwed: ours.floorOwed ?? theirs.floorOwed,
  };
}

const sameControl = (one: KeyControl, other: KeyControl): boolean =>
  one.frozen === other.frozen &&
  one.outEpoch === other.outEpoch &&
  one.inEpoch === other.inEpoch &&
  one.sourceOverride === other.sourceOverride;
