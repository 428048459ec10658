import { pubkeyFromBytes, slot, type Pubkey, type Slot } from '../../../core/units.ts';
import type { ActKeys } from '../sharing-port.ts';
import type { StoredState } from '../storage-port.ts';
import type { Query, Row } from './connection.ts';
import { bytesArray, controlOf, KEY_COLUMNS, keyOf, protectionOf } from './rows.ts';

/* How the state is asked for: always these three queries, the keys being all or some. */

const PROTECTION = 'SELECT * FROM protection WHERE id = 1';
const KEYS = `SELECT ${KEY_COLUMNS} FROM keys`;
/** Of all signers in one row; as text, because numbers in JSON are doubles. */
const LATEST: Query = {
  text: 'SELECT json_object_agg(name, latest_slot::text) AS latest_slots FROM instances',
};

export const readProtection: Query = { text: PROTECTION };
export const lockProtection: Query = { text: `${PROTECTION} FOR UPDATE` };

/** Everything. */
export const allState: readonly Query[] = [{ text: PROTECTION }, { text: `${KEYS} ORDER BY pubkey` }, LATEST];

const changedSince = (revision: bigint): Query => ({
  text: `${KEYS} WHERE revision > $1 ORDER BY pubkey`,
  values: [revision.toString()],
});

/** What acts changed after `revision`. */
export const stateSince = (revision: bigint): readonly Query[] => [
  { text: PROTECTION },
  changedSince(revision),
  LATEST,
];

/**
 * What acts need, locked: the protection first, then keys in their order, which no two signers take differently. The rows
 * are what was asked for, and what other acts changed; no more, because whoever stops while he is sent them keeps the locks.
 */
export function lockedState(asked: ActKeys, revision: bigint): readonly Query[] {
  if (asked === 'all') return [LOCK_ALL, changedSince(revision), LATEST];
  if (asked === 'all and read') return [{ text: `${KEYS} ORDER BY pubkey FOR UPDATE` }, LATEST];
  const text = `${KEYS} WHERE pubkey = ANY($1::bytea[]) OR revision > $2 ORDER BY pubkey FOR UPDATE`;
  return [{ text, values: [bytesArray([...new Set(asked)]), revision.toString()] }, LATEST];
}

const LOCK_ALL: Query = {
  text: 'SELECT count(*) FROM (SELECT 1 FROM keys ORDER BY pubkey FOR UPDATE) AS locked',
};

/** Some keys, as they stand. */
export const stateOfKeys = (pubkeys: readonly Pubkey[]): readonly Query[] => [
  { text: PROTECTION },
  { text: `${KEYS} WHERE pubkey = ANY($1::bytea[]) ORDER BY pubkey`, values: [bytesArray(pubkeys)] },
  LATEST,
];

export function stateOf(
  protection: Row | undefined,
  keys: readonly Row[],
  latest: Row | undefined,
): StoredState {
  if (protection === undefined || latest === undefined)
    throw new Error('the protection of the database is gone');
  const stored = keys.map(keyOf);
  const latestSlots = slotsOf(latest);
  return {
    keys: stored,
    controls: new Map(keys.map((row) => [pubkeyFromBytes(row['pubkey'] as Uint8Array), controlOf(row)])),
    protection: protectionOf(protection),
    latestSlot: [...latestSlots.values()].reduce((a, b) => (b > a ? b : a), slot(0n)),
    latestSlots,
  };
}

const slotsOf = (latest: Row): Map<string, Slot> => {
  const slots = (latest['latest_slots'] ?? {}) as Record<string, string>;
  return new Map(Object.entries(slots).map(([signer, at]) => [signer, slot(BigInt(at))]));
};
