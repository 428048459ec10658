import { epochOfSlot, type ChainSpec } from '../core/chain/chain-spec.ts';
import type { Epoch, Pubkey } from '../core/units.ts';
import { checkFloor, type Floor } from './boot-floor.ts';
import { toldToClients } from './freeze-reason.ts';
import type { GuardedMessage } from './message.ts';
import { refuse, type Refusal } from './refusals.ts';

export interface Freeze {
  readonly reason: string;
  /** Unix time, milliseconds. */
  readonly sinceMs: bigint;
}

/** What an operator, or a watch on his behalf, has laid on one key. Durable. */
export interface KeyControl {
  readonly frozen: Freeze | null;
  /** Handed over: signs only below this epoch. */
  readonly outEpoch: Epoch | null;
  /** Taken over: signs only from this epoch on. Its watermarks say so already; this says why. */
  readonly inEpoch: Epoch | null;
  /** The source this key may vote with below the boot floor; withdrawn when the floor rises. */
  readonly sourceOverride: Epoch | null;
}

/** What lies on all keys of a database. Durable. */
export interface Protection {
  readonly frozen: Freeze | null;
  readonly floor: Floor | null;
  /** Why a boot floor is still to be put down: the clock was in doubt when it should have been. */
  readonly floorOwed: string | null;
}

export const NO_CONTROL: KeyControl = { frozen: null, outEpoch: null, inEpoch: null, sourceOverride: null };
export const NO_PROTECTION: Protection = { frozen: null, floor: null, floorOwed: null };

/** Why a message may not be signed whatever its watermarks say, or null. */
export function checkControls(
  spec: ChainSpec,
  protection: Protection,
  control: KeyControl,
  message: GuardedMessage,
): Refusal | null {
  if (protection.frozen !== null) return refuseAll(protection.frozen);
  if (control.frozen !== null) return refuse('KEY_FROZEN', frozenDetail(control.frozen));
  if (message.kind === 'unslashable') return null;
  const epoch = message.kind === 'block' ? epochOfSlot(spec, message.slot) : message.target;
  if (control.outEpoch !== null && epoch >= control.outEpoch) {
    return refuse(
      'KEY_HANDED_OVER',
      `epoch ${epoch.toString()}, handed over from ${control.outEpoch.toString()}`,
    );
  }
  if (
    control.outEpoch !== null &&
    message.kind === 'attestation' &&
    message.source > highestSource(control.outEpoch)
  ) {
    return refuse('KEY_HANDED_OVER', `source ${message.source}, handed over from ${control.outEpoch}`);
  }
  return checkFloor(protection.floor, control.sourceOverride, message);
}

function refuseAll(frozen: Freeze): Refusal {
  const refusal = refuse('ALL_FROZEN', frozenDetail(frozen));
  const reason = toldToClients(frozen);
  return reason === null ? refusal : { ...refusal, told: frozenDetail({ ...frozen, reason }) };
}

/** A source is below its target, but in the votes of the first epoch. */
const highestSource = (outEpoch: Epoch): bigint => (outEpoch > 2n ? outEpoch - 2n : 0n);

const frozenDetail = ({ reason, sinceMs }: Freeze): string =>
  `frozen since ${new Date(Number(sinceMs)).toISOString()}: ${reason}`;

/** The controls in memory. What it returns must be appended to storage by the caller in the same turn. */
export class KeyControls {
  readonly #controls: Map<Pubkey, KeyControl>;
  #protection: Protection;

  constructor(controls: ReadonlyMap<Pubkey, KeyControl>, protection: Protection) {
    this.#controls = new Map(controls);
    this.#protection = protection;
  }

  get protection(): Protection {
    return this.#protection;
  }

  of(pubkey: Pubkey): KeyControl {
    return this.#controls.get(pubkey) ?? NO_CONTROL;
  }

  /** Takes controls over as a database has them that others change too. */
  adopt(controls: ReadonlyMap<Pubkey, KeyControl>, protection: Protection): void {
    for (const [pubkey, control] of controls) this.#controls.set(pubkey, control);
    this.#protection = protection;
  }

  snapshot(): ReadonlyMap<Pubkey, KeyControl> {
    return new Map(this.#controls);
  }

  /** Undoes all that was laid on keys since. */
  restore(controls: ReadonlyMap<Pubkey, KeyControl>, protection: Protection): void {
    this.#controls.clear();
    this.adopt(controls, protection);
  }

  change(
    pubkey: Pubkey,
    change: Partial<KeyControl>,
  ): { kind: 'control'; pubkey: Pubkey; control: KeyControl } {
    const control = { ...this.of(pubkey), ...change };
    this.#controls.set(pubkey, control);
    return { kind: 'control', pubkey, control };
  }

  withdrawOverrides(): { kind: 'control'; pubkey: Pubkey; control: KeyControl }[] {
    return [...this.#controls]
      .filter(([, { sourceOverride }]) => sourceOverride !== null)
      .map(([pubkey]) => this.change(pubkey, { sourceOverride: null }));
  }

  protect(change: Partial<Protection>): { kind: 'protection'; protection: Protection } {
    this.#protection = { ...this.#protection, ...change };
    return { kind: 'protection', protection: this.#protection };
  }
}
