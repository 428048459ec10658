import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildReport,
  earnedGwei,
  GROUPINGS,
  CashBasis,
  type ReportLine,
  type ReportRequest,
} from '../../../../monitor/reports/index.ts';
import { addLines, LINE_AMOUNTS } from '../../../../monitor/reports/report-line.ts';
import type { LedgerRow } from '../../../../monitor/splits/ledger/ledger-port.ts';
import { MemoryLedger, january, row } from '../../../support/splits-ledger.ts';
import { life, lives } from './report-lives.ts';

const ETH = 1_000_000_000n;
const ALL: ReportRequest = {
  from: january(1),
  to: january(9),
  by: 'validator',
  basis: 'accrual',
  currency: null,
  prices: null,
  tag: null,
};
const prices = new Map(Array.from({ length: 9 }, (_, index) => [january(index + 1), `${3000 + index}.07`]));
const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);

describe('the totals of a report', () => {
  it('are the sum of its lines and of the rows, however they are grouped', () => {
    fc.assert(
      fc.property(
        lives,
        fc.constantFrom(...GROUPINGS),
        fc.constantFrom('accrual' as const, 'cash' as const),
        (all, by, basis) => {
          const rows = all.flatMap((each) => each.rows);
          const report = buildReport(new MemoryLedger(rows), { ...ALL, by, basis, currency: 'EUR', prices });
          const { totals, lines } = report;
          expect(totals?.rows).toBe(rows.length);
          for (const amount of LINE_AMOUNTS)
            expect(totals![amount]).toBe(sum(lines.map((line) => line[amount])));
          expect(totals!.fiat!.clCents).toBe(sum(lines.map(({ fiat }) => fiat!.clCents)));
          expect(totals!.fiat!.elCents).toBe(sum(lines.map(({ fiat }) => fiat!.elCents)));
          if (basis === 'accrual') expect(totals!.clIncomeGwei).toBe(sum(rows.map(earnedGwei)));
          const paid = rows.flatMap(({ execution }) => execution.map(({ amountWei }) => amountWei));
          expect(totals!.elIncomeWei).toBe(sum(paid));
          const trend = sum(report.trends.flatMap((each) => [...each.values()]));
          expect(trend).toBe(totals!.clIncomeGwei * 10n ** 9n + totals!.elIncomeWei);
        },
      ),
    );
  });

  it('are the same for every grouping', () => {
    fc.assert(
      fc.property(lives, (all) => {
        const ledger = new MemoryLedger(all.flatMap((each) => each.rows));
        const reports = GROUPINGS.map((by) => buildReport(ledger, { ...ALL, by, currency: 'EUR', prices }));
        for (const { totals } of reports) expect(totals).toEqual(reports[0]!.totals);
      }),
      { numRuns: 30 },
    );
  });

  it('of two halves are those of the whole, on both bases', () => {
    fc.assert(
      fc.property(
        lives,
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom('accrual' as const, 'cash' as const),
        (all, cut, basis) => {
          const ledger = new MemoryLedger(all.flatMap((each) => each.rows));
          const of = (from: number, to: number): ReportLine | null =>
            buildReport(ledger, { ...ALL, basis, from: january(from), to: january(to) }).totals;
          const [first, second, whole] = [of(1, cut), of(cut + 1, 9), of(1, 9)];
          const together = first === null || second === null ? (first ?? second) : addLines(first, second);
          expect(together).toEqual(whole);
        },
      ),
    );
  });
});

describe('cash basis', () => {
  const cashOf = (rows: readonly LedgerRow[]) => {
    const basis = new CashBasis();
    return { basis, income: rows.map((each) => basis.add(each)) };
  };

  it('comes to what was earned, less what is still in the balance', () => {
    fc.assert(
      fc.property(life(1), ({ rows, exits }) => {
        const { basis, income } = cashOf(rows);
        expect(sum(income) + basis.unrealizedGwei).toBe(sum(rows.map(earnedGwei)));
        if (exits) expect(basis.unrealizedGwei).toBe(0n);
      }),
    );
  });

  it('never takes principal for income', () => {
    fc.assert(
      fc.property(life(1), ({ rows }) => {
        const { income } = cashOf(rows);
        for (const [at, each] of rows.entries()) {
          const withdrawn = each.withdrawalsPartialGwei + each.withdrawalsFullGwei;
          expect(income[at]! <= withdrawn).toBe(true);
          if (withdrawn === 0n && each.closingBalanceGwei > 0n) expect(income[at]).toBe(0n);
        }
      }),
    );
  });

  const plain = (day: number, parts: Partial<LedgerRow>) => row(1, day, parts);

  it('of an exit is what comes back above the deposit, or the loss', () => {
    const deposit = plain(1, { openingBalanceGwei: 0n, depositsGwei: 32n * ETH, attestationGwei: 5n });
    const back = (more: bigint) =>
      plain(2, {
        openingBalanceGwei: 32n * ETH + 5n,
        slashingGwei: more,
        withdrawalsFullGwei: 32n * ETH + 5n + more,
      });
    expect(cashOf([deposit, back(0n)]).income).toEqual([0n, 5n]);
    expect(cashOf([deposit, back(-ETH)]).income).toEqual([0n, 5n - ETH]);
  });

  it('leaves a reward that came after the exit for the next withdrawal', () => {
    const rows = [
      plain(1, { openingBalanceGwei: 0n, depositsGwei: 32n * ETH, attestationGwei: 5n }),
      plain(2, { openingBalanceGwei: 32n * ETH + 5n, withdrawalsFullGwei: 32n * ETH + 5n, syncGwei: 3n }),
      plain(3, { openingBalanceGwei: 3n, withdrawalsFullGwei: 3n }),
    ];
    expect(cashOf(rows).income).toEqual([0n, 5n, 3n]);
  });

  it('settles what a consolidation left behind when the balance is nothing', () => {
    const rows = [
      plain(1, { openingBalanceGwei: 0n, depositsGwei: 32n * ETH, attestationGwei: -5n }),
      plain(2, { openingBalanceGwei: 32n * ETH - 5n, consolidationGwei: 5n - 32n * ETH }),
    ];
    expect(cashOf(rows).income).toEqual([0n, -5n]);
  });

  it('of a withdrawal on request is income first, then principal', () => {
    const rows = [
      plain(1, { openingBalanceGwei: 0n, depositsGwei: 100n * ETH, attestationGwei: 7n }),
      plain(2, { openingBalanceGwei: 100n * ETH + 7n, withdrawalsPartialGwei: 50n * ETH }),
      plain(3, { openingBalanceGwei: 50n * ETH + 7n, withdrawalsPartialGwei: 1n }),
    ];
    expect(cashOf(rows).income).toEqual([0n, 7n, 0n]);
  });

  it('takes what is above the effective balance at first for income of before, and says so', () => {
    const rows = [plain(1, { openingBalanceGwei: 32n * ETH + 9n, withdrawalsPartialGwei: 9n })];
    expect(cashOf(rows).income).toEqual([9n]);
    const { warnings, totals } = buildReport(new MemoryLedger(rows), {
      ...ALL,
      basis: 'cash',
      to: january(1),
    });
    expect(totals!.clIncomeGwei).toBe(9n);
    expect(warnings).toEqual([expect.stringContaining('0.000000009 ETH above the effective ones')]);
  });
});
