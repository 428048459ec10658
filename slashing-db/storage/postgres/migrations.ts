/**
 * The schema, one migration per version; `vigil_schema` counts those applied. A migration is never changed once released.
 *
 * Nothing in it that CockroachDB or YugabyteDB lack: no triggers, no PL/pgSQL, no advisory locks, no sequences. A key is
 * one row, because a row is what gets locked.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE chain (
       id int8 PRIMARY KEY CHECK (id = 1),
       database_id text NOT NULL,
       genesis_validators_root bytea NOT NULL CHECK (length(genesis_validators_root) = 32)
     )`,
    // `revision` counts the acts of all signers: whoever has seen the latest knows of every freeze, deletion, hand-over.
    `CREATE TABLE protection (
       id int8 PRIMARY KEY CHECK (id = 1),
       revision int8 NOT NULL,
       frozen_reason text,
       frozen_since_ms int8,
       floor_slot int8,
       floor_source int8,
       floor_target int8,
       floor_owed text
     )`,
    `INSERT INTO protection (id, revision) VALUES (1, 0)`,
    // `revision`: of the act that changed the row last; signatures leave it alone.
    `CREATE TABLE keys (
       pubkey bytea PRIMARY KEY CHECK (length(pubkey) = 48),
       state text NOT NULL CHECK (state IN ('known', 'active', 'deleted')),
       revision int8 NOT NULL,
       slot int8 CHECK (slot >= 0),
       block_root bytea CHECK (length(block_root) = 32),
       source int8 CHECK (source >= 0),
       target int8 CHECK (target >= 0),
       vote_root bytea CHECK (length(vote_root) = 32),
       signed_target int8,
       frozen_reason text,
       frozen_since_ms int8,
       out_epoch int8 CHECK (out_epoch >= 0),
       in_epoch int8 CHECK (in_epoch >= 0),
       source_override int8 CHECK (source_override >= 0),
       CHECK ((source IS NULL) = (target IS NULL))
     ) WITH (fillfactor = 70)`,
    `CREATE INDEX keys_revision ON keys (revision)`,
    // A signer by its name: its fence, and the end of its own chain of history.
    `CREATE TABLE instances (
       name text PRIMARY KEY,
       id text NOT NULL,
       owner text NOT NULL,
       generation int8 NOT NULL,
       sequence int8 NOT NULL,
       history_index int8 NOT NULL,
       history_head bytea NOT NULL CHECK (length(history_head) = 32),
       base_index int8 NOT NULL,
       base_hash bytea NOT NULL CHECK (length(base_hash) = 32),
       latest_slot int8 NOT NULL CHECK (latest_slot >= 0),
       last_seen timestamptz NOT NULL
     ) WITH (fillfactor = 50)`,
    `CREATE TABLE history (
       instance text NOT NULL,
       id int8 NOT NULL,
       time_ms int8 NOT NULL,
       client text NOT NULL,
       pubkey bytea,
       type text NOT NULL,
       slot int8,
       source int8,
       target int8,
       signing_root bytea,
       verdict text NOT NULL CHECK (verdict IN ('signed', 'refused', 'done')),
       reason text,
       hash bytea NOT NULL CHECK (length(hash) = 32),
       PRIMARY KEY (instance, id)
     )`,
    // Acts are few, and looked for among millions of signatures, which do not pay for this index.
    `CREATE INDEX history_acts ON history (pubkey, time_ms) WHERE verdict = 'done'`,
    // Times only rise, so this index grows at its end, which is cheap.
    `CREATE INDEX history_time ON history (time_ms)`,
  ],
  [
    // Databases that were copied into this one, signers of servers each by itself, and how far they had come.
    `CREATE TABLE sources (
       id text PRIMARY KEY,
       generation int8 NOT NULL,
       sequence int8 NOT NULL,
       history_index int8 NOT NULL,
       history_head bytea NOT NULL CHECK (length(history_head) = 32)
     )`,
  ],
];

export const SCHEMA_VERSION = MIGRATIONS.length;
