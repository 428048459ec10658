import { validatorBalances, validators, type ValidatorState } from '../../beacon/index.ts';
import { startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { slot, type Epoch, type Slot } from '../../core/units.ts';
import type { LedgerCalendar } from '../ledger/calendar.ts';
import type { BalancePoint, Snapshot } from '../ledger/ledger-input.ts';
import { askFinal, type Asked } from './ask.ts';

/** The balances that the ledger of one epoch rests on. */
export interface EpochBalances {
  readonly opening: Snapshot;
  readonly closing: Snapshot;
  readonly points: readonly BalancePoint[];
}

export interface BalancesWanted {
  readonly epoch: Epoch;
  readonly validators: readonly number[];
  /** Proposals of the watched whose reward is not known: the balances around them will tell it. */
  readonly unpaidProposals: readonly { readonly validatorIndex: number; readonly slot: Slot }[];
}

interface Kept {
  readonly asked: Set<number>;
  readonly states: Map<number, ValidatorState>;
}

/** An epoch needs the state before it and the one at its end, and votes are paid by the one after. */
const SNAPSHOTS_KEPT = 4;

/** Reads balances of final states, in chunks, of the watched alone. The end of one epoch is the start of the next. */
export class BalanceCollector {
  readonly #nodes: Asked;
  readonly #spec: ChainSpec;
  readonly #calendar: LedgerCalendar;
  readonly #kept = new Map<bigint, Kept>();

  constructor(nodes: Asked, spec: ChainSpec, calendar: LedgerCalendar) {
    this.#nodes = nodes;
    this.#spec = spec;
    this.#calendar = calendar;
  }

  /** @throws BALANCES_NOT_FINAL, or what the nodes fail with */
  async epoch(wanted: BalancesWanted, signal?: AbortSignal): Promise<EpochBalances> {
    const { epoch: at, validators: indices, unpaidProposals } = wanted;
    const first = startSlotOfEpoch(this.#spec, at);
    const opening = await this.snapshot(before(first), indices, signal);
    const closing = await this.snapshot(this.lastSlot(at), indices, signal);
    const wantedAt = new Map<bigint, Set<number>>();
    const want = (where: Slot, who: Iterable<number>): void => {
      const known = wantedAt.get(where) ?? new Set();
      for (const index of who) if (closing.has(index)) known.add(index);
      wantedAt.set(where, known);
    };
    for (const cut of this.#calendar.cuts(at)) want(before(cut), indices);
    for (const { validatorIndex, slot: proposed } of unpaidProposals) {
      if (proposed > first) want(before(proposed), [validatorIndex]);
      if (proposed < this.lastSlot(at)) want(proposed, [validatorIndex]);
    }
    const points: BalancePoint[] = [];
    for (const [where, who] of [...wantedAt].sort(([one], [other]) => (one < other ? -1 : 1)))
      points.push({ slot: slot(where), balancesGwei: await this.#balances(slot(where), [...who], signal) });
    return { opening, closing, points };
  }

  /** Those of the validators that the state after a slot knows. */
  async snapshot(after: Slot, indices: readonly number[], signal?: AbortSignal): Promise<Snapshot> {
    let kept = this.#kept.get(after);
    if (kept === undefined) {
      kept = { asked: new Set(), states: new Map() };
      this.#kept.set(after, kept);
      const [oldest] = this.#kept.keys();
      if (this.#kept.size > SNAPSHOTS_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    }
    const { asked, states } = kept;
    const missing = indices.filter((index) => !asked.has(index));
    if (missing.length > 0) {
      const answer = await askFinal(this.#nodes, validators(after, missing.map(BigInt)), signal);
      for (const state of answer) states.set(Number(state.index), state);
      for (const index of missing) asked.add(index);
    }
    return new Map(
      indices.flatMap((index) => {
        const state = states.get(index);
        return state === undefined ? [] : [[index, state] as const];
      }),
    );
  }

  lastSlot(at: Epoch): Slot {
    return slot(startSlotOfEpoch(this.#spec, at) + this.#spec.slotsPerEpoch - 1n);
  }

  async #balances(after: Slot, indices: readonly number[], signal?: AbortSignal) {
    const answer = await askFinal(this.#nodes, validatorBalances(after, indices.map(BigInt)), signal);
    return new Map(answer.map(({ index, balanceGwei }) => [Number(index), balanceGwei]));
  }
}

/** Before the first slot there is genesis itself. */
const before = (at: Slot): Slot => slot(at === 0n ? 0n : at - 1n);
