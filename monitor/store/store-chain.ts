import type Database from 'better-sqlite3';
import { bytesOf, rootFromBytes, type Root } from '../../core/units.ts';
import type { LedgerChain } from '../splits/ledger/ledger-port.ts';
import { storeError } from './store-errors.ts';

/** Which chain a database is about, for ever. */
export interface StoreChain extends LedgerChain {
  readonly genesisValidatorsRoot: Root;
  /** The calendar of the ledger: `utc`, a time zone, or `epochs:N`. */
  readonly ledgerDay: string;
}

/** The chain a database was made for; null in a new one. */
export function readChain(db: Database.Database): StoreChain | null {
  const row = db.prepare('SELECT * FROM chain').get() as
    Record<string, bigint | string | Uint8Array> | undefined;
  if (row === undefined) return null;
  return {
    network: row['network'] as string,
    chainId: row['chain_id'] as bigint,
    genesisTimeSeconds: row['genesis_time'] as bigint,
    slotDurationMs: row['slot_duration_ms'] as bigint,
    slotsPerEpoch: row['slots_per_epoch'] as bigint,
    genesisValidatorsRoot: rootFromBytes(row['genesis_validators_root'] as Uint8Array),
    ledgerDay: row['ledger_day'] as string,
  };
}

/**
 * Binds a new database to its chain, and lets no other one in. The name is for people and not compared.
 * @throws MONITOR_DB_OTHER_NETWORK, MONITOR_DB_OTHER_CALENDAR
 */
export function bindChain(db: Database.Database, chain: StoreChain, path: string): void {
  const bind = db.transaction(() => {
    const found = readChain(db);
    if (found === null) insert(db, chain);
    else assertSame(found, chain, path);
  });
  bind.immediate();
}

function insert(db: Database.Database, chain: StoreChain): void {
  db.prepare(
    `INSERT INTO chain (id, network, chain_id, genesis_validators_root, genesis_time, slot_duration_ms, slots_per_epoch,
       ledger_day) VALUES (1, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    chain.network,
    chain.chainId,
    bytesOf(chain.genesisValidatorsRoot),
    chain.genesisTimeSeconds,
    chain.slotDurationMs,
    chain.slotsPerEpoch,
    chain.ledgerDay,
  );
}

const COMPARED = [
  'genesisValidatorsRoot',
  'chainId',
  'genesisTimeSeconds',
  'slotDurationMs',
  'slotsPerEpoch',
] as const satisfies readonly (keyof StoreChain)[];

function assertSame(found: StoreChain, chain: StoreChain, path: string): void {
  const odd = COMPARED.find((name) => found[name] !== chain[name]);
  if (odd !== undefined)
    throw storeError(
      'MONITOR_DB_OTHER_NETWORK',
      `${path} is of ${found.network} (${odd} ${found[odd].toString()}), the monitor watches ${chain.network} (${chain[odd].toString()})`,
    );
  if (found.ledgerDay !== chain.ledgerDay)
    throw storeError(
      'MONITOR_DB_OTHER_CALENDAR',
      `the ledger days in ${path} are "${found.ledgerDay}", those asked for are "${chain.ledgerDay}"`,
    );
}
