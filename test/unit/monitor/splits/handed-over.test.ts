import { expect, test } from 'vitest';
import { parsePool } from '../../../../monitor/splits/config/read-pool-file.ts';
import type { LedgerRow } from '../../../../monitor/splits/ledger/ledger-port.ts';
import { ACCEPT_NOTHING, type Acceptance } from '../../../../monitor/splits/manifest/acceptance.ts';
import { produceSplit } from '../../../../monitor/splits/manifest/produce-split.ts';
import { EMPTY_STATE, type PayoutState } from '../../../../monitor/splits/payouts/payout-state.ts';
import { encodeState, stateSchema } from '../../../../monitor/splits/payouts/state-json.ts';
import { parsePeriod } from '../../../../monitor/splits/period.ts';
import { person, poolText } from '../../../support/splits-fixture.ts';
import { attested, CHAIN, GWEI, MemoryLedger, row, rowsOf } from '../../../support/splits-ledger.ts';

const PEOPLE = [person('ann', 1)];
const pool = (rules: string): string => poolText(PEOPLE, '', rules);
const TAGGED = pool('  - {tags: [pool]}');

function closing(
  rows: readonly LedgerRow[],
  period: string,
  opening: PayoutState = EMPTY_STATE,
  text = TAGGED,
  acceptance: Acceptance = ACCEPT_NOTHING,
): PayoutState {
  const { result } = produceSplit(
    {
      ...{ ledger: new MemoryLedger(rows), source: parsePool(text, 'pool.yaml'), opening, acceptance },
      period: parsePeriod(period, CHAIN),
      toolVersion: 'test',
    },
    () => undefined,
  );
  // What the payout ledger keeps of it.
  return stateSchema.parse(JSON.parse(JSON.stringify(encodeState(result.closing))));
}

const gap = (message: string): unknown =>
  expect.objectContaining({ code: 'LEDGER_GAP', message: expect.stringContaining(message) as string });

const FIRST = [...rowsOf(1, 2, [attested(2_000_000)]), ...rowsOf(2, 2, [attested(2_000_000)])];
const opening = closing(FIRST, '2026-01-02');
const next = (validator: number, parts: Partial<LedgerRow> = {}) =>
  row(validator, 3, { openingBalanceGwei: 32n * GWEI + 2_000_000n, ...parts });

test('a period that begins where the last one ended needs nothing', () => {
  closing([next(1), next(2)], '2026-01-03', opening);
});

test('a balance that jumps between two periods is a gap', () => {
  expect(() =>
    closing([next(1, { openingBalanceGwei: 31n * GWEI }), next(2)], '2026-01-03', opening),
  ).toThrow(
    gap('validator 1 ended the period before with 32002000000 gwei and begins 2026-01-03 with 31000000000'),
  );
});

test('a validator that is not there any more is a gap, whether it has no rows or lost its tag', () => {
  expect(() => closing([next(1)], '2026-01-03', opening)).toThrow(gap('validator 2 ended the period before'));
  expect(() => closing([next(1), next(2, { tags: [] })], '2026-01-03', opening)).toThrow(
    gap('validator 2 ended the period before'),
  );
});

test('one that comes a day late is a gap, even with an empty balance', () => {
  const late = row(2, 4, { openingBalanceGwei: 0n, depositsGwei: 32n * GWEI });
  const one = [next(1), row(1, 4, { openingBalanceGwei: 32n * GWEI + 2_000_000n })];
  expect(() => closing([...one, late], '2026-01-03..2026-01-04', opening)).toThrow(
    gap('validator 2 ended the period before with 32002000000 gwei and begins 2026-01-04 with 0'),
  );
});

test.each([
  ['its index', '  - {indices: ["1"]}\n  - {indices: ["2"], to: 2026-01-03}', []],
  ['its tag, and has rows', '  - {indices: ["1"]}\n  - {tags: [sold], to: 2026-01-03}', ['sold']],
])('a validator whose rule ended left the pool: by %s', (_name, rules, tags) => {
  const rows = [next(1), ...(tags.length === 0 ? [] : [next(2, { tags })])];
  const after = closing(rows, '2026-01-03', opening, pool(rules));
  expect([...after.validators.keys()]).toEqual([1n]);
});

test('a rule that ends with the period is known before the next', () => {
  const rules = '  - {indices: ["1"]}\n  - {indices: ["2"], to: 2026-01-03}';
  expect([...closing(FIRST, '2026-01-02', EMPTY_STATE, pool(rules)).validators.keys()]).toEqual([1n]);
});

test('a validator that was paid out needs no rows, and does not come back with money', () => {
  const paid = [FIRST[0]!, row(2, 2, { withdrawalsFullGwei: 32n * GWEI })];
  const state = closing(paid, '2026-01-02');
  const after = closing([next(1)], '2026-01-03', state);
  expect(after.validators.get(2n)).toEqual({ balanceGwei: 0n, endSlot: 14399n });
  const back = (openingBalanceGwei: bigint) => [
    row(1, 4, { openingBalanceGwei: 32n * GWEI + 2_000_000n }),
    row(2, 4, { openingBalanceGwei, depositsGwei: 32n * GWEI }),
  ];
  closing(back(0n), '2026-01-04', after);
  expect(() => closing(back(5n), '2026-01-04', after)).toThrow(
    gap('with 0 gwei and begins 2026-01-04 with 5'),
  );
});

test('what is accepted once is not asked for again', () => {
  const after = closing([next(1)], '2026-01-03', opening, TAGGED, { gaps: 'sold', residual: null });
  closing([row(1, 4, { openingBalanceGwei: 32n * GWEI + 2_000_000n })], '2026-01-04', after);
});

test('over slots that are in no period a balance may move', () => {
  closing([row(1, 4), row(2, 4)], '2026-01-04', opening);
});

test('states of before it was kept are read, and say nothing', () => {
  const { validators, ...old } = encodeState(opening) as Record<string, unknown>;
  expect(validators).toEqual({ 1: '32002000000@14399', 2: '32002000000@14399' });
  closing([next(1, { openingBalanceGwei: 5n })], '2026-01-03', stateSchema.parse(old));
});
