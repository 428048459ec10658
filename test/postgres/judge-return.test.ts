import { describe, expect, it } from 'vitest';
import type { Root } from '../../core/units.ts';
import type { ChainHead } from '../../slashing-db/history/hash-chain.ts';
import type { InstanceRow } from '../../slashing-db/storage/postgres/instance-row.ts';
import { judgeReturn } from '../../slashing-db/storage/postgres/judge-return.ts';
import { root } from '../support/slashing-fixtures.ts';

const head = (index: bigint): ChainHead => ({ index, hash: root(index) });
const INSTANCE: InstanceRow = {
  ...{ name: 'one', id: 'its id', owner: 'this process', generation: 3n, sequence: 7n },
  ...{ head: head(9n), base: head(0n) },
};
const KNOWN = { databaseId: 'a database', instance: INSTANCE, revision: 5n };
const UNDER_WAY = head(10n);
const NEXT = { sequence: 8n, head: UNDER_WAY };

interface Change {
  readonly databaseId?: string;
  readonly instance?: Partial<InstanceRow> | null;
  readonly revision?: bigint;
  readonly keptHash?: Root | null;
}

function judge(
  { databaseId = 'a database', instance = {}, revision = 5n, keptHash = root(9n) }: Change,
  underWay: ChainHead | null,
) {
  return judgeReturn(
    KNOWN,
    {
      databaseId,
      instance: instance === null ? null : { ...INSTANCE, ...instance },
      protection: { revision },
      keptHash,
    },
    underWay,
  );
}

describe('a database that was found again', () => {
  it.each<[string, Change, ChainHead | null, string]>([
    ['as it was left', {}, null, 'not committed'],
    ['without the commit under way', {}, UNDER_WAY, 'not committed'],
    ['with it', { instance: NEXT }, UNDER_WAY, 'committed'],
    ['with acts of others', { revision: 6n }, null, 'not committed'],
    [
      'with a connection of this process that came between',
      { instance: { generation: 4n } },
      null,
      'not committed',
    ],
  ])('%s', (_what, change, underWay, expected) => {
    expect(judge(change, underWay)).toBe(expected);
  });

  it.each<[string, Change, ChainHead | null]>([
    ['without the signer', { instance: null }, null],
    ['with another signer of the name', { instance: { id: 'another' } }, null],
    ['with a commit less', { instance: { sequence: 6n } }, null],
    ['with an act less', { revision: 4n }, null],
    ['with as many commits, and another history', { instance: { head: head(8n) } }, null],
    ['with a commit that nobody had under way', { instance: NEXT }, null],
    ['with another commit than the one under way', { instance: { ...NEXT, head: head(11n) } }, UNDER_WAY],
    ['with the history of the commit under way alone', { instance: { head: UNDER_WAY } }, UNDER_WAY],
    ['with a commit too many', { instance: { ...NEXT, sequence: 9n } }, UNDER_WAY],
    [
      'with a commit less, in the hands of a later process',
      { instance: { sequence: 6n, owner: 'another', generation: 4n } },
      null,
    ],
    ['in an earlier run of this process', { instance: { generation: 2n } }, null],
    ['in the hands of an earlier process', { instance: { owner: 'another', generation: 2n } }, null],
    [
      'without the last record, in the hands of a later process',
      { instance: { owner: 'another', generation: 4n, sequence: 9n, head: head(8n) }, keptHash: null },
      null,
    ],
    [
      'with another last record, in the hands of a later process',
      { instance: { owner: 'another', generation: 4n, sequence: 9n, head: head(12n) }, keptHash: root(90n) },
      null,
    ],
  ])('%s has gone back', (_what, change, underWay) => {
    expect(() => judge(change, underWay)).toThrow(expect.objectContaining({ code: 'DB_ROLLED_BACK' }));
  });

  it.each<[string, Partial<InstanceRow>]>([
    ['at once', {}],
    ['and signed already', { sequence: 12n, head: head(14n) }],
  ])('in the hands of a later process %s is left to that', (_what, instance) => {
    // Retention may have removed the record.
    for (const keptHash of [root(9n), null]) {
      const change = { instance: { ...instance, owner: 'another', generation: 4n }, keptHash };
      expect(() => judge(change, null)).toThrow(expect.objectContaining({ code: 'DB_FENCED' }));
    }
  });

  it('under another id is none of ours, and did not go back', () => {
    expect(() => judge({ databaseId: 'another', instance: null }, null)).toThrow(
      expect.objectContaining({ code: 'DB_SIGNER_UNKNOWN', exitCode: 3 }),
    );
  });
});
