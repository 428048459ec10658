import { creditOf, type ParticipantLine } from '../split/split-result.ts';
import type { OutputContext } from './output-context.ts';
import { bondNotes } from './pool-lines.ts';

/** A line of a statement: what it is, and its amount. The parts before a sum add up to it; a note is in no sum. */
export interface StatementLine {
  readonly label: string;
  readonly amountWei: bigint;
  readonly kind: 'part' | 'sum' | 'note';
}

export function statementLines(line: ParticipantLine, { result }: OutputContext): StatementLine[] {
  const part = (label: string, amountWei: bigint): StatementLine => ({ label, amountWei, kind: 'part' });
  const own = <L extends { readonly to: string | null }>(lines: readonly L[]) =>
    lines.filter(({ to }) => to === line.id);
  const lines: StatementLine[] = [part('Carried from before', line.openingWei)];
  lines.push(part(line.shareWei < 0n ? 'Share by weight of a loss' : 'Share by weight', line.shareWei));
  for (const { rule, rate, amountWei, withheld } of own(result.commission))
    lines.push(part(`${rule}, ${rate}${withheld === null ? '' : ` (withheld: ${withheld})`}`, amountWei));
  for (const { label, amountWei } of own(result.expenses)) lines.push(part(`Expense: ${label}`, amountWei));
  if (line.roundingWei !== 0n) lines.push(part('What rounding left over', line.roundingWei));
  lines.push({ label: 'Balance', amountWei: line.openingWei + creditOf(line), kind: 'sum' });
  lines.push({ label: 'Paid out', amountWei: line.payoutWei, kind: 'sum' });
  lines.push({ label: 'Carried to the next period', amountWei: line.closingWei, kind: 'sum' });
  lines.push(...bondNotes(result, line.id));
  return lines;
}
