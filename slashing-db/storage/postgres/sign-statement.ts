import type { ChainHead } from '../../history/hash-chain.ts';
import type { SigningBatch, SigningResult } from '../sharing-port.ts';
import type { Query, Row } from './connection.ts';
import { chainedRows, historyColumns } from './history-rows.ts';
import { bytesArray, bytesText, intArray, KEY_COLUMNS, keyOf } from './rows.ts';

/** Who writes, and what the database must say of it for anything to be written. */
export interface Fence {
  readonly name: string;
  readonly owner: string;
  readonly generation: bigint;
  readonly sequence: bigint;
  /** The acts that are known here. */
  readonly revision: bigint;
  readonly head: ChainHead;
}

export const BEGIN: Query = { text: 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE' };
export const COMMIT: Query = { text: 'COMMIT' };
export const ROLLBACK: Query = { text: 'ROLLBACK' };

/*
 * The locks come first, in statements of their own and in one order: the statement behind them begins with a snapshot
 * that has all that earlier holders of the locks committed, and while it runs nobody can change what it looks at.
 */
const LOCK_INSTANCE = 'SELECT 1 FROM instances WHERE name = $1 FOR UPDATE';
const LOCK_KEYS = `SELECT count(*) FROM (
  SELECT 1 FROM keys WHERE pubkey = ANY($1::bytea[]) ORDER BY pubkey FOR UPDATE) AS locked`;

/** The rules of `rules/` over again, as a second lock: what TypeScript let through must hold here too. */
const CHECK_AND_WRITE = `
WITH claim AS (
  SELECT * FROM unnest($1::bytea[], $2::int8[], $3::bytea[], $4::int8[], $5::int8[], $6::bytea[])
    AS c(pubkey, slot, block_root, source, target, vote_root)
), held AS (
  SELECT c.pubkey, (
    k.state = 'active' AND k.frozen_reason IS NULL
    AND (c.slot IS NULL OR k.slot IS NULL OR c.slot > k.slot
      OR (c.slot = k.slot AND c.block_root = k.block_root))
    AND (c.target IS NULL OR (c.source <= c.target AND (k.target IS NULL
      OR (c.target > k.target AND c.source >= k.source)
      OR (c.target = k.target AND c.source = k.source AND c.vote_root = k.vote_root))))
  ) IS TRUE AS well
  FROM claim c LEFT JOIN keys k ON k.pubkey = c.pubkey
), verdict AS (
  SELECT
    EXISTS (SELECT 1 FROM instances
      WHERE name = $7 AND owner = $8 AND generation = $9 AND sequence = $10) AS ours,
    EXISTS (SELECT 1 FROM protection WHERE revision = $11) AS fresh,
    NOT EXISTS (SELECT 1 FROM held WHERE NOT well) AS clear
), go AS (
  SELECT 1 AS go FROM verdict WHERE ours AND fresh AND clear
), raised AS (
  UPDATE keys AS k SET
    slot = CASE WHEN c.slot > coalesce(k.slot, -1) THEN c.slot ELSE k.slot END,
    block_root = CASE WHEN c.slot > coalesce(k.slot, -1) THEN c.block_root ELSE k.block_root END,
    source = CASE WHEN c.target > coalesce(k.target, -1) THEN c.source ELSE k.source END,
    target = CASE WHEN c.target > coalesce(k.target, -1) THEN c.target ELSE k.target END,
    vote_root = CASE WHEN c.target > coalesce(k.target, -1) THEN c.vote_root ELSE k.vote_root END,
    signed_target = CASE WHEN c.target > coalesce(k.target, -1) THEN c.target ELSE k.signed_target END
  FROM claim AS c, go
  WHERE k.pubkey = c.pubkey
    AND (c.slot > coalesce(k.slot, -1) OR c.target > coalesce(k.target, -1))
), recorded AS (
  INSERT INTO history (instance, id, time_ms, client, pubkey, type, slot, source, target, signing_root,
    verdict, reason, hash)
  SELECT $7, h.* FROM ${historyColumns(15)}
    AS h(id, time_ms, client, pubkey, type, slot, source, target, signing_root, verdict, reason, hash), go
), stepped AS (
  UPDATE instances SET sequence = sequence + 1, history_index = $12, history_head = $13,
    latest_slot = greatest(latest_slot, $14), last_seen = now()
  FROM go WHERE name = $7
)
SELECT v.ours, v.fresh, v.clear, k.*
FROM verdict AS v
LEFT JOIN (SELECT ${KEY_COLUMNS} FROM keys WHERE pubkey IN (SELECT pubkey FROM held WHERE NOT well)) AS k
  ON NOT v.clear`;

/** A whole transaction, to be sent at once: it writes all of the batch or nothing. */
export function signQueries(
  batch: SigningBatch,
  fence: Fence,
): { readonly queries: readonly Query[]; readonly head: ChainHead } {
  const { claims, decisions, slot } = batch;
  const { head, columns } = chainedRows(fence.head, decisions);
  const pubkeys = bytesArray(claims.map(({ pubkey }) => pubkey));
  const values = [
    pubkeys,
    intArray(claims.map(({ block }) => block?.slot ?? null)),
    bytesArray(claims.map(({ block }) => block?.signingRoot ?? null)),
    intArray(claims.map(({ attestation }) => attestation?.source ?? null)),
    intArray(claims.map(({ attestation }) => attestation?.target ?? null)),
    bytesArray(claims.map(({ attestation }) => attestation?.signingRoot ?? null)),
    ...[fence.name, fence.owner, fence.generation.toString(), fence.sequence.toString()],
    ...[fence.revision.toString(), head.index.toString(), bytesText(head.hash), slot.toString()],
    ...columns,
  ];
  const locks: Query[] = [{ name: 'vigil_instance', text: LOCK_INSTANCE, values: [fence.name] }];
  if (claims.length > 0) locks.push({ name: 'vigil_keys', text: LOCK_KEYS, values: [pubkeys] });
  const check: Query = { name: 'vigil_check', text: CHECK_AND_WRITE, values };
  return { head, queries: [BEGIN, ...locks, check, COMMIT] };
}

/** @returns null when the signer's row is not as this process left it: nothing was written */
export function signResult(rows: readonly Row[]): SigningResult | null {
  const [first] = rows;
  if (first?.['ours'] !== true) return null;
  if (first['fresh'] === true && first['clear'] === true) return { kind: 'committed' };
  const keys = rows.filter(({ pubkey }) => pubkey !== null).map(keyOf);
  return { kind: 'conflicts', keys, stale: first['fresh'] !== true || first['clear'] === true };
}
