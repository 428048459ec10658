import Database from 'better-sqlite3';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { databasePath } from '../../signer/data-directory.ts';
import type { SignerFixture } from './signer-fixture.ts';

const TABLES = [
  'chain',
  'keys',
  'block_watermarks',
  'attestation_watermarks',
  'key_controls',
  'protection',
] as const;

/** What a signer knows on disk: the rows of the slashing database, without its history, and the key files. */
export interface DiskSnapshot {
  readonly tables: Readonly<Record<string, readonly unknown[]>>;
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Read over a connection of its own, once everything under way is durable.
 */
export async function diskOf({ guard, dataDir }: SignerFixture): Promise<DiskSnapshot> {
  // Deleting no keys waits for the writer and writes nothing. A poisoned guard has nothing under way.
  if (guard.unavailable === null) await guard.deleteKeys([]);
  const db = new Database(databasePath(dataDir), { readonly: true });
  try {
    db.defaultSafeIntegers(true);
    const rows = TABLES.map((table) => [table, db.prepare(`SELECT * FROM ${table} ORDER BY 1`).all()]);
    return {
      tables: Object.fromEntries(rows) as DiskSnapshot['tables'],
      files: { ...filesIn(dataDir, 'keys'), ...filesIn(dataDir, 'secrets') },
    };
  } finally {
    db.close();
  }
}

function filesIn(dataDir: string, folder: string): Record<string, string> {
  if (!existsSync(join(dataDir, folder))) return {};
  const names = readdirSync(join(dataDir, folder));
  return Object.fromEntries(
    names.map((name) => [`${folder}/${name}`, readFileSync(join(dataDir, folder, name), 'utf8')]),
  );
}

/** Runs one statement on the database as another process would, past the guard. */
export function meddle({ dataDir }: SignerFixture, sql: string): void {
  const db = new Database(databasePath(dataDir));
  try {
    db.exec(sql);
  } finally {
    db.close();
  }
}
