import type { Pool } from '../config/pool.ts';
import type { PeriodIncome } from '../income/period-income.ts';
import type { LedgerChain } from '../ledger/ledger-port.ts';
import type { Period } from '../period.ts';
import type { Pot } from '../split/pot.ts';
import type { CommissionLine } from '../split/split-result.ts';
import type { Standing } from '../split/standing.ts';

export interface AllocationInputs {
  readonly pool: Pool;
  readonly period: Period;
  readonly chain: LedgerChain;
  readonly income: PeriodIncome;
  readonly standings: readonly Standing[];
  readonly pot: Pot;
  /** Carried in from the period before. */
  readonly carryWei: bigint;
}

/** Who gets what of the distributable and of the carry. Commission, shares, rounding and rest add up to both. */
export interface Allocation {
  readonly commission: readonly CommissionLine[];
  /** In the order of the pool's participants, as are weights and rounding. */
  readonly sharesWei: readonly bigint[];
  readonly weights: readonly bigint[];
  readonly roundingWei: readonly bigint[];
  readonly sharedWei: bigint;
  readonly restWei: bigint;
  /** By participant: how the share or the weight comes about. */
  readonly derivations: ReadonlyMap<string, readonly string[]>;
  /** What a preset's own rule made of the validators; null where the pool's performance policy judges them. */
  readonly standings: readonly Standing[] | null;
  readonly warnings: readonly string[];
}
