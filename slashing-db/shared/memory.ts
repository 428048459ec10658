import type { Pubkey, Slot } from '../../core/units.ts';
import type { ClockGuard, SlotElsewhere } from '../clock-guard.ts';
import { slashingDbError } from '../errors.ts';
import type { FloorKeeper, Halves } from '../floor-keeper.ts';
import type { KeyControl, KeyControls, Protection } from '../key-controls.ts';
import { KeyLedger, type KeyEntry } from '../key-ledger.ts';
import type { ActWrites, KeyClaim } from '../storage/sharing-port.ts';
import type { StorageRecord, StoredKey, StoredState } from '../storage/storage-port.ts';

interface Modules {
  readonly ledger: KeyLedger;
  readonly controls: KeyControls;
  readonly clock: ClockGuard;
  readonly floors: FloorKeeper;
  /** What this signer is called in the database. */
  readonly signer: string;
  /** Told of each other signer whose clock is ahead of this one's, once. */
  readonly onSignerAhead: (why: string) => void;
}

/** Memory as it was before acts. */
export interface Checkpoint {
  readonly entries: ReadonlyMap<Pubkey, KeyEntry>;
  readonly controls: ReadonlyMap<Pubkey, KeyControl>;
  readonly protection: Protection;
  readonly latestSlot: Slot;
  readonly debts: ReadonlyMap<Pubkey, Halves>;
}

/**
 * What this signer remembers of a database that others change too. It is never ahead of the database: a watermark is
 * raised here when it is on record there, so that nothing that was not recorded is ever taken for a repeat. Acts alone
 * change memory first; when their commit is lost, memory goes back to the checkpoint before them.
 */
export class SharedMemory {
  readonly #modules: Modules;
  /** The other signer whose clock was ahead at the last look. */
  #ahead: string | null = null;

  constructor(modules: Modules) {
    this.#modules = modules;
  }

  /** Takes over rows as the database has them. */
  adopt(state: StoredState): void {
    this.adoptKeys(state.keys);
    this.#modules.controls.adopt(state.controls, state.protection);
    this.adoptClocks(state);
  }

  adoptClocks({ latestSlots = new Map<string, Slot>() }: StoredState): void {
    const { clock, signer: ours, onSignerAhead } = this.#modules;
    let elsewhere: SlotElsewhere | null = null;
    for (const [signer, slot] of latestSlots) {
      if (signer === ours) clock.adopt(slot);
      else if (slot > (elsewhere?.slot ?? -1n)) elsewhere = { signer, slot };
    }
    clock.adoptElsewhere(elsewhere);
    const why = clock.elsewhereAhead;
    const ahead = why === null ? null : (elsewhere?.signer ?? null);
    if (why !== null && ahead !== this.#ahead) onSignerAhead(why);
    this.#ahead = ahead;
  }

  adoptKeys(keys: readonly StoredKey[]): void {
    for (const key of keys) this.#modules.ledger.adopt(key);
  }

  /** Takes over what is later in rows that were read beside the turns, and so may be older than what is known here. */
  raise(keys: readonly StoredKey[]): void {
    for (const key of keys) this.#modules.ledger.raise(key);
  }

  /** What was claimed in this slot is on record. */
  claimed(claims: readonly KeyClaim[], slot: Slot): void {
    const { ledger, clock } = this.#modules;
    if (slot > clock.recordedSlot) clock.adopt(slot);
    for (const { pubkey, block, attestation } of claims) {
      const entry = ledger.get(pubkey);
      if (entry === undefined) continue;
      if (block !== null && block.slot > (entry.block?.slot ?? -1n))
        ledger.advanceBlock(pubkey, entry, block);
      const now = ledger.get(pubkey) ?? entry;
      if (attestation !== null && attestation.target > (now.attestation?.target ?? -1n)) {
        ledger.advanceAttestation(pubkey, now, attestation);
      }
    }
  }

  checkpoint(): Checkpoint {
    const { ledger, controls, clock, floors } = this.#modules;
    return {
      entries: ledger.snapshot(),
      controls: controls.snapshot(),
      protection: controls.protection,
      latestSlot: clock.recordedSlot,
      debts: floors.debts(),
    };
  }

  /**
   * Forgets what acts changed: whether it is on record is not known. A floor that they put down is owed again.
   * @returns the keys of such floors, for {@link floorsPaid}
   */
  goBack({ entries, controls, protection, latestSlot, debts }: Checkpoint): readonly Pubkey[] {
    const { ledger, controls: ours, clock, floors } = this.#modules;
    ledger.restore(entries);
    ours.restore(controls, protection);
    clock.adopt(latestSlot);
    return floors.oweAgain(debts);
  }

  /** The lost commit was none. */
  floorsPaid(pubkeys: readonly Pubkey[]): void {
    this.#modules.floors.paid(pubkeys);
  }

  /** The rows that acts left in memory, as they are to be written. */
  writes(records: readonly StorageRecord[]): ActWrites {
    const { ledger, controls } = this.#modules;
    const touched = new Set<Pubkey>();
    let protection = null;
    let latestSlot = null;
    for (const record of records) {
      if (record.kind === 'protection') ({ protection } = record);
      else if (record.kind === 'latest-slot') latestSlot = record.slot;
      else if (record.kind !== 'decision') touched.add(record.pubkey);
    }
    return {
      records,
      keys: [...touched].sort().map((pubkey) => ({
        pubkey,
        ...(ledger.get(pubkey) ?? KeyLedger.BLANK),
        control: controls.of(pubkey),
      })),
      protection,
      decisions: records.flatMap((record) => (record.kind === 'decision' ? [record.decision] : [])),
      latestSlot,
    };
  }

  /**
   * A database that was away must know at least what it told before.
   * @throws DB_ROLLED_BACK
   */
  assertNotBehind({ keys }: StoredState): void {
    const found = new Map(keys.map((key) => [key.pubkey, key]));
    for (const pubkey of this.#modules.ledger.pubkeys()) {
      const known = this.#modules.ledger.get(pubkey);
      const now = found.get(pubkey);
      const behind =
        (known?.block?.slot ?? -1n) > (now?.block?.slot ?? -1n) ||
        (known?.attestation?.target ?? -1n) > (now?.attestation?.target ?? -1n) ||
        (known?.attestation?.source ?? -1n) > (now?.attestation?.source ?? -1n);
      if (now === undefined || behind) {
        throw slashingDbError(
          'DB_ROLLED_BACK',
          `the slashing database came back as an older one: it knows less of ${pubkey} than before`,
        );
      }
    }
  }
}
