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
];

export const SCHEMA_VERSION = MIGRATIONS.length;
