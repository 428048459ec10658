/** The public door of the reward splits. */

/** Where rewards come from: the port, and the adapter over an exported file. */
export type { LedgerRow, RewardLedger } from './ledger/ledger-port.ts';
export { isSplitCalendar, wholeLedgerDays } from './ledger/ledger-days.ts';
export { LedgerFile } from './ledger/ledger-file.ts';
export { encodeRow } from './ledger/row-json.ts';
export { writeLedgerFile } from './ledger/write-ledger-file.ts';

/** A pool's rules, from YAML. */
export { readPoolFile, parsePool, type PoolSource } from './config/read-pool-file.ts';
export { describePool } from './config/describe-pool.ts';
export { examplePool } from './config/example-pool.ts';
export { PRESETS, type PresetName } from './config/pool.ts';

export { parsePeriod, type Period } from './period.ts';
export { formatEth } from './amounts.ts';

/** Splitting, closing, and checking afterwards. */
export {
  produceSplit,
  type PriceList,
  type ProducedSplit,
  type SplitRequest,
} from './manifest/produce-split.ts';
export { OutputFolder } from './manifest/output-folder.ts';
export { PayoutLedger } from './payouts/payout-ledger.ts';
export { closePeriod } from './payouts/close-period.ts';
export { checkBalancesBefore } from './manifest/balances-of-before.ts';
export { verifyManifest } from './manifest/verify-manifest.ts';
export { readManifest } from './manifest/read-manifest.ts';
export { explainParticipant } from './manifest/explain-participant.ts';
export { SPLITS_ERRORS, splitsError } from './splits-errors.ts';
