import type Database from 'better-sqlite3';
import { epoch, pubkeyFromBytes, rootFromBytes, slot } from '../../../core/units.ts';
import type { StoredKey, StoredKeyState } from '../storage-port.ts';

interface Row {
  pubkey: Uint8Array;
  state: StoredKeyState;
  slot: bigint | null;
  blockRoot: Uint8Array | null;
  source: bigint | null;
  target: bigint | null;
  attestationRoot: Uint8Array | null;
  signedTarget: bigint | null;
}

/** Every key with its watermarks, ordered by pubkey. */
export function loadStoredKeys(db: Database.Database): StoredKey[] {
  const rows = db
    .prepare(
      `SELECT keys.pubkey AS pubkey, keys.state AS state, block.slot AS slot, block.signing_root AS blockRoot,
              attestation.source AS source, attestation.target AS target, attestation.signing_root AS attestationRoot,
              attestation.signed_target AS signedTarget
       FROM keys
       LEFT JOIN block_watermarks AS block USING (pubkey)
       LEFT JOIN attestation_watermarks AS attestation USING (pubkey)
       ORDER BY keys.pubkey`,
    )
    .all() as Row[];
  return rows.map((row) => ({
    pubkey: pubkeyFromBytes(row.pubkey),
    state: row.state,
    signedTarget: row.signedTarget === null ? null : epoch(row.signedTarget),
    block: row.slot === null ? null : { slot: slot(row.slot), signingRoot: rootOrNull(row.blockRoot) },
    attestation:
      row.source === null || row.target === null
        ? null
        : {
            source: epoch(row.source),
            target: epoch(row.target),
            signingRoot: rootOrNull(row.attestationRoot),
          },
  }));
}

const rootOrNull = (bytes: Uint8Array | null) => (bytes === null ? null : rootFromBytes(bytes));
