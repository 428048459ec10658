import { createHash } from 'node:crypto';
import { slotOfEvent } from '../config/moments.ts';
import type { Adjustment, Expense, Moment, Pool } from '../config/pool.ts';
import type { LedgerChain } from '../ledger/ledger-port.ts';
import type { PayoutState } from '../payouts/payout-state.ts';
import { dayOfSlot, type Period } from '../period.ts';
import { splitsError } from '../splits-errors.ts';

/** The expenses and adjustments of a period, each with its slot, and what has counted by its end. */
export interface DatedEntries {
  readonly expenses: readonly Expense[];
  readonly adjustments: readonly (Adjustment & { readonly slot: bigint })[];
  readonly counted: readonly string[];
}

/**
 * An entry counts once, in the period of its date. One with an earlier date that no closed period counted would never
 * count at all, so it is refused. An entry that was changed after it counted is such a one too.
 * @throws SPLIT_IMPOSSIBLE
 */
export function datedEntries(
  { expenses, adjustments }: Pool,
  period: Period,
  chain: LedgerChain,
  { counted }: PayoutState,
): DatedEntries {
  const before = new Counted(counted);
  const now: string[] = [];
  const dated = <E extends Expense | Adjustment>(kind: string, entries: readonly E[]) =>
    entries.flatMap((entry, index) => {
      const slot = slotOfEvent(entry.on, chain);
      if (slot > period.endSlot) return [];
      const digest = digestOf(kind, entry);
      if (slot >= period.startSlot) {
        now.push(digest);
        return [{ ...entry, slot }];
      }
      if (!before.take(digest)) throw tooLate(`${kind}.${index}`, entry, slot, period, chain);
      // Where it was not kept what counted, everything before is taken for it, and is kept from here on.
      if (counted === null) now.push(digest);
      return [];
    });
  return {
    expenses: dated('expenses', expenses),
    adjustments: dated('adjustments', adjustments),
    counted: [...(counted ?? []), ...now].sort(),
  };
}

/** Two entries may be alike in everything. */
class Counted {
  readonly #left: Map<string, number> | null;

  constructor(digests: readonly string[] | null) {
    this.#left = digests === null ? null : new Map();
    for (const digest of digests ?? []) this.#left?.set(digest, (this.#left.get(digest) ?? 0) + 1);
  }

  take(digest: string): boolean {
    if (this.#left === null) return true;
    const left = this.#left.get(digest) ?? 0;
    this.#left.set(digest, left - 1);
    return left > 0;
  }
}

/** Everything that a period counted of it; the label and the order may change later. */
function digestOf(kind: string, entry: Expense | Adjustment): string {
  const { on, amountWei } = entry;
  const parts =
    'fromHeld' in entry
      ? [entry.basis, entry.fromHeld, entry.validator === null ? '' : `${entry.validator}`]
      : [entry.to ?? ''];
  return createHash('sha256')
    .update(JSON.stringify([kind, momentText(on), `${amountWei}`, ...parts]))
    .digest('hex')
    .slice(0, 16);
}

const momentText = (moment: Moment): string =>
  moment.kind === 'epoch' ? `epoch:${moment.epoch}` : moment.ms.toString();

const tooLate = (
  place: string,
  { label }: Expense | Adjustment,
  slot: bigint,
  period: Period,
  chain: LedgerChain,
) =>
  splitsError(
    'SPLIT_IMPOSSIBLE',
    `${place} "${label}" is dated ${dayOfSlot(slot, chain)}, before ${period.label}, and no closed period counted it as it stands there; ` +
      'to count it now, date it into this period (on:); what has counted must stay as it was, and an amount that was wrong is put right by an adjustment',
  );
