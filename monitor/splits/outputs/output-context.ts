import type { Pool } from '../config/pool.ts';
import type { Currency } from '../currency.ts';
import type { LedgerChain, RewardLedger } from '../ledger/ledger-port.ts';
import type { Period } from '../period.ts';
import type { SplitResult } from '../split/split-result.ts';
import type { TaxLot } from './tax-lots.ts';

/** What the writers of output files work from. None of them asks a clock: the same split gives the same bytes. */
export interface OutputContext {
  readonly pool: Pool;
  readonly period: Period;
  readonly chain: LedgerChain;
  readonly result: SplitResult;
  /** ETH, or what it is on Gnosis Chain. */
  readonly currency: Currency;
  readonly price: RewardLedger['price'];
  /** In the order of the participants. */
  readonly lots: readonly (readonly TaxLot[])[];
}

/** A file of the output folder. */
export interface OutputFile {
  readonly name: string;
  readonly text: string;
}
