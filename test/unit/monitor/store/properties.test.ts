import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ATTESTATION_RESULTS, type AttestationVerdict } from '../../../../monitor/model/verdicts.ts';
import type { AttestationCounts, MonitorStore } from '../../../../monitor/store/index.ts';
import { StoreModel } from '../../../support/store-model.ts';
import { at, everything, StoreWorld, watched, withStore } from '../../../support/store-world.ts';

const VALIDATORS = [0, 3, 4, 90];
/** On both sides of 256, where votes change blocks. */
const [FIRST, LAST] = [245, 268];
const epochs = fc.integer({ min: FIRST, max: LAST });

/** Writes of some epochs for some validators, in any order and any number of times. */
const writes = fc.array(fc.tuple(epochs, fc.subarray(VALIDATORS, { minLength: 1 })), {
  minLength: 1,
  maxLength: 60,
});
const seeds = fc.nat(1e6);

function fill(
  store: MonitorStore,
  world: StoreWorld,
  list: readonly [number, readonly number[]][],
): StoreModel {
  const model = new StoreModel(world);
  store.watch(
    VALIDATORS.map((v) => watched(v, v < 4 ? 'low' : 'high')),
    at(0),
  );
  for (const [epoch, validators] of list) {
    const before = validators.filter((v) => model.epochsOf(v).includes(epoch)).length;
    expect(store.writeEpoch(world.record(epoch, validators))).toBe(validators.length - before);
    model.write(epoch, validators);
  }
  return model;
}

/** The counts of some votes, told plainly: the fractions as sums over a common multiple of 1 to 16. */
const COMMON = 720_720n;
function counted(votes: readonly AttestationVerdict[]) {
  const included = votes.flatMap(({ inclusion }) => (inclusion === null ? [] : [inclusion]));
  return {
    assigned: BigInt(votes.length),
    results: Object.fromEntries(
      ATTESTATION_RESULTS.map((word) => [word, BigInt(votes.filter(({ result }) => result === word).length)]),
    ),
    included: BigInt(included.length),
    sumDistance: BigInt(included.reduce((sum, { distance }) => sum + distance, 0)),
    inverse: included.reduce((sum, { distance }) => sum + COMMON / BigInt(distance), 0n),
    inverseOptimal: included.reduce((sum, { optimalDistance }) => sum + COMMON / BigInt(optimalDistance), 0n),
  };
}
const plain = ({ assigned, results, included, sumDistance, ...sums }: AttestationCounts) => ({
  ...{ assigned, results, included, sumDistance },
  inverse: (COMMON * sums.inverseDistance.numerator) / sums.inverseDistance.denominator,
  inverseOptimal: (COMMON * sums.inverseOptimalDistance.numerator) / sums.inverseOptimalDistance.denominator,
});

test('whatever is written in whatever order and however often, the store holds what the model holds', () => {
  fc.assert(
    fc.property(seeds, writes, epochs, epochs, (seed, list, one, other) => {
      const world = new StoreWorld(seed);
      withStore((store) => {
        const model = fill(store, world, list);
        const { query } = store;
        for (const v of VALIDATORS) {
          expect(store.coverage(v)).toEqual(model.coverage(v));
          expect(query.ledgerRowsOf(v, {})).toEqual(model.ledger(v));
        }
        expect(query.ledgerValidators()).toEqual(model.validators());
        const rows = everything((request) => query.ledgerRows({}, {}, request));
        expect(rows).toHaveLength(model.validators().flatMap((v) => model.ledger(v)).length);

        expect(everything((request) => query.syncTallies({}, {}, request))).toEqual(
          model.all((v, epoch) => world.sync(v, epoch)),
        );
        expect(everything((request) => query.events({}, {}, request))).toEqual(
          model.all((v, epoch) => world.events(v, epoch)),
        );
        const bySlot = (a: { slot: bigint; validatorIndex: number }, b: typeof a) =>
          Number(a.slot - b.slot) || a.validatorIndex - b.validatorIndex;
        expect(everything((request) => query.proposals({}, {}, request))).toEqual(
          model.all((v, epoch) => world.proposals(v, epoch)).sort(bySlot),
        );
        expect(everything((request) => query.payments({}, {}, request))).toEqual(
          model.all((v, epoch) => world.payments(v, epoch)).sort(bySlot),
        );
        expect(everything((request) => query.network({}, request))).toEqual(model.network());
        for (let epoch = FIRST; epoch <= LAST; epoch += 1)
          expect(query.voteRewards(at(epoch))).toEqual(model.voteRewards(epoch));

        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        const inRange = model.votes().filter(({ epoch }) => epoch >= BigInt(from) && epoch <= BigInt(to));
        const range = { from: BigInt(from), to: BigInt(to) };
        for (const row of everything((request) => query.attestationsByValidator(range, {}, request)))
          expect(plain(row)).toEqual(
            counted(inRange.filter(({ validatorIndex }) => validatorIndex === row.validatorIndex)),
          );
        const groups = query.attestationsByGroup(range).rows;
        expect(groups.map(({ group, validators }) => [group, validators])).toEqual([
          ['high', 2],
          ['low', 2],
        ]);
        for (const row of groups)
          expect(plain(row)).toEqual(
            counted(inRange.filter(({ validatorIndex: v }) => (row.group === 'low' ? v < 4 : v >= 4))),
          );
        const odd = inRange
          .filter((vote) => counted([vote]).results['perfect'] === 0n || !isDefault(vote))
          .map(({ inclusion, ...vote }) => {
            if (inclusion === null) return { ...vote, inclusion };
            const { distance, optimalDistance, source, target, head } = inclusion;
            return { ...vote, inclusion: { distance, optimalDistance, source, target, head } };
          });
        expect(everything((request) => query.exceptions(range, {}, request))).toEqual(odd);
        expect(everything((request) => query.exceptions(range, {}, request), 2, true)).toEqual(
          [...odd].reverse(),
        );
      });
    }),
    { numRuns: 60 },
  );
});

const isDefault = ({ inclusion }: AttestationVerdict): boolean =>
  inclusion !== null && inclusion.distance === 1 && inclusion.source && inclusion.target && inclusion.head;

test('two orders of the same writes make the same file, row by row', () => {
  fc.assert(
    fc.property(seeds, writes, fc.infiniteStream(fc.nat()), (seed, list, numbers) => {
      const shuffled = [...list, ...list.slice(0, 5)]
        .map((write) => ({ write, key: numbers.next().value as number }))
        .sort((a, b) => a.key - b.key)
        .map(({ write }) => write);
      const dump = (order: typeof list): unknown =>
        withStore((store, path) => {
          fill(store, new StoreWorld(seed), order);
          return contents(path);
        });
      expect(dump(shuffled)).toEqual(dump(list));
    }),
    { numRuns: 30 },
  );
});

test('a record that says something else about an epoch that is there changes nothing', () => {
  fc.assert(
    fc.property(seeds, seeds, writes, (seed, other, list) => {
      withStore((store, path) => {
        fill(store, new StoreWorld(seed), list);
        const before = contents(path);
        for (const [epoch, validators] of list) {
          const record = new StoreWorld(other).record(epoch, validators);
          // What belongs to nobody is another matter: a contradiction there is an error.
          expect(store.writeEpoch({ ...record, network: null, checkpoints: [] })).toBe(0);
        }
        expect(contents(path)).toEqual(before);
      });
    }),
    { numRuns: 20 },
  );
});

function contents(path: string): Record<string, unknown> {
  const db = new Database(path, { readonly: true });
  db.defaultSafeIntegers(true);
  try {
    const tables = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all() as string[];
    return Object.fromEntries(
      tables.map((name) => {
        // Work that is left: each writing leaves a mark of its own, and in which of them an epoch came is no statement.
        if (name === 'sqlite_sequence') return [name, []];
        if (name === 'uncompared')
          return [name, db.prepare('SELECT DISTINCT epoch FROM uncompared ORDER BY epoch').all()];
        // By every column, so that the order of rowids is no difference.
        const columns = (db.pragma(`table_info(${name})`) as unknown[]).map((_, index) => index + 1);
        return [name, db.prepare(`SELECT * FROM ${name} ORDER BY ${columns.join(', ')}`).all()];
      }),
    );
  } finally {
    db.close();
  }
}

test('checkpoints: the last block at or before a slot, at every end of a row, and nowhere by guessing', () => {
  fc.assert(
    fc.property(seeds, writes, (seed, list) => {
      const world = new StoreWorld(seed);
      withStore((store) => {
        const model = fill(store, world, list);
        const ends = new Set(
          model.validators().flatMap((v) => model.ledger(v).map(({ endSlot }) => Number(endSlot))),
        );
        for (const end of ends) {
          const found = store.query.checkpoint(BigInt(end));
          expect(found?.slot).toBe(BigInt(world.lastBlock(end)));
          expect(found?.executionBlock).toBe(BigInt(world.lastBlock(end) + 5));
        }
        for (let slot = FIRST * 8 - 8; slot < LAST * 8 + 16; slot += 1) {
          const found = store.query.checkpoint(BigInt(slot));
          if (found !== null) expect(found.slot).toBe(BigInt(world.lastBlock(slot)));
        }
      });
    }),
    { numRuns: 30 },
  );
});
