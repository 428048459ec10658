/**
 * The schema, one migration per version. `user_version` of the file counts those applied. A migration is never
 * changed once released; a new one is added at the end.
 *
 * STRICT tables, because SQLite would otherwise store 'abc' in an INTEGER column and sort it above every number.
 * The triggers are the second lock on the door: even a faulty Vigil cannot lower a watermark, change a signing
 * root in place, or remove a row.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE chain (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    database_id TEXT NOT NULL,
    genesis_validators_root BLOB NOT NULL CHECK (length(genesis_validators_root) = 32)
  ) STRICT;

  CREATE TABLE fence (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    generation INTEGER NOT NULL,
    sequence INTEGER NOT NULL
  ) STRICT;
  INSERT INTO fence (id, generation, sequence) VALUES (1, 0, 0);

  CREATE TABLE keys (
    pubkey BLOB PRIMARY KEY CHECK (length(pubkey) = 48),
    state TEXT NOT NULL CHECK (state IN ('known', 'active', 'deleted'))
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE block_watermarks (
    pubkey BLOB PRIMARY KEY REFERENCES keys (pubkey),
    slot INTEGER NOT NULL CHECK (slot >= 0),
    signing_root BLOB CHECK (signing_root IS NULL OR length(signing_root) = 32)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE attestation_watermarks (
    pubkey BLOB PRIMARY KEY REFERENCES keys (pubkey),
    source INTEGER NOT NULL CHECK (source >= 0),
    target INTEGER NOT NULL CHECK (target >= 0),
    signing_root BLOB CHECK (signing_root IS NULL OR length(signing_root) = 32)
  ) STRICT, WITHOUT ROWID;

  CREATE TRIGGER block_never_lowered BEFORE UPDATE ON block_watermarks
  WHEN NEW.pubkey IS NOT OLD.pubkey OR NEW.slot < OLD.slot
    OR (NEW.slot = OLD.slot AND NEW.signing_root IS NOT NULL AND NEW.signing_root IS NOT OLD.signing_root)
  BEGIN SELECT RAISE(ABORT, 'watermark went back'); END;

  CREATE TRIGGER attestation_never_lowered BEFORE UPDATE ON attestation_watermarks
  WHEN NEW.pubkey IS NOT OLD.pubkey OR NEW.source < OLD.source OR NEW.target < OLD.target
    OR (NEW.source = OLD.source AND NEW.target = OLD.target
        AND NEW.signing_root IS NOT NULL AND NEW.signing_root IS NOT OLD.signing_root)
  BEGIN SELECT RAISE(ABORT, 'watermark went back'); END;

  CREATE TRIGGER block_never_removed BEFORE DELETE ON block_watermarks
  BEGIN SELECT RAISE(ABORT, 'watermark went back'); END;
  CREATE TRIGGER attestation_never_removed BEFORE DELETE ON attestation_watermarks
  BEGIN SELECT RAISE(ABORT, 'watermark went back'); END;
  CREATE TRIGGER key_never_removed BEFORE DELETE ON keys
  BEGIN SELECT RAISE(ABORT, 'watermark went back'); END;
  CREATE TRIGGER fence_never_lowered BEFORE UPDATE ON fence
  WHEN NEW.generation < OLD.generation OR NEW.sequence < OLD.sequence
  BEGIN SELECT RAISE(ABORT, 'fence went back'); END;
  CREATE TRIGGER chain_never_changed BEFORE UPDATE ON chain
  BEGIN SELECT RAISE(ABORT, 'the network of a database never changes'); END;
  `,
  `
  ALTER TABLE fence ADD COLUMN history_index INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE fence ADD COLUMN history_head BLOB CHECK (history_head IS NULL OR length(history_head) = 32);

  -- The highest target that this database itself let out, which an import or a floor does not touch.
  ALTER TABLE attestation_watermarks ADD COLUMN signed_target INTEGER;

  CREATE TABLE history (
    id INTEGER PRIMARY KEY,
    time_ms INTEGER NOT NULL,
    client TEXT NOT NULL,
    pubkey BLOB,
    type TEXT NOT NULL,
    slot INTEGER,
    source INTEGER,
    target INTEGER,
    signing_root BLOB,
    verdict TEXT NOT NULL CHECK (verdict IN ('signed', 'refused', 'done')),
    reason TEXT,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
  ) STRICT;

  CREATE TABLE history_base (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    record INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
  ) STRICT;

  CREATE TABLE key_controls (
    pubkey BLOB PRIMARY KEY REFERENCES keys (pubkey),
    frozen_reason TEXT,
    frozen_since_ms INTEGER,
    out_epoch INTEGER CHECK (out_epoch >= 0),
    in_epoch INTEGER CHECK (in_epoch >= 0),
    source_override INTEGER CHECK (source_override >= 0)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE protection (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    frozen_reason TEXT,
    frozen_since_ms INTEGER,
    floor_slot INTEGER,
    floor_source INTEGER,
    floor_target INTEGER,
    floor_owed TEXT,
    latest_slot INTEGER NOT NULL CHECK (latest_slot >= 0)
  ) STRICT;
  INSERT INTO protection (id, latest_slot) VALUES (1, 0);

  CREATE TABLE host (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    machine_id TEXT,
    boot_id TEXT,
    stopped_cleanly INTEGER NOT NULL CHECK (stopped_cleanly IN (0, 1))
  ) STRICT;

  CREATE TRIGGER history_never_changed BEFORE UPDATE ON history
  BEGIN SELECT RAISE(ABORT, 'history is never changed'); END;
  CREATE TRIGGER history_only_pruned BEFORE DELETE ON history
  WHEN OLD.id > (SELECT coalesce(max(record), 0) FROM history_base)
  BEGIN SELECT RAISE(ABORT, 'history is only pruned from its old end'); END;

  -- A receipt may be out that promises it: only a take-over at a later epoch lifts the ceiling.
  CREATE TRIGGER handover_never_undone BEFORE UPDATE ON key_controls
  WHEN OLD.out_epoch IS NOT NULL AND (NEW.out_epoch IS NULL OR NEW.out_epoch > OLD.out_epoch)
    AND (NEW.in_epoch IS NULL OR NEW.in_epoch < OLD.out_epoch)
  BEGIN SELECT RAISE(ABORT, 'a hand-over is never undone'); END;
  CREATE TRIGGER control_never_removed BEFORE DELETE ON key_controls
  BEGIN SELECT RAISE(ABORT, 'the controls of a key are never removed'); END;
  CREATE TRIGGER floor_never_lowered BEFORE UPDATE ON protection
  WHEN OLD.floor_slot IS NOT NULL AND (NEW.floor_slot IS NULL OR NEW.floor_slot < OLD.floor_slot
    OR NEW.floor_source < OLD.floor_source OR NEW.floor_target < OLD.floor_target)
  BEGIN SELECT RAISE(ABORT, 'the boot floor went back'); END;
  CREATE TRIGGER protection_never_removed BEFORE DELETE ON protection
  BEGIN SELECT RAISE(ABORT, 'the protection of a database is never removed'); END;
  `,
  `
  -- Acts are few, and looked for among millions of signatures, which do not pay for this index.
  CREATE INDEX history_acts ON history (pubkey, id) WHERE verdict = 'done';
  `,
];

export const SCHEMA_VERSION = MIGRATIONS.length;
