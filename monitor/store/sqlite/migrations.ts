/**
 * The schema, one migration per version. `user_version` of the file counts those applied. A migration is never changed
 * once released; a new one is added at the end.
 *
 * What decides the size is the ledger (a row per validator and day) and the votes (a row for each that is not perfect).
 * Keys begin with time, so that what is written in one epoch lies together on few pages; `block` is 256 epochs.
 * Amounts of wei are text: 64 bits end at 9.2 ETH.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE chain (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    network TEXT NOT NULL,
    chain_id INTEGER NOT NULL,
    genesis_validators_root BLOB NOT NULL CHECK (length(genesis_validators_root) = 32),
    genesis_time INTEGER NOT NULL,
    slot_duration_ms INTEGER NOT NULL,
    slots_per_epoch INTEGER NOT NULL,
    ledger_day TEXT NOT NULL,
    -- Votes of earlier epochs are only there as counts by block.
    votes_folded_before INTEGER NOT NULL DEFAULT 0,
    -- Of earlier epochs nothing is counted any more.
    votes_forgotten_before INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TRIGGER chain_never_changed
  BEFORE UPDATE OF network, chain_id, genesis_validators_root, genesis_time, slot_duration_ms, slots_per_epoch, ledger_day
  ON chain BEGIN SELECT RAISE(ABORT, 'the chain of a database never changes'); END;

  CREATE TABLE validators (
    validator INTEGER PRIMARY KEY,
    pubkey BLOB NOT NULL UNIQUE CHECK (length(pubkey) = 48),
    "group" TEXT NOT NULL,
    labels TEXT NOT NULL,
    watched_from INTEGER NOT NULL CHECK (watched_from >= 0),
    watched INTEGER NOT NULL CHECK (watched IN (0, 1))
  ) STRICT;

  CREATE TABLE statuses (
    validator INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL,
    pubkey BLOB NOT NULL CHECK (length(pubkey) = 48),
    status TEXT NOT NULL,
    balance INTEGER NOT NULL,
    effective_balance INTEGER NOT NULL,
    slashed INTEGER NOT NULL CHECK (slashed IN (0, 1)),
    credentials TEXT NOT NULL,
    activation_eligibility INTEGER,
    activation INTEGER,
    exit INTEGER,
    withdrawable INTEGER
  ) STRICT;

  CREATE TABLE coverage (
    validator INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (validator, first),
    CHECK (last >= first)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE assigned (
    validator INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (validator, first),
    CHECK (last >= first)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE skipped (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL CHECK (last >= first),
    reason TEXT NOT NULL
  ) STRICT;

  CREATE TABLE votes (
    block INTEGER NOT NULL,
    validator INTEGER NOT NULL,
    -- Of the epoch in its block.
    nth INTEGER NOT NULL,
    code INTEGER NOT NULL,
    PRIMARY KEY (block, validator, nth)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE vote_counts (
    block INTEGER NOT NULL,
    validator INTEGER NOT NULL,
    code INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (block, validator, code)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE vote_rewards (
    epoch INTEGER NOT NULL,
    validator INTEGER NOT NULL,
    gwei INTEGER NOT NULL,
    ideal_gwei INTEGER NOT NULL CHECK (ideal_gwei >= 0),
    method INTEGER NOT NULL,
    PRIMARY KEY (epoch, validator)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE ledger (
    start_slot INTEGER NOT NULL,
    validator INTEGER NOT NULL,
    end_slot INTEGER NOT NULL,
    day TEXT NOT NULL,
    opening_balance INTEGER NOT NULL,
    closing_balance INTEGER NOT NULL,
    effective_balance INTEGER NOT NULL,
    attestation INTEGER NOT NULL,
    ideal_attestation INTEGER NOT NULL,
    sync INTEGER NOT NULL,
    ideal_sync INTEGER NOT NULL,
    proposer INTEGER NOT NULL,
    slashing INTEGER NOT NULL,
    withdrawals_partial INTEGER NOT NULL,
    withdrawals_full INTEGER NOT NULL,
    deposits INTEGER NOT NULL,
    consolidation INTEGER NOT NULL,
    residual INTEGER NOT NULL,
    attestations_assigned INTEGER NOT NULL,
    attestations_included INTEGER NOT NULL,
    proposals_assigned INTEGER NOT NULL,
    proposals_included INTEGER NOT NULL,
    sync_assigned INTEGER NOT NULL,
    sync_included INTEGER NOT NULL,
    method INTEGER NOT NULL,
    PRIMARY KEY (start_slot, validator),
    CHECK (end_slot >= start_slot)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX ledger_by_validator ON ledger (validator, start_slot);

  CREATE TABLE ledger_days (
    day TEXT PRIMARY KEY,
    first_slot INTEGER NOT NULL,
    last_slot INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE proposals (
    slot INTEGER NOT NULL,
    validator INTEGER NOT NULL,
    result TEXT NOT NULL,
    block_root BLOB CHECK (length(block_root) = 32),
    fee_recipient TEXT,
    graffiti TEXT,
    reward INTEGER,
    PRIMARY KEY (slot, validator)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX proposals_by_validator ON proposals (validator, slot);

  CREATE TABLE sync_tallies (
    epoch INTEGER NOT NULL,
    validator INTEGER NOT NULL,
    positions INTEGER NOT NULL,
    due INTEGER NOT NULL,
    hit INTEGER NOT NULL,
    committee_due INTEGER NOT NULL,
    committee_hit INTEGER NOT NULL,
    PRIMARY KEY (epoch, validator)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE events (
    epoch INTEGER NOT NULL,
    validator INTEGER NOT NULL,
    n INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    kind TEXT NOT NULL,
    amount INTEGER,
    before TEXT,
    after TEXT,
    PRIMARY KEY (epoch, validator, n)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX events_by_validator ON events (validator, epoch);

  CREATE TABLE payments (
    slot INTEGER NOT NULL,
    validator INTEGER NOT NULL,
    amount_wei TEXT NOT NULL,
    kind TEXT NOT NULL,
    method TEXT NOT NULL,
    confidence TEXT NOT NULL,
    fee_recipient TEXT NOT NULL,
    PRIMARY KEY (slot, validator)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX payments_by_validator ON payments (validator, slot);

  -- at_slot ends a stretch of the ledger; slot is that of the last block by then.
  CREATE TABLE checkpoints (
    at_slot INTEGER PRIMARY KEY,
    slot INTEGER NOT NULL CHECK (slot <= at_slot),
    block_root BLOB NOT NULL CHECK (length(block_root) = 32),
    state_root BLOB NOT NULL CHECK (length(state_root) = 32),
    execution_block INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE network_attestations (
    epoch INTEGER PRIMARY KEY,
    due INTEGER NOT NULL,
    included INTEGER NOT NULL
  ) STRICT;

  -- Messages on chain of which the signers have not said yet whether they are theirs.
  CREATE TABLE foreign_open (message TEXT NOT NULL) STRICT;

  CREATE TABLE foreign_messages (
    pubkey BLOB NOT NULL CHECK (length(pubkey) = 48),
    signing_root BLOB NOT NULL CHECK (length(signing_root) = 32),
    validator INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('attestation', 'block')),
    slot INTEGER NOT NULL,
    on_chain TEXT NOT NULL,
    ours TEXT,
    seen_at_ms INTEGER NOT NULL,
    action TEXT NOT NULL,
    PRIMARY KEY (pubkey, signing_root)
  ) STRICT;
  CREATE INDEX foreign_by_slot ON foreign_messages (slot, pubkey, signing_root);
  CREATE TRIGGER evidence_never_removed BEFORE DELETE ON foreign_messages
  BEGIN SELECT RAISE(ABORT, 'evidence is never removed'); END;
  CREATE TRIGGER evidence_never_changed
  BEFORE UPDATE OF pubkey, signing_root, validator, kind, slot, on_chain, ours, seen_at_ms ON foreign_messages
  BEGIN SELECT RAISE(ABORT, 'evidence is never changed'); END;
  `,
  `
  CREATE TABLE network_blocks (
    epoch INTEGER PRIMARY KEY,
    due INTEGER NOT NULL,
    included INTEGER NOT NULL,
    sync_due INTEGER NOT NULL,
    sync_hit INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- Epochs whose messages were not compared with the signers since they were written. A number is never used again.
  CREATE TABLE uncompared (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    epoch INTEGER NOT NULL
  ) STRICT;
  `,
];

export const SCHEMA_VERSION = MIGRATIONS.length;
