import type {
  Checkpoint,
  Duties,
  LedgerChain,
  LedgerRow,
  RewardLedger,
  SlotRange,
} from '../../monitor/splits/ledger/ledger-port.ts';

export const ETH = 10n ** 18n;
export const GWEI = 10n ** 9n;

/** A chain that begins with the year 2026: a day has 7,200 slots, and day N begins at slot 7,200 (N - 1). */
export const CHAIN: LedgerChain = {
  network: 'mainnet',
  chainId: 1n,
  genesisTimeSeconds: BigInt(Date.UTC(2026, 0, 1) / 1000),
  slotDurationMs: 12_000n,
  slotsPerEpoch: 32n,
};
export const SLOTS_PER_DAY = 7200n;

export const pubkey = (n: number): string => `0x${n.toString(16).padStart(96, '0')}`;

/** Days of January 2026 by number. */
export const january = (day: number): string => `2026-01-${day.toString().padStart(2, '0')}`;

export const count = (assigned: number, included = assigned) => ({
  assigned: BigInt(assigned),
  included: BigInt(included),
});

export const duties = (attested = 225, of = 225): Duties => ({
  attestations: count(of, attested),
  proposals: count(0),
  sync: count(0),
});

/** A sound row: it closes with what its parts lead to, unless told otherwise. */
export function row(validator: number, day: number, parts: Partial<LedgerRow> = {}): LedgerRow {
  const base = {
    validatorIndex: BigInt(validator),
    pubkey: pubkey(validator),
    tags: ['pool'],
    day: january(day),
    startSlot: BigInt(day - 1) * SLOTS_PER_DAY,
    endSlot: BigInt(day) * SLOTS_PER_DAY - 1n,
    finalized: true,
    attestationGwei: 0n,
    syncGwei: 0n,
    proposerGwei: 0n,
    slashingGwei: 0n,
    withdrawalsPartialGwei: 0n,
    withdrawalsFullGwei: 0n,
    depositsGwei: 0n,
    consolidationGwei: 0n,
    openingBalanceGwei: 32n * GWEI,
    residualGwei: 0n,
    effectiveBalanceGwei: 32n * GWEI,
    duties: duties(),
    execution: [],
    ...parts,
  };
  const closingBalanceGwei =
    base.openingBalanceGwei +
    base.attestationGwei +
    base.syncGwei +
    base.proposerGwei +
    base.slashingGwei -
    base.withdrawalsPartialGwei -
    base.withdrawalsFullGwei +
    base.depositsGwei +
    base.consolidationGwei +
    base.residualGwei;
  return { ...base, closingBalanceGwei, ...('closingBalanceGwei' in parts ? parts : {}) };
}

/** Consecutive rows of one validator, each opening with what the one before closed with. */
export function rowsOf(validator: number, first: number, parts: readonly Partial<LedgerRow>[]): LedgerRow[] {
  const rows: LedgerRow[] = [];
  for (const [index, part] of parts.entries()) {
    const openingBalanceGwei = rows.at(-1)?.closingBalanceGwei ?? 32n * GWEI;
    rows.push(row(validator, first + index, { openingBalanceGwei, ...part }));
  }
  return rows;
}

export const attested = (gwei: bigint | number): Partial<LedgerRow> => ({ attestationGwei: BigInt(gwei) });

export interface MemoryFacts {
  readonly chain?: LedgerChain;
  readonly prices?: Readonly<Record<string, string>>;
  readonly network?: Duties | null;
  readonly unknownSlots?: readonly bigint[];
  /** Days without a line of the network. */
  readonly unknownDays?: readonly string[];
}

/** The second adapter of the port: rows in memory. */
export class MemoryLedger implements RewardLedger {
  readonly chain: LedgerChain;
  readonly #rows: readonly LedgerRow[];
  readonly #facts: MemoryFacts;

  constructor(rows: readonly LedgerRow[], facts: MemoryFacts = {}) {
    this.chain = facts.chain ?? CHAIN;
    this.#facts = facts;
    this.#rows = [...rows].sort((a, b) =>
      a.validatorIndex === b.validatorIndex
        ? Number(a.startSlot - b.startSlot)
        : Number(a.validatorIndex - b.validatorIndex),
    );
  }

  rows({ startSlot, endSlot }: SlotRange): LedgerRow[] {
    return this.#rows.filter((line) => line.endSlot >= startSlot && line.startSlot <= endSlot);
  }

  checkpoint(slot: bigint): Checkpoint | null {
    if (this.#facts.unknownSlots?.includes(slot) === true) return null;
    const root = `0x${slot.toString(16).padStart(64, '0')}`;
    return { slot, blockRoot: root, stateRoot: root, executionBlock: slot };
  }

  networkDuties(day: string): Duties | null {
    if (this.#facts.unknownDays?.includes(day) === true) return null;
    return this.#facts.network === undefined ? duties(9900, 10_000) : this.#facts.network;
  }

  price(day: string, currency: string): string | null {
    return this.#facts.prices?.[`${currency} ${day}`] ?? null;
  }
}
