import { parsePool } from '../../monitor/splits/config/read-pool-file.ts';
import { collectIncome } from '../../monitor/splits/income/collect-income.ts';
import type { LedgerRow } from '../../monitor/splits/ledger/ledger-port.ts';
import { EMPTY_STATE, type PayoutState } from '../../monitor/splits/payouts/payout-state.ts';
import { parsePeriod } from '../../monitor/splits/period.ts';
import { splitPeriod } from '../../monitor/splits/split/split-period.ts';
import type { SplitResult } from '../../monitor/splits/split/split-result.ts';
import { MemoryLedger, type MemoryFacts } from './splits-ledger.ts';

export const address = (n: number): string => `0x${n.toString(16).padStart(40, '0')}`;

/** A pool file with one validator tag; `more` is further YAML. */
export function poolText(
  participants: readonly string[],
  more = '',
  validators = '  - {tags: [pool]}',
): string {
  return [
    'version: 1',
    'pool: {name: Test, network: mainnet}',
    'validators:',
    validators,
    'participants:',
    ...participants.map((text) => `  - {${text}}`),
    more,
  ].join('\n');
}

export const person = (id: string, n: number, stake = 'stake: [{eth: 32}]'): string =>
  `id: ${id}, address: "${address(n)}"${stake === '' ? '' : `, ${stake}`}`;

/** Splits rows under a pool file, whatever gaps there may be: those have tests of their own. */
export function split(
  text: string,
  rows: readonly LedgerRow[],
  period = '2026-01-02',
  { opening = EMPTY_STATE, ...facts }: MemoryFacts & { readonly opening?: PayoutState } = {},
): SplitResult {
  const ledger = new MemoryLedger(rows, facts);
  const { pool } = parsePool(text, 'pool.yaml');
  const range = parsePeriod(period, ledger.chain);
  return splitPeriod({
    pool,
    period: range,
    chain: ledger.chain,
    income: collectIncome(ledger, pool, range, opening.validators),
    opening,
  });
}

export function lineOf(result: SplitResult, id: string) {
  const line = result.participants.find((candidate) => candidate.id === id);
  if (line === undefined) throw new Error(`no participant ${id}`);
  return line;
}

export const payoutsOf = (result: SplitResult): Record<string, bigint> =>
  Object.fromEntries(result.participants.map(({ id, payoutWei }) => [id, payoutWei]));
