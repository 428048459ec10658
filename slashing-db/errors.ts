import { errorFactory } from '../core/errors.ts';

/** Errors of `slashing-db/`: the database and interchange files. Refusals to sign are in `refusals.ts`. */
export const SLASHING_DB_ERRORS = {
  DB_IN_USE: {
    summary: 'another process has this slashing database open',
    hint: 'Stop that process first. Never copy the database to get around this: two copies can sign a slashable pair.',
    exit: 3,
  },
  DB_CANNOT_OPEN: {
    summary: 'the slashing database cannot be opened',
    hint: 'Check the path, its owner and the free space. Do not delete the file: it is what keeps the keys from being slashed.',
    exit: 3,
  },
  DB_FILE_EXPOSED: {
    summary: 'other users of this machine may change the slashing database',
    hint: 'Make it belong to the user that the signer runs as, with mode 600 (a folder: 700), and find out who had access.',
    exit: 3,
  },
  DB_NOT_OURS: {
    summary: 'the file is not a slashing database of Vigil',
    hint: 'Check --data-dir. To move history here from another client, export its interchange file and import that.',
    exit: 3,
  },
  DB_SCHEMA_TOO_NEW: {
    summary: 'the slashing database was written by a newer Vigil',
    hint: 'Install that version again. To go back on purpose, export with the newer version and import into a new data directory.',
    exit: 3,
  },
  DB_SCHEMA_TOO_OLD: {
    summary: 'the slashing database was written by an older Vigil',
    hint: 'Start the signer once, which brings it up to date, then try again.',
    exit: 3,
  },
  DB_SCHEMA_MISSING: {
    summary: 'the database of the server has no tables of Vigil',
    hint: 'Check --slashing-db. For a new database: `vigil slashing-db migrate`.',
    exit: 3,
  },
  DB_SCHEMA_BEHIND: {
    summary: 'the tables of the slashing database are older than this Vigil',
    hint: 'Stop the signers that use it, then `vigil slashing-db migrate`. Signers never do it by themselves.',
    exit: 3,
  },
  DB_SERVER_UNFIT: {
    summary: 'the server of the slashing database does not promise what it takes',
    hint: 'It must be PostgreSQL 14 or later, with fsync = on and synchronous_commit = on. See docs/high-availability.md.',
    exit: 3,
  },
  DB_UNREACHABLE: {
    summary: 'the server of the slashing database cannot be reached, or does not let us in',
    hint: 'Check --slashing-db, the server, its pg_hba.conf and the password file.',
  },
  DB_SERVER_UNVERIFIED: {
    summary: 'the server of the slashing database has not proved who it is, so nothing was said to it',
    hint: 'sslrootcert in --slashing-db must name the authority that signed its certificate, and the host must be a name in that. See docs/high-availability.md#tls.',
    exit: 3,
  },
  DB_PASSWORD_MISSING: {
    summary: 'the server of the slashing database wants a password, and there is none',
    hint: 'Put it into a file of mode 600 and name that with --slashing-db-password-file, or add a line that fits to the file that PGPASSFILE names.',
  },
  DB_SECRET_EXPOSED: {
    summary: 'a secret of the slashing database is open to other users of this machine',
    hint: 'Find out who could have read it; then `chmod 600 FILE`. A password that others may have read wants to be changed.',
    exit: 3,
  },
  DB_SIGNER_UNKNOWN: {
    summary: 'the slashing database does not know this signer, which has worked with one before',
    hint: 'If --slashing-db names another database than before, correct that. If this one is to go on where another left off: `vigil slashing-db copy`, once nothing signs there any more. If this database is to be used from now on, though none of this signer is in it: `vigil slashing-db accept-rollback`.',
    exit: 3,
  },
  DB_COPY_ONTO_ITSELF: {
    summary: 'a slashing database cannot be copied onto itself',
    hint: 'Nothing was changed. Check --from and --to: they lead to the same file, or to the same database of a server.',
    exit: 2,
  },
  DB_URL_INVALID: {
    summary: 'the URL of the slashing database cannot be used',
    hint: 'It is of the form postgresql://USER@HOST:PORT/DATABASE?sslmode=verify-full&sslrootcert=FILE. See docs/high-availability.md.',
    exit: 2,
  },
  DB_WRONG_NETWORK: {
    summary: 'the slashing database belongs to another network',
    hint: 'Check --network and --genesis-validators-root, or use another --data-dir for this network.',
    exit: 3,
  },
  DB_NOT_DURABLE: {
    summary: 'SQLite would not promise to write through to the disk',
    hint: 'Put the data directory on a local disk.',
    exit: 3,
  },
  DB_ON_NETWORK: {
    summary: 'the slashing database is on a network file system, whose locks and syncs cannot be relied on',
    hint: 'Put the data directory on a local disk. An anchor (--anchor) may well be on another host.',
    exit: 3,
  },
  DB_CORRUPT: {
    summary: 'the slashing database is damaged',
    hint: 'Stop the signer and move this file away, but keep the data directory and the anchor beside it: they tell what was lost. Then, with the same --data-dir, import the newest interchange file (`vigil slashing-db import FILE`), or `vigil slashing-db accept-rollback`. See docs/recovery.md.',
    exit: 3,
  },
  DB_FENCED: {
    summary: 'another process took over this slashing database',
    hint: 'Find the other process; only one may run with these keys. This one has stopped signing.',
    exit: 3,
  },
  BACKUP_FAULTY: {
    summary: 'the copy of the slashing database is not sound, so it was not kept',
    hint: 'The database itself may be damaged: `vigil slashing-db verify`. Older backups are still there.',
    exit: 3,
  },
  BACKUP_UNWRITABLE: {
    summary: 'the backup cannot be written',
    hint: 'Check the folder, its owner and the free space. Older backups are still there.',
  },
  DB_REPLACED: {
    summary: 'the slashing database was deleted or replaced while the signer ran',
    hint: 'Find out who did it. Nothing was signed since; put no older copy in its place, import the newest interchange export.',
    exit: 3,
  },
  ANCHOR_MISPLACED: {
    summary: 'an anchor cannot be kept in that file',
    hint: 'Give --anchor a file of its own, best on another file system or host. It is made if it does not exist.',
    exit: 3,
  },
  ANCHOR_OF_ANOTHER_SIGNER: {
    summary: 'an anchor is that of another signer which uses the same slashing database',
    hint: 'Nothing was changed. If this is that signer, give it its name: --instance NAME. If both name that file with --anchor, give each a file of its own. If this data directory is a copy of its, remove the copied anchor (the folder DATA_DIR-anchor of the copy, never that of the other signer).',
    exit: 3,
  },
  DB_ROLLED_BACK: {
    summary: 'the slashing database is older than what is known of it',
    hint: 'It was restored, deleted or replaced. Import a newer interchange file (`vigil slashing-db import FILE`), or `vigil slashing-db accept-rollback`, which leaves out the present epoch.',
    exit: 3,
  },
  DB_FROM_ANOTHER_MACHINE: {
    summary: 'the slashing database was copied from another machine',
    hint: 'Make sure that nothing signs with these keys there any more. Then import its last interchange export (`vigil slashing-db import FILE`), or `vigil slashing-db accept-rollback`. For a planned move use `vigil keys handover`.',
    exit: 3,
  },
  ROLLBACK_IMPORT_TOO_OLD: {
    summary: 'the interchange file is older than what was lost',
    hint: 'Nothing was imported. Find a newer export, or `vigil slashing-db accept-rollback`.',
    exit: 3,
  },
  KEY_NOT_KNOWN: {
    summary: 'the slashing database knows nothing of this key',
    hint: 'Check the public key with `vigil keys list`.',
  },
  HANDOVER_REFUSED: {
    summary: 'the keys cannot be handed over at this epoch',
    hint: 'Nothing was changed. Do what the message says, most often with another --out-epoch.',
    exit: 3,
  },
  OVERRIDE_REFUSED: {
    summary: 'the source epoch cannot be what the key votes with',
    hint: 'Nothing was changed. Give the source epoch of the votes that the validator client makes now.',
  },
  RECEIPT_INVALID: {
    summary: 'the hand-over receipt is not valid',
    hint: 'Nothing was changed. Copy the whole receipt again from the signer that gave the keys up.',
  },
  RECEIPT_REFUSED: {
    summary: 'the hand-over receipt does not fit this database',
    hint: 'Nothing was changed. Check which signer the receipt came from.',
    exit: 3,
  },
  DB_COMMIT_FAILED: {
    summary: 'a record could not be made durable',
    hint: 'Mend the storage (space, mount, disk), then start the signer again. Nothing unrecorded was signed.',
  },
  DB_FLOOR_OWED: {
    summary: 'a boot floor is due before the history of the keys can leave',
    hint: 'Records may be missing, and an export would not cover them. Start the signer under a clock that is right: it puts the floor down. Then export again.',
    exit: 3,
  },
  DB_CLOCK_UNTRUSTED: {
    summary: 'a deleted key cannot come back while the clock is in doubt: its floor could be too low',
    hint: 'Check time synchronisation (chronyc tracking) on this machine and on the beacon node, then import the key again.',
    exit: 3,
  },
  INTERCHANGE_INVALID: {
    summary: 'the interchange file does not follow EIP-3076',
    hint: 'Nothing was imported. Export the file again from the client that wrote it; do not edit it by hand.',
  },
  INTERCHANGE_WRONG_VERSION: {
    summary: 'the interchange file is not of format version 5',
    hint: 'Nothing was imported. Export it again with a current version of the client that wrote it.',
  },
  INTERCHANGE_WRONG_NETWORK: {
    summary: 'the interchange file is for another network',
    hint: 'Nothing was imported. Check the file, --network and --genesis-validators-root.',
  },
  INTERCHANGE_IN_FUTURE: {
    summary: 'the interchange file holds messages from the future, which would silence the key until then',
    hint: 'Nothing was imported. Check the clock and the file; `--force-future` imports it all the same.',
    exit: 3,
  },
} as const;

export const slashingDbError = errorFactory(SLASHING_DB_ERRORS);
