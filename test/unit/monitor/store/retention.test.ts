import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ForeignMessage } from '../../../../monitor/model/foreign-message.ts';
import { slot } from '../../../../core/units.ts';
import type { MonitorStore } from '../../../../monitor/store/index.ts';
import {
  at,
  everything,
  keyOf,
  rootOf,
  STORE_CHAIN,
  StoreWorld,
  watched,
  withStore,
} from '../../../support/store-world.ts';

const VALIDATORS = [0, 1];
const LAST = 700;

function filled(
  store: MonitorStore,
  world: StoreWorld,
  missing: (epoch: number) => boolean = () => false,
): void {
  store.watch(
    VALIDATORS.map((v) => watched(v)),
    at(0),
  );
  for (let epoch = 0; epoch <= LAST; epoch += 1)
    if (!missing(epoch)) store.writeEpoch(world.record(epoch, VALIDATORS));
}

const FOREIGN: ForeignMessage = {
  pubkey: keyOf(0),
  validatorIndex: 0,
  kind: 'attestation',
  slot: slot(3n),
  signingRoot: rootOf(4),
  onChain: '{}',
  ours: null,
  seenAtMs: 5n,
  action: 'pending',
};

test('details go, sums of blocks stay exact, coverage and evidence stay', () => {
  withStore((store) => {
    const world = new StoreWorld(21);
    filled(store, world);
    store.addForeign(FOREIGN);
    const { query } = store;
    const blocks = [0n, 256n, 512n].map((from) => ({ from, to: from + 255n }));
    const before = blocks.map((range) => query.attestationsByValidator(range).rows);
    const ledger = everything((request) => query.ledgerRows({}, {}, request), 500);
    const coverage = store.coverage(0);

    const pruned = store.prune({ keepDetailEpochs: 100n, keepDays: null });
    expect(pruned.votes).toBeGreaterThan(0n);
    expect(pruned.ledgerRows).toBe(0n);
    expect(blocks.map((range) => query.attestationsByValidator(range).rows)).toEqual(before);
    expect(everything((request) => query.ledgerRows({}, {}, request), 500)).toEqual(ledger);
    expect(store.coverage(0)).toEqual(coverage);
    expect(query.foreign({}).rows).toEqual([FOREIGN]);
    // 700 - 100 is in the third block, whose votes stay whole; everything else is cut to the epoch.
    expect(query.exceptions({}).rows[0]!.epoch).toBeGreaterThanOrEqual(512n);
    // Statements of a month compare with the network.
    expect(query.network({}).rows[0]!.epoch).toBe(0n);
    expect(query.events({}).rows[0]!.epoch).toBeGreaterThanOrEqual(600n);
    expect(query.syncTallies({}).rows[0]!.epoch).toBeGreaterThanOrEqual(600n);
    // A range that cuts a folded block is answered for the whole block, and says so.
    const cut = query.attestationsByValidator({ from: 300n, to: 310n });
    expect([cut.from, cut.to]).toEqual([256n, 511n]);
    expect(cut.rows).toEqual(before[1]);
    const fine = query.attestationsByGroup({ from: 520n, to: 530n });
    expect([fine.from, fine.to]).toEqual([520n, 530n]);
    // Every boundary of a ledger row of a whole day is still known.
    for (const { startSlot, endSlot } of ledger) {
      if (endSlot !== BigInt(LAST * 8 + 7)) expect(query.checkpoint(endSlot)).not.toBeNull();
      if (startSlot > 0n) expect(query.checkpoint(startSlot - 1n)).not.toBeNull();
    }
    expect(store.prune({ keepDetailEpochs: 100n, keepDays: null })).toEqual({
      votes: 0n,
      details: 0n,
      ledgerRows: 0n,
    });
  });
});

test('the ledger keeps the days it should, and never less', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 160 }), (keepDays) => {
      withStore((store) => {
        const world = new StoreWorld(22);
        store.watch([watched(0)], at(0));
        for (let epoch = 0; epoch <= LAST; epoch += 7) {
          store.writeEpoch(world.record(epoch, [0]));
          store.writeEpoch(world.record(epoch + 1, [0]));
        }
        const rows = everything((request) => store.query.ledgerRows({}, {}, request), 500);
        const payments = everything((request) => store.query.payments({}, {}, request), 500);
        store.prune({ keepDetailEpochs: 10n, keepDays: BigInt(keepDays) });
        const left = everything((request) => store.query.ledgerRows({}, {}, request), 500);
        const newest = rows.at(-1)!.endSlot;
        const wanted = rows.filter(({ endSlot }) => endSlot > newest - BigInt(keepDays) * 36n);
        expect(left.slice(-wanted.length)).toEqual(wanted);
        expect(left).toEqual(rows.slice(rows.length - left.length));
        // Room for the present day and an hour of summer time each, and no more.
        const spare = left.filter(({ endSlot }) => endSlot < newest - BigInt(keepDays + 1) * 38n - 36n);
        expect(spare).toEqual([]);
        const first = left[0]!.startSlot;
        const paid = everything((request) => store.query.payments({}, {}, request), 500);
        expect(paid.filter(({ slot: one }) => one >= first)).toEqual(
          payments.filter(({ slot: one }) => one >= first),
        );
        if (first > 0n)
          expect(store.query.checkpoint(first - 1n)?.slot ?? null).toBe(checkpointBefore(world, first));
      });
    }),
    { numRuns: 12 },
  );
});

test.each([1n, 2n, 3n, 4n])('a row that is kept keeps its payments and proposals: %s days', (keepDays) => {
  withStore((store) => {
    const world = new StoreWorld(26);
    const many = Array.from({ length: 12 }, (_, index) => index);
    store.watch(
      many.map((v) => watched(v)),
      at(0),
    );
    for (let epoch = 0; epoch < 60; epoch += 1) store.writeEpoch(world.record(epoch, many));
    const slotsOf = (list: readonly { readonly slot: bigint }[]): bigint[] =>
      list.map(({ slot: one }) => one);
    const { query } = store;
    const [payments, proposals] = [slotsOf(query.payments({}).rows), slotsOf(query.proposals({}).rows)];
    store.prune({ keepDetailEpochs: 5n, keepDays });
    const first = query.ledgerRows({}).rows[0]!.startSlot;
    expect(first).toBeGreaterThan(0n);
    const kept = (slots: readonly bigint[]): bigint[] => slots.filter((one) => one >= first);
    expect(slotsOf(query.payments({}).rows)).toEqual(kept(payments));
    expect(slotsOf(query.proposals({}).rows)).toEqual(kept(proposals));
    expect(query.checkpoint(first - 1n)).not.toBeNull();
  });
});

/** Known only when the record that begins there knew the block before; the world says it when the slots are empty. */
function checkpointBefore(world: StoreWorld, first: bigint): bigint | null {
  const inside = world.checkpoints(Number(first / 8n)).some(({ slot: block }) => block < first);
  const cut = first % 8n !== 0n;
  return inside || cut ? BigInt(world.lastBlock(Number(first - 1n))) : null;
}

test('what a backfill brings after a pruning is counted once, and folded by the next', () => {
  withStore((store) => {
    const world = new StoreWorld(23);
    const late = (epoch: number): boolean => epoch >= 100 && epoch < 140;
    filled(store, world, late);
    const retention = { keepDetailEpochs: 20n, keepDays: null };
    store.prune(retention);
    for (let epoch = 139; epoch >= 100; epoch -= 1) store.writeEpoch(world.record(epoch, VALIDATORS));
    const whole = withStore((other) => {
      filled(other, world);
      return other.query.attestationsByValidator({ from: 0n, to: 255n }).rows;
    });
    expect(store.query.attestationsByValidator({ from: 0n, to: 255n }).rows).toEqual(whole);
    expect(store.query.exceptions({ from: 0n, to: 255n }).rows.length).toBeGreaterThan(0);
    store.prune(retention);
    expect(store.query.attestationsByValidator({ from: 0n, to: 255n }).rows).toEqual(whole);
    expect(store.query.exceptions({ from: 0n, to: 255n }).rows).toEqual([]);
    for (let epoch = 0; epoch <= LAST; epoch += 1)
      expect(store.writeEpoch(world.record(epoch, VALIDATORS))).toBe(0);
  });
});

test('what is forgotten is not counted as perfect', () => {
  withStore((store) => {
    const world = new StoreWorld(24);
    filled(store, world);
    store.prune({ keepDetailEpochs: 10n, keepDays: 20n });
    const all = store.query.attestationsByGroup({ from: 0n, to: BigInt(LAST) });
    expect(all.from).toBe(512n);
    let perfect = 0n;
    let assigned = 0n;
    for (const v of VALIDATORS)
      for (let epoch = 512; epoch <= LAST; epoch += 1)
        for (const { result } of world.votes(v, epoch)) {
          assigned += 1n;
          if (result === 'perfect') perfect += 1n;
        }
    expect(all.rows[0]!.assigned).toBe(assigned);
    expect(all.rows[0]!.results.perfect).toBe(perfect);
    expect(store.query.attestationsByGroup({ from: 3n, to: 9n }).rows[0]!.assigned).toBe(0n);
  });
});

test.each([
  [100n, 0n],
  [60n, 256n],
  [20n, 512n],
])('counts of votes go with the days of the ledger: of %s days from epoch %s on', (keepDays, from) => {
  withStore((store) => {
    const world = new StoreWorld(25);
    store.watch([watched(0)], at(0));
    for (let epoch = 0; epoch <= LAST; epoch += 1) store.writeEpoch(world.record(epoch, [0]));
    const before = store.query.attestationsByGroup({ from });
    store.prune({ keepDetailEpochs: 10n, keepDays });
    expect(store.query.attestationsByGroup({})).toEqual(before);
    expect(before.from).toBe(from);
  });
});

test('evidence can be neither removed nor changed, and is there once', () => {
  withStore((store, path) => {
    store.watch([watched(0)], at(0));
    expect(store.addForeign(FOREIGN)).toBe(true);
    expect(store.addForeign({ ...FOREIGN, onChain: '{"other":1}', action: 'x' })).toBe(false);
    expect(store.setForeignAction(FOREIGN.pubkey, rootOf(5), 'frozen')).toBe(false);
    expect(store.setForeignAction(FOREIGN.pubkey, FOREIGN.signingRoot, 'frozen')).toBe(true);
    expect(store.query.foreign({}, { group: 'default' }).rows).toEqual([{ ...FOREIGN, action: 'frozen' }]);
    store.addForeign({ ...FOREIGN, signingRoot: rootOf(9), slot: slot(1n) });
    expect(everything((request) => store.query.foreign({}, {}, request), 1).map((m) => m.slot)).toEqual([
      1n,
      3n,
    ]);
    const db = new Database(path);
    expect(() => db.exec('DELETE FROM foreign_messages')).toThrow('evidence is never removed');
    expect(() => db.exec("UPDATE foreign_messages SET on_chain = 'x'")).toThrow('evidence is never changed');
    expect(() => db.exec('UPDATE chain SET chain_id = 5')).toThrow('never changes');
    db.close();
    expect(store.chain).toEqual(STORE_CHAIN);
  });
});
