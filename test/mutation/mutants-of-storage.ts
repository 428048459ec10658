import { mutantsOf, type Mutant } from './mutant.ts';

const SQLITE = 'slashing-db/storage/sqlite';

export const MUTANTS_OF_STORAGE: readonly Mutant[] = [
  ...mutantsOf(
    `${SQLITE}/sqlite-storage.ts`,
    ['nothing is written to the disk', 'else write(record);', 'else void write;'],
    [
      'a batch is written without a transaction',
      'this.#commitBatch = transaction.immediate.bind(transaction);',
      "void transaction;\n    this.#commitBatch = (records) => records.forEach((one) => one.kind !== 'decision' && write(one));",
    ],
    [
      'the fence is not checked',
      'if (advanceFence.run(this.#mark.generation, this.#mark.sequence).changes !== 1) {',
      'if (advanceFence.run(this.#mark.generation, this.#mark.sequence).changes > 1) {',
    ],
    [
      'opening does not raise the generation',
      'SET generation = generation + 1',
      'SET generation = generation',
    ],
    [
      'the network of the database is not checked',
      'if (bound !== genesisValidatorsRoot) {',
      'if (bound === null) {',
    ],
    ['the lock is kept when opening fails', 'lock.release();\n      throw error;', 'throw error;'],
  ),
  ...mutantsOf(
    `${SQLITE}/write-records.ts`,
    ['SQL accepts a second block for the slot', 'excluded.slot > slot', 'excluded.slot >= slot'],
    ['SQL accepts a second vote for the target', 'excluded.target > target', 'excluded.target >= target'],
    ['SQL does not store the source', 'SET source = excluded.source, target', 'SET target'],
    ['a write that changed nothing counts as done', 'if (changes !== 1) {', 'if (changes > 1) {'],
  ),
  ...mutantsOf(
    `${SQLITE}/open-database.ts`,
    ['synchronous is NORMAL', "db.pragma('synchronous = FULL');", "db.pragma('synchronous = NORMAL');"],
    ['synchronous is left at its default', "db.pragma('synchronous = FULL');", ''],
    ['no write-ahead log', "db.pragma('journal_mode = WAL');", ''],
    ['drive caches are not flushed', "db.pragma('fullfsync = ON');\n", ''],
    [
      'integers come back as doubles',
      'db.defaultSafeIntegers(true);\n      assertOurs(db, path);\n      makeDurable(db);',
      'db.defaultSafeIntegers(true);\n      assertOurs(db, path);\n      makeDurable(db);\n      db.defaultSafeIntegers(false);',
    ],
    ['a newer schema is opened', 'if (version > BigInt(SCHEMA_VERSION)) {', 'if (version < 0n) {'],
    [
      'any SQLite file is taken',
      'if (!fresh && applicationId !== APPLICATION_ID) {',
      'if (!fresh && applicationId < 0n) {',
    ],
    ['damage is not looked for', 'assertIntact(db, path);\n', ''],
  ),
  ...mutantsOf(
    `${SQLITE}/migrations.ts`,
    ['no trigger against lower slots', 'NEW.slot < OLD.slot', '0'],
    ['no trigger against lower sources', 'NEW.source < OLD.source', '0'],
    ['no trigger against lower targets', 'NEW.target < OLD.target', '0'],
    ['no trigger against another root for a slot', 'NEW.slot = OLD.slot', '0'],
    ['no trigger against another root for a vote', 'NEW.source = OLD.source', '0'],
    [
      'no trigger against removing block watermarks',
      'block_never_removed BEFORE DELETE ON block_watermarks',
      'block_never_removed BEFORE DELETE ON chain',
    ],
    [
      'no trigger against removing attestation watermarks',
      'attestation_never_removed BEFORE DELETE ON attestation_watermarks',
      'attestation_never_removed BEFORE DELETE ON chain',
    ],
    [
      'no trigger against removing keys',
      'key_never_removed BEFORE DELETE ON keys',
      'key_never_removed BEFORE DELETE ON chain',
    ],
    [
      'no trigger against an older fence',
      'NEW.generation < OLD.generation OR NEW.sequence < OLD.sequence',
      '0',
    ],
    [
      'no trigger against another network',
      'chain_never_changed BEFORE UPDATE ON chain',
      'chain_never_changed BEFORE DELETE ON chain',
    ],
  ),
  ...mutantsOf(
    `${SQLITE}/load-keys.ts`,
    ['the root of the last block is not loaded', 'rootOrNull(row.blockRoot)', 'null'],
    ['the root of the last vote is not loaded', 'rootOrNull(row.attestationRoot)', 'null'],
  ),
  ...mutantsOf(
    `${SQLITE}/instance-lock.ts`,
    ['no lock against a second process', "lock.exec('BEGIN EXCLUSIVE');", ''],
    ['the pid of the holder is not written', 'writeFileSync(pidPath, own, { mode: 0o600 });', ''],
  ),
  ...mutantsOf(
    `${SQLITE}/create-privately.ts`,
    ['the file is readable by all', "openSync(path, 'wx', 0o600)", "openSync(path, 'wx', 0o644)"],
    ['an exposed file is opened', 'if ((mode & 0o077) !== 0) {', 'if (mode < 0) {'],
  ),
];
