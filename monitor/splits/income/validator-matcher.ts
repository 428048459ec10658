import { slotSpan, type SlotSpan } from '../config/moments.ts';
import type { Pool } from '../config/pool.ts';
import { periodSlots } from '../ledger/ledger-days.ts';
import type { LedgerChain, LedgerRow, SlotRange } from '../ledger/ledger-port.ts';
import { splitsError } from '../splits-errors.ts';

/** Finds the rule of the pool that a row falls under. Rules by pubkey and tag are looked up, not searched. */
export class ValidatorMatcher {
  readonly #chain: LedgerChain;
  readonly spans: readonly SlotSpan[];
  readonly #everywhere: number[] = [];
  readonly #byTag = new Map<string, number[]>();
  readonly #byPubkey = new Map<string, number[]>();
  readonly #ranges: { readonly first: bigint; readonly last: bigint; readonly rule: number }[] = [];

  constructor(pool: Pool, chain: LedgerChain) {
    this.#chain = chain;
    this.spans = pool.validators.map((rule) => slotSpan(rule, chain));
    pool.validators.forEach(({ select }, rule) => {
      if (select.kind === 'all') this.#everywhere.push(rule);
      else if (select.kind === 'tags') for (const tag of select.tags) put(this.#byTag, tag, rule);
      else if (select.kind === 'pubkeys') for (const key of select.pubkeys) put(this.#byPubkey, key, rule);
      else for (const [first, last] of select.ranges) this.#ranges.push({ first, last, rule });
    });
    this.#ranges.sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : a.rule - b.rule));
  }

  /**
   * @returns the index of the rule, or null when the row is not the pool's
   * @throws SPLIT_IMPOSSIBLE when two rules claim it, or one begins or ends inside it
   */
  ruleOf(row: LedgerRow): number | null {
    let found: number | null = null;
    for (const rule of this.#candidates(row)) {
      if (found === rule || !covers(this.spans[rule] ?? OPEN, row, rule, this.#chain)) continue;
      if (found !== null)
        throw splitsError(
          'SPLIT_IMPOSSIBLE',
          `validator ${row.validatorIndex} falls under validators.${found} and validators.${rule} on ${row.day}`,
        );
      found = rule;
    }
    return found;
  }

  /** Whether a rule that selects the row has ended before it. */
  hasLeft(row: LedgerRow): boolean {
    return this.#candidates(row).some((rule) => this.#endedBy(rule, row.startSlot));
  }

  /** The same where there are no rows any more, so that only indices are known. */
  hasLeftByIndex(index: bigint, slot: bigint): boolean {
    return (
      this.#everywhere.some((rule) => this.#endedBy(rule, slot)) ||
      this.#ranges.some(
        ({ first, last, rule }) => first <= index && index <= last && this.#endedBy(rule, slot),
      )
    );
  }

  #endedBy(rule: number, slot: bigint): boolean {
    const to = this.spans[rule]?.to ?? null;
    return to !== null && to <= slot;
  }

  #candidates(row: LedgerRow): readonly number[] {
    const found = [...this.#everywhere, ...(this.#byPubkey.get(row.pubkey) ?? [])];
    for (const tag of row.tags) found.push(...(this.#byTag.get(tag) ?? []));
    const index = row.validatorIndex;
    for (const range of this.#ranges) {
      if (range.first > index) break;
      if (index <= range.last) found.push(range.rule);
    }
    return found;
  }
}

const OPEN: SlotSpan = { from: null, to: null };

/** A row cannot be cut: what it earned before and after a slot in its middle is not known. */
function covers(
  { from, to }: SlotSpan,
  { startSlot, endSlot, day, validatorIndex }: LedgerRow,
  rule: number,
  chain: LedgerChain,
): boolean {
  if ((from !== null && endSlot < from) || (to !== null && startSlot >= to)) return false;
  if ((from === null || startSlot >= from) && (to === null || endSlot < to)) return true;
  throw splitsError(
    'SPLIT_IMPOSSIBLE',
    `validators.${rule} begins or ends inside the row of validator ${validatorIndex} on ${day}, and rows cannot be cut; ` +
      rowBounds({ startSlot, endSlot }, chain),
  );
}

/** Where a rule may begin or end instead. */
export const rowBounds = ({ startSlot, endSlot }: SlotRange, chain: LedgerChain): string =>
  `one begins at slot ${startSlot} (epoch ${startSlot / chain.slotsPerEpoch}), the next at ${endSlot + 1n}` +
  (periodSlots(chain) === null ? '; use UTC dates' : `; use epochs that begin one`);

function put(map: Map<string, number[]>, key: string, rule: number): void {
  const rules = map.get(key);
  if (rules === undefined) map.set(key, [rule]);
  else rules.push(rule);
}
