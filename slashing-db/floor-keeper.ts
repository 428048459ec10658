import { slot, type Pubkey } from '../core/units.ts';
import { bootFloorAt, higherFloor, type Floor } from './boot-floor.ts';
import { floorAt } from './floor.ts';
import { act } from './history/decision.ts';
import type { KeyEntry } from './key-ledger.ts';
import type { RuleModules } from './rule-modules.ts';
import type { StorageRecord } from './storage/storage-port.ts';
import type { Watermarks } from './watermark.ts';

/** Which watermarks a key's floor covers: those of which nothing is known, or both. */
export interface Halves {
  readonly block: boolean;
  readonly attestation: boolean;
  /** Slots that what was signed before may have been ahead of its time. */
  readonly ahead: bigint;
}

/**
 * Puts floors down: under single keys without history, and under all keys when the history of the whole database is
 * in doubt. A floor that falls due while the clock is in doubt is owed until the first message under a trusted one,
 * because a clock that runs late would put it too low.
 */
export class FloorKeeper {
  readonly #modules: RuleModules;
  readonly #owed = new Map<Pubkey, Halves>();

  constructor(modules: RuleModules) {
    this.#modules = modules;
  }

  /** What a key needs that is about to be admitted; null when its history is known or trusted. */
  missing(before: KeyEntry | undefined): Halves | null {
    const { onMissingHistory, toleranceSlots } = this.#modules;
    // While it was deleted here the key may have signed elsewhere, so what is recorded of it is not its history.
    if (before?.state === 'deleted') {
      return onMissingHistory === 'trust' ? null : { block: true, attestation: true, ahead: toleranceSlots };
    }
    if (onMissingHistory !== 'floor') return null;
    const halves = {
      block: (before?.block ?? null) === null,
      attestation: (before?.attestation ?? null) === null,
      ahead: 0n,
    };
    return halves.block || halves.attestation ? halves : null;
  }

  owe(pubkey: Pubkey, halves: Halves): void {
    this.#owed.set(pubkey, halves);
  }

  debts(): ReadonlyMap<Pubkey, Halves> {
    return new Map(this.#owed);
  }

  /**
   * Puts debts back that were paid by a commit that may not have come through. Debts made since stay: one too many costs
   * a vote at most.
   * @returns the keys that owe again
   */
  oweAgain(debts: ReadonlyMap<Pubkey, Halves>): Pubkey[] {
    const again = [...debts].filter(([pubkey]) => !this.#owed.has(pubkey));
    for (const [pubkey, halves] of again) this.#owed.set(pubkey, halves);
    return again.map(([pubkey]) => pubkey);
  }

  /** Their floors are on record after all. */
  paid(pubkeys: readonly Pubkey[]): void {
    for (const pubkey of pubkeys) this.#owed.delete(pubkey);
  }

  /** Whether {@link settle} would put anything down. */
  isDue(pubkey: Pubkey): boolean {
    return this.#modules.controls.protection.floorOwed !== null || this.#owed.has(pubkey);
  }

  /** The floors that are due before a message of this key is judged. Only under a trusted clock. */
  settle(pubkey: Pubkey): StorageRecord[] {
    return [...this.settleBootFloor(), ...this.#settleKey(pubkey)];
  }

  /** The floor that the database owes: written down as a debt when it was opened, whichever process that was. */
  settleBootFloor(): StorageRecord[] {
    const why = this.#modules.controls.protection.floorOwed;
    return why === null ? [] : this.raiseAll(this.present(), why);
  }

  /** The boot floor of this moment. */
  present(): Floor {
    const { spec, clock, toleranceSlots } = this.#modules;
    return bootFloorAt(spec, clock.latestSlot, toleranceSlots);
  }

  /**
   * Lifts the floor under all keys to at least `to`. What operators said of single sources was said of the floor before:
   * it does not hold for this one.
   * @param owed why yet another floor is due, or null
   */
  raiseAll(to: Floor, why: string, owed: string | null = null): StorageRecord[] {
    const { clock, controls } = this.#modules;
    const floor = higherFloor(controls.protection.floor, to);
    const decision = act('boot-floor', 'vigil', clock.nowMs, { ...floor, reason: why });
    return [
      controls.protect({ floor, floorOwed: owed }),
      ...controls.withdrawOverrides(),
      { kind: 'decision', decision },
    ];
  }

  #settleKey(pubkey: Pubkey): StorageRecord[] {
    const halves = this.#owed.get(pubkey);
    if (halves === undefined) return [];
    this.#owed.delete(pubkey);
    return this.putDown(pubkey, halves);
  }

  putDown(pubkey: Pubkey, halves: Halves): StorageRecord[] {
    const { spec, clock, ledger } = this.#modules;
    const { block, attestation } = floorAt(spec, slot(clock.latestSlot + halves.ahead));
    const floor: Watermarks = {
      block: halves.block ? block : null,
      attestation: halves.attestation ? attestation : null,
    };
    const decision = act('floor', 'vigil', clock.nowMs, {
      pubkey,
      slot: floor.block?.slot ?? null,
      source: floor.attestation?.source ?? null,
      target: floor.attestation?.target ?? null,
      reason: 'missing history',
    });
    return [...ledger.merge(pubkey, floor), { kind: 'decision', decision }];
  }
}
