import type { Epoch, Pubkey } from '../../core/units.ts';
import type { Floor } from '../boot-floor.ts';
import type { AcceptedHistory, Act, OperatorDoor, RecordedChange } from '../guard-contract.ts';
import type { HandoverReceipt } from '../handover/receipt.ts';
import type { ActKeys } from '../storage/sharing-port.ts';

type Acting = <T>(keys: ActKeys, run: () => Promise<T>) => Promise<T>;

/** The operator's acts where other signers act on the same keys: each runs while its keys are locked for all of them. */
export class SharedOperator implements OperatorDoor {
  readonly #acts: OperatorDoor;
  readonly #acting: Acting;

  constructor(acts: OperatorDoor, acting: Acting) {
    this.#acts = acts;
    this.#acting = acting;
  }

  freeze(pubkeys: readonly Pubkey[] | 'all', act: Act): Promise<void> {
    return this.#acting(pubkeys, () => this.#acts.freeze(pubkeys, act));
  }

  unfreeze(pubkeys: readonly Pubkey[] | 'all', act: Act): Promise<void> {
    return this.#acting(pubkeys, () => this.#acts.unfreeze(pubkeys, act));
  }

  handOver(pubkeys: readonly Pubkey[], outEpoch: Epoch, act: Act): Promise<HandoverReceipt> {
    return this.#acting(pubkeys, () => this.#acts.handOver(pubkeys, outEpoch, act));
  }

  takeOver(receipt: HandoverReceipt, act: Act): Promise<void> {
    return this.#acting(receipt.pubkeys, () => this.#acts.takeOver(receipt, act));
  }

  overrideFloor(pubkey: Pubkey, source: Epoch, act: Act): Promise<void> {
    return this.#acting([pubkey], () => this.#acts.overrideFloor(pubkey, source, act));
  }

  acceptHistory(remembered: Floor, act: Act, lostActs: boolean): Promise<AcceptedHistory> {
    return this.#acting('all and read', () => this.#acts.acceptHistory(remembered, act, lostActs));
  }

  record(type: RecordedChange, pubkey: Pubkey, act: Act): Promise<void> {
    return this.#acting([], () => this.#acts.record(type, pubkey, act));
  }

  acceptClock(act: Act): Promise<void> {
    return this.#acting([], () => this.#acts.acceptClock(act));
  }
}
