/**
 * What the splits need to know of the chain: the reward ledger, one row per validator and UTC day. The monitor's store
 * is one adapter, an exported file another (`ledger-file.ts`). All amounts are exact; nothing is rounded on this side.
 */
export interface RewardLedger {
  readonly chain: LedgerChain;
  /** Rows that touch the range, ordered by validator index, then by start slot. May be asked again. */
  rows(range: SlotRange): Iterable<LedgerRow>;
  /** Facts of the last block at or before a slot, which is the last of a period or the one before its first. */
  checkpoint(slot: bigint): Checkpoint | null;
  /** Duties of the whole network on one day of the ledger. */
  networkDuties(day: string): Duties | null;
  /** Decimal text such as `3512.07`, of one ether on that day. */
  price(day: string, currency: string): string | null;
}

/** Both ends included. */
export interface SlotRange {
  readonly startSlot: bigint;
  readonly endSlot: bigint;
}

export interface LedgerChain {
  readonly network: string;
  readonly chainId: bigint;
  readonly genesisTimeSeconds: bigint;
  readonly slotDurationMs: bigint;
  readonly slotsPerEpoch: bigint;
  /** What a day of the ledger is: `epochs:N` from genesis on; UTC days where it is not said. */
  readonly ledgerDay?: string;
}

export interface Checkpoint {
  readonly slot: bigint;
  readonly blockRoot: string;
  readonly stateRoot: string;
  readonly executionBlock: bigint;
}

/** Duties in the sense of Lido's performance: included of assigned. */
export interface Duties {
  readonly attestations: DutyCount;
  readonly proposals: DutyCount;
  readonly sync: DutyCount;
}

export interface DutyCount {
  readonly assigned: bigint;
  readonly included: bigint;
}

export const EXECUTION_KINDS = ['vanilla', 'mev'] as const;
export const EXECUTION_METHODS = ['receipts', 'last-transaction', 'relay', 'balance-delta', 'none'] as const;
/** `unresolved`: nobody could prove what the block paid; `amountWei` is then the least that is certain. */
export const EXECUTION_CONFIDENCES = ['exact', 'probable', 'unresolved'] as const;

/** What one block of this validator paid on the execution layer. */
export interface ExecutionIncome {
  readonly slot: bigint;
  readonly amountWei: bigint;
  readonly kind: (typeof EXECUTION_KINDS)[number];
  readonly method: (typeof EXECUTION_METHODS)[number];
  readonly confidence: (typeof EXECUTION_CONFIDENCES)[number];
}

export interface LedgerRow extends SlotRange {
  readonly validatorIndex: bigint;
  readonly pubkey: string;
  readonly tags: readonly string[];
  /** UTC, `yyyy-mm-dd`, or the day in which a period of epochs begins; both slots are in it. */
  readonly day: string;
  readonly finalized: boolean;
  /** Signed: penalties are negative. */
  readonly attestationGwei: bigint;
  /** What perfect votes would have earned; missing where the ledger does not say, as in an exported file. */
  readonly idealAttestationGwei?: bigint;
  readonly syncGwei: bigint;
  readonly proposerGwei: bigint;
  /** Initial and correlation penalty and what was missed while slashed; never positive. */
  readonly slashingGwei: bigint;
  readonly withdrawalsPartialGwei: bigint;
  readonly withdrawalsFullGwei: bigint;
  readonly depositsGwei: bigint;
  /** Signed: in minus out. */
  readonly consolidationGwei: bigint;
  readonly openingBalanceGwei: bigint;
  readonly closingBalanceGwei: bigint;
  /** What the balance did and no component explains; zero in a sound ledger. */
  readonly residualGwei: bigint;
  readonly effectiveBalanceGwei: bigint;
  readonly duties: Duties;
  readonly execution: readonly ExecutionIncome[];
}

/** Signed amounts of a row, in the order of the exported file and of the input hash. */
export const ROW_AMOUNTS = [
  'attestationGwei',
  'syncGwei',
  'proposerGwei',
  'slashingGwei',
  'withdrawalsPartialGwei',
  'withdrawalsFullGwei',
  'depositsGwei',
  'consolidationGwei',
  'openingBalanceGwei',
  'closingBalanceGwei',
  'residualGwei',
  'effectiveBalanceGwei',
] as const satisfies readonly (keyof LedgerRow)[];
