import { slot, type Slot } from '../../core/units.ts';
import {
  REWARD_METHODS,
  type LedgerAmounts,
  type LedgerDuties,
  type LedgerPart,
  type RewardMethod,
} from '../model/ledger-part.ts';
import type { Unexplained } from './ledger-input.ts';

type Growing<T> = { -readonly [K in keyof T]: T[K] };
type Amounts = Growing<LedgerAmounts>;
export type Component = Exclude<keyof LedgerAmounts, `ideal${string}`>;
type GrowingPart = Amounts & {
  readonly startSlot: Slot;
  readonly endSlot: Slot;
  readonly day: string;
  openingBalanceGwei: bigint;
  closingBalanceGwei: bigint;
  method: RewardMethod;
  duties: Growing<LedgerDuties>;
};

/** An amount that is known to have come or gone, but not how much: the next known balance tells. */
export interface Doubt {
  readonly component: Component;
  /** Signed, with 0 between them; what is beyond must have been something else. */
  readonly leastGwei: bigint | null;
  readonly mostGwei: bigint | null;
  readonly settled?: (gwei: bigint) => void;
}

export interface Stretch {
  readonly startSlot: Slot;
  readonly endSlot: Slot;
  readonly day: string;
}

/** A balance that the chain tells. */
export interface KnownBalance {
  /** After it. */
  readonly slot: Slot;
  readonly gwei: bigint;
}

/**
 * Follows one validator's balance through an epoch, change by change in the order of the chain, as `increase_balance`
 * and `decrease_balance` of the specs do: a penalty stops at zero. Wherever the balance is known it is compared; what
 * is left over goes to the amounts in doubt, and without any is unexplained.
 */
export class BalanceTrack {
  readonly #validatorIndex: number;
  readonly #parts: GrowingPart[];
  readonly #known: readonly KnownBalance[];
  readonly unexplained: Unexplained[] = [];
  #gwei: bigint;
  #next = 0;
  #since: Slot;
  #doubts: Doubt[] = [];

  /** @param known ascending; at least at the end of every stretch */
  constructor(
    validatorIndex: number,
    openingGwei: bigint,
    stretches: readonly Stretch[],
    known: readonly KnownBalance[],
  ) {
    this.#validatorIndex = validatorIndex;
    this.#gwei = openingGwei;
    this.#parts = stretches.map((stretch) => newPart(stretch));
    this.#known = known;
    this.#since = stretches[0]?.startSlot ?? slot(0n);
    const [first] = this.#parts;
    if (first !== undefined) first.openingBalanceGwei = openingGwei;
  }

  /** The balance as it must be at this moment of a slot. */
  balanceAt(at: Slot): bigint {
    this.#advanceTo(at);
    return this.#gwei;
  }

  /** @returns what the balance really changed by */
  add(at: Slot, component: Component, owedGwei: bigint): bigint {
    this.#advanceTo(at);
    const after = this.#gwei + owedGwei;
    // A balance below zero is one of which something is unexplained already; it is not made worse.
    const floor = this.#gwei < 0n ? this.#gwei : 0n;
    const gwei = (owedGwei < 0n && after < floor ? floor : after) - this.#gwei;
    this.#gwei += gwei;
    this.#partAt(at)[component] += gwei;
    return gwei;
  }

  /** A withdrawal is never more than the balance: below zero it proves that something came that is not known. */
  withdraw(at: Slot, component: 'withdrawalsPartialGwei' | 'withdrawalsFullGwei', amountGwei: bigint): void {
    this.#advanceTo(at);
    this.#gwei -= amountGwei;
    this.#partAt(at)[component] += amountGwei;
  }

  addIdeal(at: Slot, component: 'idealAttestationGwei' | 'idealSyncGwei', gwei: bigint): void {
    this.#partAt(at)[component] += gwei;
  }

  doubt(at: Slot, doubt: Doubt): void {
    this.#advanceTo(at);
    this.#doubts.push(doubt);
  }

  /** The weakest counts. */
  setMethod(at: Slot, method: RewardMethod): void {
    const part = this.#partAt(at);
    if (REWARD_METHODS.indexOf(method) > REWARD_METHODS.indexOf(part.method)) part.method = method;
  }

  count(at: Slot, duty: keyof LedgerDuties, times = 1): void {
    this.#partAt(at).duties[duty] += times;
  }

  finish(effectiveBalanceGwei: bigint): LedgerPart[] {
    while (this.#next < this.#known.length) this.#settle();
    return this.#parts.map((part) => ({
      validatorIndex: this.#validatorIndex,
      ...part,
      effectiveBalanceGwei,
      residualGwei: part.closingBalanceGwei - part.openingBalanceGwei - explained(part),
    }));
  }

  #partAt(at: Slot): GrowingPart {
    const part = this.#parts.find(({ endSlot }) => at <= endSlot);
    if (part === undefined || at < part.startSlot) throw new RangeError(`slot ${at} is not in this epoch`);
    return part;
  }

  #advanceTo(at: Slot): void {
    while ((this.#known[this.#next]?.slot ?? at) < at) this.#settle();
  }

  /** Comes to the next known balance. */
  #settle(): void {
    const known = this.#known[this.#next];
    if (known === undefined) return;
    this.#next += 1;
    const part = this.#partAt(known.slot);
    let left = known.gwei - this.#gwei;
    for (const { component, leastGwei, mostGwei, settled } of this.#doubts) {
      const gwei = within(left, leastGwei, mostGwei);
      left -= gwei;
      part[component] += gwei;
      settled?.(gwei);
      this.setMethod(known.slot, 'balance');
    }
    if (left !== 0n)
      this.unexplained.push({
        validatorIndex: this.#validatorIndex,
        gwei: left,
        startSlot: this.#since,
        endSlot: known.slot,
      });
    this.#doubts = [];
    this.#gwei = known.gwei;
    this.#since = slot(known.slot + 1n);
    if (known.slot !== part.endSlot) return;
    part.closingBalanceGwei = known.gwei;
    const following = this.#parts[this.#parts.indexOf(part) + 1];
    if (following !== undefined) following.openingBalanceGwei = known.gwei;
  }
}

function within(gwei: bigint, least: bigint | null, most: bigint | null): bigint {
  if (least !== null && gwei < least) return least;
  return most !== null && gwei > most ? most : gwei;
}

const explained = (part: LedgerAmounts): bigint =>
  part.attestationGwei +
  part.syncGwei +
  part.proposerGwei +
  part.slashingGwei -
  part.withdrawalsPartialGwei -
  part.withdrawalsFullGwei +
  part.depositsGwei +
  part.consolidationGwei;

const newPart = ({ startSlot, endSlot, day }: Stretch): GrowingPart => ({
  day,
  startSlot,
  endSlot,
  openingBalanceGwei: 0n,
  closingBalanceGwei: 0n,
  attestationGwei: 0n,
  idealAttestationGwei: 0n,
  syncGwei: 0n,
  idealSyncGwei: 0n,
  proposerGwei: 0n,
  slashingGwei: 0n,
  withdrawalsPartialGwei: 0n,
  withdrawalsFullGwei: 0n,
  depositsGwei: 0n,
  consolidationGwei: 0n,
  method: 'endpoint',
  duties: {
    attestationsAssigned: 0,
    attestationsIncluded: 0,
    proposalsAssigned: 0,
    proposalsIncluded: 0,
    syncAssigned: 0,
    syncIncluded: 0,
  },
});
