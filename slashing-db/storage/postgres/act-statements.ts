import type { ChainHead } from '../../history/hash-chain.ts';
import type { ActWrites } from '../sharing-port.ts';
import type { Query } from './connection.ts';
import { chainedRows, historyColumns } from './history-rows.ts';
import { bytesArray, bytesText, intArray, textArray } from './rows.ts';

/*
 * What acts write, while the rows are locked. The conditions are the second lock on the door: even a faulty Vigil
 * cannot lower a watermark or a floor, change a signing root in place, or undo a hand-over. A row that does not fit is
 * not written, which the caller sees by its number.
 */
const UPSERT_KEYS = `
INSERT INTO keys AS k (pubkey, state, slot, block_root, source, target, vote_root, signed_target, frozen_reason,
  frozen_since_ms, out_epoch, in_epoch, source_override, revision)
SELECT w.*, $14::int8 FROM unnest($1::bytea[], $2::text[], $3::int8[], $4::bytea[], $5::int8[], $6::int8[], $7::bytea[],
  $8::int8[], $9::text[], $10::int8[], $11::int8[], $12::int8[], $13::int8[]) AS w
ON CONFLICT (pubkey) DO UPDATE SET
  state = excluded.state, slot = excluded.slot, block_root = excluded.block_root, source = excluded.source,
  target = excluded.target, vote_root = excluded.vote_root, signed_target = excluded.signed_target,
  frozen_reason = excluded.frozen_reason, frozen_since_ms = excluded.frozen_since_ms,
  out_epoch = excluded.out_epoch, in_epoch = excluded.in_epoch, source_override = excluded.source_override,
  revision = excluded.revision
WHERE (k.slot IS NULL OR excluded.slot > k.slot
    OR (excluded.slot = k.slot AND (excluded.block_root IS NULL OR excluded.block_root = k.block_root)))
  AND (k.target IS NULL OR (excluded.source >= k.source AND excluded.target >= k.target AND (
    excluded.vote_root IS NULL
    OR (excluded.source = k.source AND excluded.target = k.target AND excluded.vote_root = k.vote_root))))
  AND (k.out_epoch IS NULL OR excluded.out_epoch <= k.out_epoch OR excluded.in_epoch >= k.out_epoch)
RETURNING 1`;

const UPDATE_PROTECTION = `
UPDATE protection SET revision = $1, frozen_reason = $2, frozen_since_ms = $3, floor_slot = $4, floor_source = $5,
  floor_target = $6, floor_owed = $7
WHERE id = 1 AND (floor_slot IS NULL OR ($4 >= floor_slot AND $5 >= floor_source AND $6 >= floor_target))
RETURNING 1`;

export const RECORD = `
INSERT INTO history (instance, id, time_ms, client, pubkey, type, slot, source, target, signing_root, verdict, reason,
  hash)
SELECT $1, h.* FROM ${historyColumns(2)} AS h`;

const STEP = `
UPDATE instances SET sequence = sequence + 1, history_index = $2, history_head = $3, last_seen = now()
WHERE name = $1 RETURNING 1`;

/** The operator's word on the clock of one signer: those of others are not ahead of it, but may well be behind. */
const SET_CLOCK = `
UPDATE instances SET latest_slot = CASE WHEN name = $1 THEN $2::int8 ELSE least(latest_slot, $2::int8) END`;

export interface ActQueries {
  readonly queries: readonly Query[];
  /** Rows that each query must have written; null: any number. */
  readonly expected: readonly (number | null)[];
  readonly head: ChainHead;
}

export function actQueries(name: string, before: ChainHead, revision: bigint, writes: ActWrites): ActQueries {
  const { keys, protection, decisions, latestSlot } = writes;
  const { head, columns } = chainedRows(before, decisions);
  const steps: [Query, number | null][] = [];
  if (keys.length > 0) steps.push([upsertKeys(keys, revision), keys.length]);
  steps.push([
    protection === null
      ? {
          text: 'UPDATE protection SET revision = $1 WHERE id = 1 RETURNING 1',
          values: [revision.toString()],
        }
      : { text: UPDATE_PROTECTION, values: protectionValues(protection, revision) },
    1,
  ]);
  if (decisions.length > 0) steps.push([{ text: RECORD, values: [name, ...columns] }, null]);
  if (latestSlot !== null) {
    steps.push([{ text: SET_CLOCK, values: [name, latestSlot.toString()] }, null]);
  }
  steps.push([{ text: STEP, values: [name, head.index.toString(), bytesText(head.hash)] }, 1]);
  return { head, queries: steps.map(([query]) => query), expected: steps.map(([, rows]) => rows) };
}

function upsertKeys(keys: ActWrites['keys'], revision: bigint): Query {
  return {
    text: UPSERT_KEYS,
    values: [
      bytesArray(keys.map(({ pubkey }) => pubkey)),
      textArray(keys.map(({ state }) => state)),
      intArray(keys.map(({ block }) => block?.slot ?? null)),
      bytesArray(keys.map(({ block }) => block?.signingRoot ?? null)),
      intArray(keys.map(({ attestation }) => attestation?.source ?? null)),
      intArray(keys.map(({ attestation }) => attestation?.target ?? null)),
      bytesArray(keys.map(({ attestation }) => attestation?.signingRoot ?? null)),
      intArray(keys.map(({ signedTarget }) => signedTarget)),
      textArray(keys.map(({ control }) => control.frozen?.reason ?? null)),
      intArray(keys.map(({ control }) => control.frozen?.sinceMs ?? null)),
      intArray(keys.map(({ control }) => control.outEpoch)),
      intArray(keys.map(({ control }) => control.inEpoch)),
      intArray(keys.map(({ control }) => control.sourceOverride)),
      revision.toString(),
    ],
  };
}

function protectionValues(
  { frozen, floor, floorOwed }: NonNullable<ActWrites['protection']>,
  revision: bigint,
) {
  return [
    revision.toString(),
    frozen?.reason ?? null,
    frozen?.sinceMs.toString() ?? null,
    floor?.slot.toString() ?? null,
    floor?.source.toString() ?? null,
    floor?.target.toString() ?? null,
    floorOwed,
  ];
}
