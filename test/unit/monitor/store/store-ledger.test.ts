import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RowCheck } from '../../../../monitor/splits/income/check-row.ts';
import { RowHash } from '../../../../monitor/splits/income/row-hash.ts';
import { LedgerFile } from '../../../../monitor/splits/ledger/ledger-file.ts';
import type { LedgerRow, RewardLedger, SlotRange } from '../../../../monitor/splits/ledger/ledger-port.ts';
import { writeLedgerFile } from '../../../../monitor/splits/ledger/write-ledger-file.ts';
import { parsePeriod } from '../../../../monitor/splits/period.ts';
import { StoreLedger, type MonitorStore } from '../../../../monitor/store/index.ts';
import { StoreModel } from '../../../support/store-model.ts';
import { at, keyOf, STORE_CHAIN, StoreWorld, watched, withStore } from '../../../support/store-world.ts';

const VALIDATORS = [2, 5, 40];
const EPOCHS = 40;
const ALL: SlotRange = { startSlot: 0n, endSlot: 10n ** 6n };

function filled(store: MonitorStore, world: StoreWorld, missing: readonly number[] = []): StoreModel {
  const model = new StoreModel(world);
  store.watch([watched(2, 'pool', ['k:v', 'pool']), watched(5, 'pool'), watched(40, 'own')], at(0));
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    if (missing.includes(epoch)) continue;
    store.writeEpoch(world.record(epoch, VALIDATORS));
    model.write(epoch, VALIDATORS);
  }
  return model;
}

function digest(ledger: RewardLedger, range: SlotRange): unknown {
  const hash = new RowHash();
  for (const row of ledger.rows(range)) hash.add(row);
  return hash.digest();
}

test('rows are those of the model, with key, tags and payments, in the order of the port', () => {
  fc.assert(
    fc.property(
      fc.nat(1e6),
      fc.uniqueArray(fc.nat(EPOCHS - 1), { maxLength: 6 }),
      fc.nat(EPOCHS * 8),
      fc.nat(EPOCHS * 8),
      (seed, missing, one, other) => {
        withStore((store) => {
          const world = new StoreWorld(seed);
          const model = filled(store, world, missing);
          const [startSlot, endSlot] = [BigInt(Math.min(one, other)), BigInt(Math.max(one, other))];
          const rows = [...new StoreLedger(store).rows({ startSlot, endSlot })];
          const wanted = VALIDATORS.flatMap((v) => model.ledger(v)).filter(
            (row) => row.endSlot >= startSlot && row.startSlot <= endSlot,
          );
          expect(rows.map(facts)).toEqual(
            wanted.map((row) => [
              BigInt(row.validatorIndex),
              row.day,
              row.startSlot,
              row.endSlot,
              row.openingBalanceGwei,
              row.closingBalanceGwei,
              row.residualGwei,
              row.depositsGwei,
              BigInt(row.duties.syncAssigned),
              BigInt(row.duties.syncIncluded),
            ]),
          );
          const payments = model.all((v, epoch) => world.payments(v, epoch));
          const check = new RowCheck(store.chain, ALL);
          for (const row of rows) {
            check.check(row);
            expect(row.pubkey).toBe(keyOf(Number(row.validatorIndex)));
            expect(row.tags).toEqual(
              { 2: ['pool', 'k:v'], 5: ['pool'], 40: ['own'] }[Number(row.validatorIndex)],
            );
            expect(row.execution.map(({ slot, amountWei }) => [slot, amountWei])).toEqual(
              payments
                .filter(({ validatorIndex: v }) => BigInt(v) === row.validatorIndex)
                .filter(({ slot }) => slot >= row.startSlot && slot <= row.endSlot)
                .map(({ slot, amountWei }) => [slot, amountWei]),
            );
          }
        });
      },
    ),
    { numRuns: 25 },
  );
});

const facts = (row: LedgerRow): unknown[] => [
  row.validatorIndex,
  row.day,
  row.startSlot,
  row.endSlot,
  row.openingBalanceGwei,
  row.closingBalanceGwei,
  row.residualGwei,
  row.depositsGwei,
  row.duties.sync.assigned,
  row.duties.sync.included,
];

test('an exported file is the same ledger as the database it was made from', () => {
  withStore((store) => {
    const world = new StoreWorld(7);
    filled(store, world);
    const folder = mkdtempSync(join(tmpdir(), 'vigil-export-'));
    try {
      const ledger = new StoreLedger(store);
      const period = parsePeriod('2026-01-02..2026-01-05', ledger.chain);
      let text = '';
      const count = writeLedgerFile(ledger, period, (line) => (text += line));
      const path = join(folder, 'ledger.jsonl');
      writeFileSync(path, text);
      const file = new LedgerFile(path);
      expect(count).toBe(12n);
      expect(file.chain).toEqual(ledger.chain);
      // The one thing that the file has no field for; no split depends on it.
      const carried = [...ledger.rows(period)].map((row) => ({ ...row, idealAttestationGwei: undefined }));
      expect([...file.rows(period)]).toEqual(carried);
      expect(digest(file, period)).toEqual(digest(ledger, period));
      for (const day of ['2026-01-02', '2026-01-03', '2026-01-04..2026-01-05']) {
        const part = parsePeriod(day, ledger.chain);
        for (const slot of [part.startSlot - 1n, part.endSlot]) {
          expect(file.checkpoint(slot)).not.toBeNull();
          expect(file.checkpoint(slot)).toEqual(ledger.checkpoint(slot));
          expect(file.checkpoint(slot)!.slot).toBe(slot);
        }
        expect([...file.rows(part)]).toHaveLength(day.includes('..') ? 6 : 3);
      }
      expect(file.networkDuties('2026-01-02')).toEqual(ledger.networkDuties('2026-01-02'));
      expect(file.networkDuties('2026-01-02')).not.toBeNull();
      expect(file.price('2026-01-02', 'EUR')).toBeNull();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test('duties of the network are the sums of the epochs that begin in a day, or nothing', () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.option(fc.nat(EPOCHS - 1)), (seed, missing) => {
      withStore((store) => {
        const world = new StoreWorld(seed);
        filled(store, world, missing === null ? [] : [missing]);
        const ledger = new StoreLedger(store);
        // Days of 36 slots, epochs of 8.
        for (const day of [1, 2, 3, 4, 5]) {
          const begin = (at: number) => at * 8 >= (day - 1) * 36 && at * 8 < day * 36;
          const epochs = Array.from({ length: EPOCHS }, (_, at) => at).filter(begin);
          const records = epochs.map((at) => world.record(at, []));
          const sum = (of: (record: (typeof records)[number]) => number): bigint =>
            BigInt(records.reduce((total, record) => total + of(record), 0));
          expect(ledger.networkDuties(`2026-01-0${day}`)).toEqual(
            missing !== null && epochs.includes(missing)
              ? null
              : {
                  attestations: {
                    assigned: sum(({ network }) => network?.due ?? 0),
                    included: sum(({ network }) => network?.included ?? 0),
                  },
                  proposals: {
                    assigned: sum(({ networkBlocks }) => networkBlocks.due),
                    included: sum(({ networkBlocks }) => networkBlocks.included),
                  },
                  sync: {
                    assigned: sum(({ networkBlocks }) => networkBlocks.syncDue),
                    included: sum(({ networkBlocks }) => networkBlocks.syncHit),
                  },
                },
          );
        }
        expect(ledger.networkDuties('2025-12-31')).toBeNull();
        expect(ledger.networkDuties('2026-02-01')).toBeNull();
        expect(ledger.networkDuties('no day')).toBeNull();
      });
    }),
    { numRuns: 20 },
  );
});

test('a checkpoint of a slot that no row ends at is not made up', () => {
  withStore((store) => {
    const world = new StoreWorld(9);
    filled(store, world);
    const ledger = new StoreLedger(store);
    const unknown = Array.from({ length: EPOCHS * 8 + 50 }, (_, index) => BigInt(index)).filter(
      (slot) => ledger.checkpoint(slot) === null,
    );
    expect(unknown.length).toBeGreaterThan(100);
    expect(unknown).toContain(BigInt(EPOCHS * 8 + 10));
  });
});

test('a payment gives way only to one that is known better', () => {
  withStore((store) => {
    const world = new StoreWorld(7);
    filled(store, world);
    const [open] = store.query
      .payments({}, {}, {})
      .rows.filter(({ confidence }) => confidence === 'unresolved');
    const better = { ...open!, amountWei: 5n, method: 'receipts' as const, confidence: 'exact' as const };
    expect(store.improvePayment({ ...open!, amountWei: 6n })).toBe(false);
    expect(store.improvePayment(better)).toBe(true);
    expect(store.improvePayment({ ...better, amountWei: 7n, confidence: 'probable' })).toBe(false);
    const range = { from: open!.slot, to: open!.slot };
    expect(store.query.payments(range, { validators: [open!.validatorIndex] }).rows).toEqual([better]);
    expect(
      store.query.payments({}, { confidence: 'unresolved' }).rows.some(({ slot }) => slot === open!.slot),
    ).toBe(false);
  });
});

test('a chain that is not built in has a name that files can carry', () => {
  withStore((store) => {
    const named = Object.create(store, {
      chain: { value: { ...STORE_CHAIN, network: 'My Devnet_2' } },
    }) as MonitorStore;
    expect(new StoreLedger(named).chain.network).toBe('my-devnet-2');
  });
});
