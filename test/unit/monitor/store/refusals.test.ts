import { expect, test } from 'vitest';
import type { EpochRecord } from '../../../../monitor/model/epoch-record.ts';
import type { LedgerPart } from '../../../../monitor/model/ledger-part.ts';
import type { MonitorStore } from '../../../../monitor/store/index.ts';
import { epoch, slot } from '../../../../core/units.ts';
import { at, rootOf, StoreWorld, watched, withStore } from '../../../support/store-world.ts';

const WORLD = new StoreWorld(11);
const code = (expected: string): Error => expect.objectContaining({ code: expected }) as Error;

/** Epoch 5 is there for both; what is tried is epoch 6, and nothing of it may stay. */
function refused(record: EpochRecord, expected: string): void {
  withStore((store) => {
    store.watch([watched(0), watched(1)], at(0));
    store.writeEpoch(WORLD.record(5, [0, 1]));
    const before = state(store);
    expect(() => store.writeEpoch(record)).toThrow(code(expected));
    expect(state(store)).toEqual(before);
  });
}
const state = (store: MonitorStore, { query } = store): unknown => [
  store.coverage(0),
  store.coverage(1),
  query.ledgerRows({}),
  query.exceptions({}),
  query.proposals({}),
  query.events({}),
  query.network({}),
  query.voteRewards(at(6)),
];

const BASE = WORLD.record(6, [0, 1]);
const part = BASE.parts[0]!;
const withPart = (change: Partial<LedgerPart>): EpochRecord => ({
  ...BASE,
  parts: [{ ...part, ...change }, ...BASE.parts.slice(1)],
});

test.each<[string, EpochRecord]>([
  ['a validator twice', { ...BASE, validators: [0, 1, 1] }],
  ['somebody who is not in the record', { ...BASE, validators: [0] }],
  ['somebody who was never watched', { ...BASE, validators: [0, 1, 2] }],
  ['a vote of another epoch', { ...BASE, attestations: WORLD.record(7, [0, 1]).attestations }],
  ['two votes', { ...BASE, attestations: [...BASE.attestations, ...BASE.attestations] }],
  ['a vote due in another epoch', { ...BASE, attestations: [{ ...vote(), slot: slot(7n) }] }],
  ['an impossible distance', { ...BASE, attestations: [{ ...vote(), result: 'late', inclusion: far() }] }],
  ['a reward of another epoch', { ...BASE, voteRewards: WORLD.record(4, [0, 1]).voteRewards }],
  ['a tally of another epoch', { ...BASE, sync: [{ ...tally(), epoch: epoch(1n) }] }],
  ['two tallies', { ...BASE, sync: [tally(), tally()] }],
  ['a proposal that is not decided', { ...BASE, proposals: [{ ...proposal(), result: 'scheduled' }] }],
  ['a proposal of another epoch', { ...BASE, proposals: [{ ...proposal(), slot: slot(1n) }] }],
  ['an event of another epoch', { ...BASE, events: [{ ...event(), epoch: epoch(9n) }] }],
  ['the blocks of another epoch', { ...BASE, networkBlocks: { ...BASE.networkBlocks, epoch: epoch(1n) } }],
  ['the network of another epoch', { ...BASE, network: { epoch: epoch(1n), due: 1, included: 1 } }],
  ['a checkpoint of the future', { ...BASE, checkpoints: WORLD.checkpoints(9) }],
  ['a part of another epoch', withPart({ endSlot: slot(part.endSlot + 8n) })],
  ['a part that does not add up', withPart({ residualGwei: part.residualGwei + 1n })],
  [
    'a slashing that is a gain',
    withPart({ slashingGwei: 1n, residualGwei: part.residualGwei + part.slashingGwei - 1n }),
  ],
  ['a negative withdrawal', withPart({ withdrawalsFullGwei: -1n })],
  ['more done than due', withPart({ duties: { ...part.duties, proposalsIncluded: 1 } })],
  [
    'an amount beyond 64 bits',
    withPart({ proposerGwei: part.proposerGwei + 2n ** 64n, residualGwei: part.residualGwei - 2n ** 64n }),
  ],
])('%s is refused, and nothing of the record stays', (_name, record) => {
  refused(record, 'MONITOR_RECORD_INVALID');
});

test('balances that do not meet are refused, at either end and over midnight', () => {
  const lifted = (parts: readonly LedgerPart[]): LedgerPart[] =>
    parts.map((one) => ({
      ...one,
      openingBalanceGwei: one.openingBalanceGwei + 1n,
      closingBalanceGwei: one.closingBalanceGwei + 1n,
    }));
  // Epoch 4 has midnight before slot 36; epochs 4 and 6 touch epoch 5 from both sides.
  for (const other of [4, 6]) {
    const record = WORLD.record(other, [0, 1]);
    refused({ ...record, parts: lifted(record.parts) }, 'MONITOR_LEDGER_SEAM');
  }
  const [morning, evening] = WORLD.parts(0, 4);
  refused({ ...WORLD.record(4, [0]), parts: [morning!, ...lifted([evening!])] }, 'MONITOR_LEDGER_SEAM');
});

test('a part that is there is passed over, one that overlaps is refused', () => {
  const record = WORLD.record(6, [0, 1]);
  withStore((store) => {
    store.watch([watched(0), watched(1)], at(0));
    const [first] = record.parts;
    store.writeEpoch({ ...record, parts: [...record.parts, first!] });
    const rows = store.query.ledgerRows({}).rows;
    expect(rows.filter(({ validatorIndex }) => validatorIndex === 0)).toEqual(WORLD.parts(0, 6));
  });
  const whole = record.parts[0]!;
  const half = { ...whole, startSlot: slot(whole.startSlot + 1n) };
  const moved = { ...whole, day: '2030-01-01' };
  refused({ ...record, parts: [half, whole] }, 'MONITOR_LEDGER_OVERLAP');
  refused({ ...record, parts: [whole, moved] }, 'MONITOR_LEDGER_OVERLAP');
});

test('another block in a final slot is another chain', () => {
  const record = WORLD.record(5, [0]);
  const checkpoints = record.checkpoints.map((checkpoint) => ({ ...checkpoint, blockRoot: rootOf(999) }));
  refused({ ...record, checkpoints }, 'MONITOR_CHECKPOINT_CLASH');
});

test.each([0, -1, 10_001, 1.5, Number.NaN])('a page of %s rows cannot be had', (limit) => {
  withStore(({ query }) =>
    expect(() => query.events({}, {}, { limit })).toThrow(code('MONITOR_QUERY_INVALID')),
  );
});

test.each(['', '1', '1.2.3.4', '1.2.x', '-1.2.3', '1.2.3; DROP TABLE events', '1.2.99999999999999999999'])(
  'the cursor "%s" is refused',
  (cursor) => {
    withStore(({ query }) => {
      expect(() => query.events({}, {}, { cursor })).toThrow(code('MONITOR_QUERY_INVALID'));
      expect(() => query.exceptions({}, {}, { cursor })).toThrow(code('MONITOR_QUERY_INVALID'));
    });
  },
);

test('a range that ends before it begins is refused', () => {
  withStore((store) => {
    expect(() => store.query.proposals({ from: 5n, to: 4n })).toThrow(code('MONITOR_QUERY_INVALID'));
    expect(() => store.query.attestationsByGroup({ from: -1n })).toThrow(code('MONITOR_QUERY_INVALID'));
    expect(() => store.skip({ from: at(5), to: at(4) }, 'x')).toThrow(code('MONITOR_QUERY_INVALID'));
  });
});

function vote(): EpochRecord['attestations'][number] {
  return { validatorIndex: 0, epoch: at(6), slot: slot(48n), result: 'missed', inclusion: null };
}
function far(): EpochRecord['attestations'][number]['inclusion'] {
  const flags = { source: false, target: false, head: false };
  return { slot: slot(500n), distance: 452, optimalDistance: 1, ...flags, messages: [] };
}
function tally(): EpochRecord['sync'][number] {
  const counts = { positions: 1, due: 1, hit: 1, committeeDue: 1, committeeHit: 1 };
  return { validatorIndex: 0, epoch: at(6), ...counts };
}
function proposal(): EpochRecord['proposals'][number] {
  const nothing = { blockRoot: null, feeRecipient: null, graffiti: null, rewardGwei: null };
  return { validatorIndex: 0, slot: slot(48n), result: 'missed', ...nothing };
}
function event(): EpochRecord['events'][number] {
  const base = { validatorIndex: 0, epoch: at(6), slot: slot(48n), kind: 'status' } as const;
  return { ...base, amountGwei: null, before: 'a', after: 'b' };
}
