import type { PeriodIncome } from '../income/period-income.ts';
import type { SkippedSlots } from '../payouts/payout-ledger.ts';
import { splitsError } from '../splits-errors.ts';

/** What the operator takes upon themselves, with the reason in their words; null: nothing. */
export interface Acceptance {
  /** Rows that are missing, and slots that no period has. */
  readonly gaps: string | null;
  readonly residual: string | null;
}

export const ACCEPT_NOTHING: Acceptance = { gaps: null, residual: null };

/** A finding that was accepted; an override that nothing needed is not one. */
export interface Accepted {
  /** `skipped`: slots between the last closed period and this one, counted one by one. */
  readonly what: 'gaps' | 'residual' | 'skipped';
  readonly reason: string;
  readonly count: number;
  readonly named: readonly string[];
}

/** @throws LEDGER_GAP, LEDGER_RESIDUAL, PERIOD_NOT_NEXT for what was found and not accepted */
export function acceptedFindings(
  { gaps, residual }: PeriodIncome,
  skipped: SkippedSlots | null,
  acceptance: Acceptance,
): Accepted[] {
  const accepted: Accepted[] = [];
  if (skipped !== null) {
    if (acceptance.gaps === null) throw splitsError('PERIOD_NOT_NEXT', skipped.named.join('; '));
    accepted.push({ what: 'skipped', reason: acceptance.gaps, ...skipped });
  }
  if (gaps.count > 0) {
    if (acceptance.gaps === null)
      throw splitsError('LEDGER_GAP', named(gaps.count, gaps.count === 1 ? 'gap' : 'gaps', gaps.named));
    accepted.push({ what: 'gaps', reason: acceptance.gaps, count: gaps.count, named: gaps.named });
  }
  if (residual.rows > 0) {
    if (acceptance.residual === null)
      throw splitsError(
        'LEDGER_RESIDUAL',
        named(
          residual.rows,
          residual.rows === 1 ? 'row with a residual' : 'rows with a residual',
          residual.named,
        ),
      );
    accepted.push({
      what: 'residual',
      reason: acceptance.residual,
      count: residual.rows,
      named: residual.named,
    });
  }
  return accepted;
}

function named(count: number, what: string, examples: readonly string[]): string {
  const more = count - examples.length;
  return `${count} ${what}: ${examples.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
