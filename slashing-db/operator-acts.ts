import type { ChainSpec } from '../core/chain/chain-spec.ts';
import { epochOfSlot } from '../core/chain/chain-spec.ts';
import { epoch, type Epoch, type Pubkey } from '../core/units.ts';
import type { ClockGuard } from './clock-guard.ts';
import type { RecordWriter } from './commit/record-writer.ts';
import { slashingDbError } from './errors.ts';
import { higherFloor, type Floor } from './boot-floor.ts';
import { frozenFor, frozenForLostActs, LOST_ACTS } from './freeze-reason.ts';
import type { FloorKeeper } from './floor-keeper.ts';
import type { AcceptedHistory, Act, OperatorDoor, RecordedChange } from './guard-contract.ts';
import type { HandoverReceipt } from './handover/receipt.ts';
import { takeoverFloor } from './handover/takeover-floor.ts';
import { act } from './history/decision.ts';
import type { KeyControls } from './key-controls.ts';
import { KeyLedger, type KeyEntry } from './key-ledger.ts';
import type { StorageRecord } from './storage/storage-port.ts';
import { MAX_STORABLE } from './rules/check-time.ts';
import type { UnderWay } from './under-way.ts';

interface Modules {
  readonly spec: ChainSpec;
  readonly databaseId: string;
  readonly clock: ClockGuard;
  readonly ledger: KeyLedger;
  readonly controls: KeyControls;
  readonly writer: RecordWriter;
  readonly underWay: UnderWay;
  readonly floors: FloorKeeper;
}

/** What an operator, or a watch on his behalf, does to keys: each act durable and in the history before it is answered. */
export class OperatorActs implements OperatorDoor {
  readonly #modules: Modules;

  constructor(modules: Modules) {
    this.#modules = modules;
  }

  async freeze(pubkeys: readonly Pubkey[] | 'all', { by, reason }: Act): Promise<void> {
    const { controls, clock, underWay } = this.#modules;
    const frozen = { reason, sinceMs: clock.nowMs };
    const allFrozen = frozenFor(reason, clock.nowMs, controls.protection.frozen);
    await this.#record(
      pubkeys === 'all'
        ? [controls.protect({ frozen: allFrozen }), this.#decision('freeze', by, { reason })]
        : pubkeys.flatMap((pubkey) => [
            ...this.#enter(pubkey),
            controls.change(pubkey, { frozen }),
            this.#decision('freeze', by, { pubkey, reason }),
          ]),
    );
    await (pubkeys === 'all' ? underWay.settled() : underWay.settled(pubkeys));
  }

  async unfreeze(pubkeys: readonly Pubkey[] | 'all', { by, reason }: Act): Promise<void> {
    const { controls } = this.#modules;
    await this.#record(
      pubkeys === 'all'
        ? [controls.protect({ frozen: null }), this.#decision('unfreeze', by, { reason })]
        : this.#known(pubkeys).flatMap((pubkey) => [
            controls.change(pubkey, { frozen: null }),
            this.#decision('unfreeze', by, { pubkey, reason }),
          ]),
    );
  }

  async handOver(pubkeys: readonly Pubkey[], outEpoch: Epoch, { by, reason }: Act): Promise<HandoverReceipt> {
    const { spec, databaseId, controls, clock, underWay } = this.#modules;
    if (controls.protection.floorOwed !== null) {
      throw slashingDbError(
        'HANDOVER_REFUSED',
        `a boot floor is due first: ${controls.protection.floorOwed}`,
      );
    }
    this.#assertNear(outEpoch, 'HANDOVER_REFUSED');
    // All are looked at before any is changed.
    for (const pubkey of this.#known(pubkeys)) {
      this.#assertActive(pubkey);
      this.#assertBelow(pubkey, outEpoch);
    }
    await this.#record(
      pubkeys.flatMap((pubkey) => [
        controls.change(pubkey, { outEpoch }),
        this.#decision('handover', by, { pubkey, target: outEpoch, reason }),
      ]),
    );
    await underWay.settled(pubkeys);
    return {
      genesisValidatorsRoot: spec.genesisValidatorsRoot,
      databaseId,
      outEpoch,
      pubkeys,
      issuedAt: new Date(Number(clock.nowMs)).toISOString(),
    };
  }

  async takeOver(receipt: HandoverReceipt, { by, reason }: Act): Promise<void> {
    const { spec, databaseId, controls, ledger } = this.#modules;
    const { outEpoch, pubkeys } = receipt;
    if (receipt.genesisValidatorsRoot !== spec.genesisValidatorsRoot) {
      throw slashingDbError('RECEIPT_REFUSED', 'the receipt is for another network');
    }
    if (receipt.databaseId === databaseId) {
      throw slashingDbError('RECEIPT_REFUSED', 'the receipt was written by this very database');
    }
    this.#assertNear(outEpoch, 'RECEIPT_REFUSED');
    for (const pubkey of pubkeys) {
      const ceiling = controls.of(pubkey).outEpoch;
      if (ceiling !== null && outEpoch <= ceiling) {
        throw slashingDbError(
          'RECEIPT_REFUSED',
          `${pubkey} was handed over from here at epoch ${ceiling}: it can come back at a later one, not at ${outEpoch}`,
        );
      }
    }
    await this.#record(
      pubkeys.flatMap((pubkey) => [
        ...this.#enter(pubkey),
        ...ledger.merge(pubkey, takeoverFloor(spec, outEpoch)),
        controls.change(pubkey, { outEpoch: null, inEpoch: outEpoch }),
        this.#decision('takeover', by, { pubkey, target: outEpoch, reason }),
      ]),
    );
  }

  async overrideFloor(pubkey: Pubkey, source: Epoch, { by, reason }: Act): Promise<void> {
    const { controls } = this.#modules;
    this.#known([pubkey]);
    if (source > MAX_STORABLE) throw slashingDbError('OVERRIDE_REFUSED', `source ${source} is no epoch`);
    await this.#record([
      controls.change(pubkey, { sourceOverride: source }),
      this.#decision('override-floor', by, { pubkey, source, reason }),
    ]);
  }

  async acceptHistory(remembered: Floor, { by, reason }: Act, lostActs: boolean): Promise<AcceptedHistory> {
    const { floors, clock, controls } = this.#modules;
    const owed = clock.floorDoubt;
    const to = owed === null ? higherFloor(floors.present(), remembered) : remembered;
    const frozen = frozenForLostActs(clock.nowMs, controls.protection.frozen);
    await this.#record([
      ...floors.raiseAll(to, reason, owed),
      this.#decision('accept-rollback', by, { ...to, reason }),
      ...(lostActs
        ? [controls.protect({ frozen }), this.#decision('freeze', by, { reason: LOST_ACTS })]
        : []),
    ]);
    return { floor: to, owed, frozen: lostActs };
  }

  async record(type: RecordedChange, pubkey: Pubkey, { by, reason }: Act): Promise<void> {
    await this.#record([this.#decision(type, by, { pubkey, reason })]);
  }

  async acceptClock({ by, reason }: Act): Promise<void> {
    const { clock } = this.#modules;
    await this.#record([...clock.reset(), this.#decision('accept-clock', by, { slot: clock.slot, reason })]);
  }

  #record(records: readonly StorageRecord[]): Promise<void> {
    return this.#modules.writer.append(...records);
  }

  #decision(type: string, by: string, about: Parameters<typeof act>[3]): StorageRecord {
    return { kind: 'decision', decision: act(type, by, this.#modules.clock.nowMs, about) };
  }

  /** A control may come before the key: it then waits for it. */
  #enter(pubkey: Pubkey): StorageRecord[] {
    const { ledger } = this.#modules;
    return ledger.get(pubkey) === undefined ? ledger.setState(pubkey, 'known') : [];
  }

  #known(pubkeys: readonly Pubkey[]): readonly Pubkey[] {
    const unknown = pubkeys.find((pubkey) => this.#modules.ledger.get(pubkey) === undefined);
    if (unknown !== undefined) throw slashingDbError('KEY_NOT_KNOWN', `nothing is known of ${unknown}`);
    return pubkeys;
  }

  /** Who never signed with a key here cannot vouch for what it signed. */
  #assertActive(pubkey: Pubkey): void {
    const state = this.#modules.ledger.get(pubkey)?.state;
    if (state === 'active') return;
    const why = state === 'deleted' ? 'was deleted here' : 'never signed here: only its history was imported';
    throw slashingDbError('HANDOVER_REFUSED', `${pubkey} ${why}`);
  }

  #assertNear(epochWanted: Epoch, code: 'HANDOVER_REFUSED' | 'RECEIPT_REFUSED'): void {
    const { spec, clock } = this.#modules;
    const latest = epochOfSlot(spec, clock.latestSlot) + MAX_AHEAD_EPOCHS;
    if (epochWanted <= latest) return;
    throw slashingDbError(
      code,
      `epoch ${epochWanted} is too far ahead: the latest that makes sense is ${latest}`,
    );
  }

  /** The receipt vouches for all votes of the past too: those on record must lie below its epoch. */
  #assertBelow(pubkey: Pubkey, outEpoch: Epoch): void {
    const { ledger, controls, spec } = this.#modules;
    const ceiling = controls.of(pubkey).outEpoch;
    // Two receipts for one key at different epochs would let two signers in.
    if (ceiling !== null && ceiling !== outEpoch) {
      throw slashingDbError(
        'HANDOVER_REFUSED',
        `${pubkey} was handed over already, at epoch ${ceiling}: --out-epoch ${ceiling} writes that receipt again`,
      );
    }
    const lowest = lowestHandover(spec, ledger.get(pubkey), controls.protection.floor);
    if (outEpoch < lowest) {
      throw slashingDbError(
        'HANDOVER_REFUSED',
        `${pubkey} has signed for epoch ${lowest - 1n} or may have: the earliest --out-epoch is ${lowest}`,
      );
    }
  }
}

/** An epoch is plausible that the chain reaches within two weeks or so: anything later silences keys for good. */
const MAX_AHEAD_EPOCHS = 3150n;

/** The first epoch at which a key can be handed over with everything it ever signed below it. */
function lowestHandover(spec: ChainSpec, entry: KeyEntry | undefined, floor: Floor | null): Epoch {
  const after = [0n];
  const { block, attestation } = entry ?? KeyLedger.BLANK;
  if (block !== null) after.push(epochOfSlot(spec, block.slot) + 1n);
  if (attestation !== null) {
    const { source, target } = attestation;
    // A source is below its target but in votes of the first epoch; an import may say otherwise.
    after.push(target + 1n, source === 0n ? 0n : source + 2n);
  }
  // It stands for messages that are on no record.
  if (floor !== null) after.push(epochOfSlot(spec, floor.slot) + 1n, floor.target + 1n);
  return epoch(after.reduce((a, b) => (b > a ? b : a)));
}
