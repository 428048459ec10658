import type { LedgerPart } from '../model/ledger-part.ts';
import type {
  Checkpoint,
  Duties,
  ExecutionIncome,
  LedgerChain,
  LedgerRow,
  RewardLedger,
  SlotRange,
} from '../splits/ledger/ledger-port.ts';
import { isSplitCalendar, slotsOfLedgerDay } from '../splits/ledger/ledger-days.ts';
import { startOfDay } from '../splits/period.ts';
import type { MonitorStore } from './monitor-store.ts';
import { storeError } from './store-errors.ts';

/**
 * The reward ledger over the monitor's database. Rows are whole: what touches the range is given uncut, and the row of
 * a day that is not over ends at the last epoch written. Prices are not known here. The duties of
 * the whole network are counted by epochs; an epoch belongs to the ledger day that it begins in.
 */
export class StoreLedger implements RewardLedger {
  readonly chain: LedgerChain;
  readonly #store: MonitorStore;

  constructor(store: MonitorStore) {
    const { network, chainId, genesisTimeSeconds, slotDurationMs, slotsPerEpoch, ledgerDay } = store.chain;
    this.#store = store;
    this.chain = {
      network: plainName(network),
      ...{ chainId, genesisTimeSeconds, slotDurationMs, slotsPerEpoch },
      ...(ledgerDay.startsWith('epochs:') ? { ledgerDay } : {}),
    };
  }

  *rows({ startSlot, endSlot }: SlotRange): Generator<LedgerRow> {
    for (const validator of this.#store.query.ledgerValidators()) {
      const rows = this.#store.query.ledgerRowsOf(validator, { from: startSlot, to: endSlot });
      const [first, last] = [rows[0], rows.at(-1)];
      if (first === undefined || last === undefined) continue;
      const known = this.#store.knownValidator(validator);
      if (known === null)
        throw storeError('MONITOR_DB_CORRUPT', `validator ${validator} has rows and no key`);
      const tags = [...new Set([known.group, ...known.labels])];
      const payments = this.#payments(validator, first.startSlot, last.endSlot);
      for (const row of rows) {
        const execution = payments.filter(({ slot }) => slot >= row.startSlot && slot <= row.endSlot);
        yield { ...portRow(row), pubkey: known.pubkey, tags, execution };
      }
    }
  }

  checkpoint(slot: bigint): Checkpoint | null {
    const found = this.#store.query.checkpoint(slot);
    return found === null ? null : { ...found, slot };
  }

  networkDuties(day: string): Duties | null {
    const { slotsPerEpoch } = this.chain;
    if (!isSplitCalendar(this.#store.chain.ledgerDay) || startOfDay(day) === null) return null;
    const { startSlot, endSlot } = slotsOfLedgerDay(
      day,
      { startSlot: 0n, endSlot: 2n ** 63n - 1n },
      this.chain,
    );
    const firstFrom = (slot: bigint): bigint => (slot + slotsPerEpoch - 1n) / slotsPerEpoch;
    const [from, until] = [firstFrom(startSlot), firstFrom(endSlot + 1n)];
    return until <= from ? null : this.#store.query.networkDuties(from, until - 1n);
  }

  price(): string | null {
    return null;
  }

  #payments(validator: number, from: bigint, to: bigint): ExecutionIncome[] {
    const payments: ExecutionIncome[] = [];
    let cursor: string | null = null;
    do {
      const page = this.#store.query.payments({ from, to }, { validators: [validator] }, { cursor });
      for (const { slot, amountWei, kind, method, confidence } of page.rows)
        payments.push({ slot, amountWei, kind, method, confidence });
      cursor = page.next;
    } while (cursor !== null);
    return payments;
  }
}

function portRow(row: LedgerPart): Omit<LedgerRow, 'pubkey' | 'tags' | 'execution'> {
  const { duties } = row;
  const count = (assigned: number, included: number) => ({
    assigned: BigInt(assigned),
    included: BigInt(included),
  });
  return {
    validatorIndex: BigInt(row.validatorIndex),
    day: row.day,
    startSlot: row.startSlot,
    endSlot: row.endSlot,
    // Nothing else is ever written.
    finalized: true,
    attestationGwei: row.attestationGwei,
    idealAttestationGwei: row.idealAttestationGwei,
    syncGwei: row.syncGwei,
    proposerGwei: row.proposerGwei,
    slashingGwei: row.slashingGwei,
    withdrawalsPartialGwei: row.withdrawalsPartialGwei,
    withdrawalsFullGwei: row.withdrawalsFullGwei,
    depositsGwei: row.depositsGwei,
    consolidationGwei: row.consolidationGwei,
    openingBalanceGwei: row.openingBalanceGwei,
    closingBalanceGwei: row.closingBalanceGwei,
    residualGwei: row.residualGwei,
    effectiveBalanceGwei: row.effectiveBalanceGwei,
    duties: {
      attestations: count(duties.attestationsAssigned, duties.attestationsIncluded),
      proposals: count(duties.proposalsAssigned, duties.proposalsIncluded),
      sync: count(duties.syncAssigned, duties.syncIncluded),
    },
  };
}

/** Networks that are not built in may have any name; the ledger file and pool files know these letters. */
const plainName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, 64);
