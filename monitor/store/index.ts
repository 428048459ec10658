/** The public door of the monitor's database. */
export { MonitorStore, openStore, type StoreOptions } from './monitor-store.ts';
export type { StoreChain } from './store-chain.ts';
export { StoreLedger } from './store-ledger.ts';
export { verifyMonitorDatabase } from './verify-monitor-database.ts';
export { STORE_ERRORS, storeError } from './store-errors.ts';

/** What is asked and answered. */
export type { Gap } from './coverage.ts';
export type { Interval } from './intervals.ts';
export type { Page, PageRequest } from './page.ts';
export { SQL_MAX, type Range, type Scope } from './scope.ts';
export type { AttestationCounts, Counted, GroupCounts, ValidatorCounts } from './attestation-summary.ts';
export type { Fraction } from './fraction.ts';
export type { LedgerTotal } from './ledger-totals.ts';
export type { StoreQueries } from './store-queries.ts';
export type { DayRange } from './tables/ledger-table.ts';
export type { SeenState } from './tables/statuses-table.ts';
export type { SyncSummary } from './tables/sync-table.ts';
export type { Uncompared } from './tables/uncompared-table.ts';
export type { KnownValidator } from './tables/validators-table.ts';
export type { VoteException } from './tables/votes-table.ts';
export type { Pruned, Retention } from './prune.ts';
