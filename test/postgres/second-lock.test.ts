import { describe, expect, it } from 'vitest';
import { epoch, slot } from '../../core/units.ts';
import { NO_CONTROL, type KeyControl } from '../../slashing-db/key-controls.ts';
import { NO_PROTECTION, type Protection } from '../../slashing-db/index.ts';
import type { ActWrites } from '../../slashing-db/storage/sharing-port.ts';
import type { StoredKey } from '../../slashing-db/storage/storage-port.ts';
import { queryAt } from '../support/postgres.ts';
import { freshDatabase, openStorage, rowsAt } from '../support/postgres-guards.ts';
import { KEY_A, KEY_B, root } from '../support/slashing-fixtures.ts';

/** What the database holds to when the code above it is wrong: as `storage/second-lock.test.ts` over a file. */

const HELD: StoredKey & { readonly control: KeyControl } = {
  ...{ pubkey: KEY_A, state: 'active', signedTarget: epoch(6n) },
  block: { slot: slot(50n), signingRoot: root(1) },
  attestation: { source: epoch(5n), target: epoch(6n), signingRoot: root(1) },
  control: { ...NO_CONTROL, outEpoch: epoch(20n) },
};
const FLOOR: Protection = {
  ...NO_PROTECTION,
  floor: { slot: slot(8n), source: epoch(2n), target: epoch(3n) },
};
const writesOf = (change: Partial<ActWrites>): ActWrites => ({
  ...{ records: [], keys: [], protection: null, decisions: [], latestSlot: null },
  ...change,
});
const vote = (source: bigint, target: bigint, signingRoot = 0) => ({
  ...{ source: epoch(source), target: epoch(target) },
  signingRoot: signingRoot === 0 ? null : root(signingRoot),
});

async function withHistory() {
  const url = await freshDatabase();
  const storage = await openStorage(url);
  await storage.act([KEY_A], () => writesOf({ keys: [HELD], protection: FLOOR }));
  const state = () => rowsAt(url, 'SELECT * FROM keys, protection, instances');
  return { url, storage, state };
}

describe('an act of a faulty Vigil', () => {
  it.each<[string, Partial<ActWrites>]>([
    ['lowers a slot', { keys: [{ ...HELD, block: { slot: slot(49n), signingRoot: null } }] }],
    ['forgets a block', { keys: [{ ...HELD, block: null }] }],
    [
      'changes the root of a block',
      { keys: [{ ...HELD, block: { slot: slot(50n), signingRoot: root(2) } }] },
    ],
    ['lowers a source', { keys: [{ ...HELD, attestation: vote(4n, 7n) }] }],
    ['lowers a target', { keys: [{ ...HELD, attestation: vote(5n, 5n) }] }],
    ['forgets a vote', { keys: [{ ...HELD, attestation: null }] }],
    ['changes the root of a vote', { keys: [{ ...HELD, attestation: vote(5n, 6n, 2) }] }],
    ['gives another source the root of a vote', { keys: [{ ...HELD, attestation: vote(6n, 6n, 1) }] }],
    ['undoes a hand-over', { keys: [{ ...HELD, control: NO_CONTROL }] }],
    ['puts a hand-over off', { keys: [{ ...HELD, control: { ...NO_CONTROL, outEpoch: epoch(21n) } }] }],
    [
      'lowers the slot of the floor',
      { protection: { ...FLOOR, floor: { ...FLOOR.floor!, slot: slot(7n) } } },
    ],
    ['lowers its source', { protection: { ...FLOOR, floor: { ...FLOOR.floor!, source: epoch(1n) } } }],
    ['lowers its target', { protection: { ...FLOOR, floor: { ...FLOOR.floor!, target: epoch(2n) } } }],
    ['takes the floor away', { protection: NO_PROTECTION }],
  ])('that %s is not written, nor what else was in it', async (_what, change) => {
    const { storage, state } = await withHistory();
    const before = await state();
    const other = { ...HELD, pubkey: KEY_B };
    const writes = writesOf({ ...change, keys: [other, ...(change.keys ?? [])] });
    await expect(storage.act([KEY_A, KEY_B], () => writes)).rejects.toMatchObject({
      code: 'DB_COMMIT_FAILED',
    });
    expect(await state()).toEqual(before);
  });

  it('is not stopped from what only rises, forgets a root, or brings a key back later than it left', async () => {
    const { storage } = await withHistory();
    const changed = {
      ...HELD,
      block: { slot: slot(50n), signingRoot: null },
      attestation: vote(5n, 7n),
      control: { ...NO_CONTROL, inEpoch: epoch(21n) },
    };
    await storage.act([KEY_A], () => writesOf({ keys: [changed] }));
    const { keys, controls } = await storage.read([KEY_A]);
    expect(keys).toMatchObject([{ block: changed.block, attestation: changed.attestation }]);
    expect(controls.get(KEY_A)).toEqual(changed.control);
  });
});

it('an act is not written when the signer`s row is gone, or another`s', async () => {
  for (const sql of [`UPDATE instances SET owner = 'another'`, 'DELETE FROM instances']) {
    const { url, storage } = await withHistory();
    await queryAt(url, sql);
    let ran = false;
    const act = storage.act([KEY_A], () => {
      ran = true;
      return writesOf({ keys: [{ ...HELD, state: 'deleted' }] });
    });
    await expect(act).rejects.toThrow();
    expect(ran).toBe(false);
    expect(await rowsAt(url, 'SELECT state FROM keys')).toEqual([{ state: 'active' }]);
  }
});
