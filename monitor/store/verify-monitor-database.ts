import { openDatabaseReadOnly } from './sqlite/open-database.ts';

/**
 * What SQLite finds wrong with the file of the monitor; empty when nothing. Works beside a running monitor.
 * @throws MONITOR_DB_MISSING, MONITOR_DB_SCHEMA_TOO_OLD, MONITOR_DB_CANNOT_OPEN, MONITOR_DB_NOT_OURS, MONITOR_DB_CORRUPT
 */
export function verifyMonitorDatabase(path: string): string[] {
  const db = openDatabaseReadOnly(path);
  try {
    const rows = db.pragma('quick_check') as { quick_check: string }[];
    return rows.map(({ quick_check: line }) => line).filter((line) => line !== 'ok');
  } finally {
    db.close();
  }
}
