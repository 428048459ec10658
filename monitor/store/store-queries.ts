import type Database from 'better-sqlite3';
import type { Epoch, Slot } from '../../core/units.ts';
import type { ChainCheckpoint, VoteReward } from '../model/epoch-record.ts';
import type { ForeignMessage } from '../model/foreign-message.ts';
import type { ExecutionPayment, LedgerPart } from '../model/ledger-part.ts';
import type { ValidatorEvent, ValidatorEventKind } from '../model/validator-event.ts';
import type { NetworkDuties } from './tables/network-table.ts';
import type { NetworkAttestations, ProposalVerdict, SyncTally } from '../model/verdicts.ts';
import {
  AttestationSummaries,
  type Counted,
  type GroupCounts,
  type ValidatorCounts,
} from './attestation-summary.ts';
import { ledgerTotals, type LedgerTotal } from './ledger-totals.ts';
import type { Page, PageRequest } from './page.ts';
import type { Range, Scope } from './scope.ts';
import type { DayRange } from './tables/ledger-table.ts';
import type { StoreTables } from './store-tables.ts';
import type { SyncSummary } from './tables/sync-table.ts';
import type { VoteException } from './tables/votes-table.ts';

/**
 * Everything that reports, pages and metrics read. Lists come in pages ({@link PageRequest}); ranges are of epochs or
 * slots with both ends included, open where nothing is said.
 */
export class StoreQueries {
  readonly #db: Database.Database;
  readonly #tables: StoreTables;
  readonly #summaries: AttestationSummaries;

  constructor(db: Database.Database, tables: StoreTables) {
    this.#db = db;
    this.#tables = tables;
    this.#summaries = new AttestationSummaries(db, tables.votes);
  }

  /** Votes of epochs, counted. Details that were pruned are there by blocks of 256 epochs: see `from` of the answer. */
  attestationsByValidator(
    epochs: Range,
    scope: Scope = {},
    request: PageRequest = {},
  ): Counted & Page<ValidatorCounts> {
    return this.#summaries.byValidator(epochs, scope, request);
  }

  attestationsByGroup(epochs: Range, scope: Scope = {}): Counted & { readonly rows: readonly GroupCounts[] } {
    return this.#summaries.byGroup(epochs, scope);
  }

  /** Votes that are not perfect, one by one, as far as details are kept. */
  exceptions(epochs: Range, scope: Scope = {}, request: PageRequest = {}): Page<VoteException> {
    return this.#tables.votes.exceptions(epochs, scope, request);
  }

  proposals(slots: Range, scope: Scope = {}, request: PageRequest = {}): Page<ProposalVerdict> {
    return this.#tables.proposals.list(slots, scope, request);
  }

  syncTallies(epochs: Range, scope: Scope = {}, request: PageRequest = {}): Page<SyncTally> {
    return this.#tables.sync.list(epochs, scope, request);
  }

  syncSummary(epochs: Range, scope: Scope = {}, request: PageRequest = {}): Page<SyncSummary> {
    return this.#tables.sync.summary(epochs, scope, request);
  }

  events(
    epochs: Range,
    scope: Scope & { readonly kinds?: readonly ValidatorEventKind[] } = {},
    request: PageRequest = {},
  ): Page<ValidatorEvent> {
    return this.#tables.events.list(epochs, scope, request);
  }

  ledgerRows(days: DayRange, scope: Scope = {}, request: PageRequest = {}): Page<LedgerPart> {
    return this.#tables.ledger.list(days, scope, request);
  }

  /** The rows of days added up, for each validator, group or day. */
  ledgerTotals(
    days: DayRange,
    by: 'validator' | 'group' | 'day',
    scope: Scope = {},
    request: PageRequest = {},
  ): Page<LedgerTotal> {
    return ledgerTotals(this.#db, days, by, scope, request);
  }

  /** Rows of one validator that touch a range of slots. */
  ledgerRowsOf(validator: number, slots: Range): LedgerPart[] {
    return this.#tables.ledger.touching(validator, slots);
  }

  /** Who has ledger rows, ascending. */
  ledgerValidators(): number[] {
    return this.#tables.ledger.validators();
  }

  payments(
    slots: Range,
    scope: Scope & { readonly confidence?: ExecutionPayment['confidence'] } = {},
    request: PageRequest = {},
  ): Page<ExecutionPayment> {
    return this.#tables.payments.list(slots, scope, request);
  }

  /** Included blocks of which nobody could prove what they paid, by group. */
  unresolvedPayments(): ReadonlyMap<string, number> {
    return this.#tables.payments.unresolved();
  }

  foreign(slots: Range, scope: Scope = {}, request: PageRequest = {}): Page<ForeignMessage> {
    return this.#tables.foreign.list(slots, scope, request);
  }

  network(epochs: Range, request: PageRequest = {}): Page<NetworkAttestations> {
    return this.#tables.network.list(epochs, request);
  }

  /** What everybody had to do in some epochs, both included, and did; null when anything of it is not known. */
  networkDuties(from: bigint, to: bigint): NetworkDuties | null {
    return this.#tables.network.duties(from, to);
  }

  /** Rewards of votes of an epoch that no ledger row has yet; what is missing has to be fetched again. */
  voteRewards(epoch: Epoch): VoteReward[] {
    return this.#tables.voteRewards.of(epoch);
  }

  /** The last block at or before a slot, where that is certain. */
  checkpoint(slot: Slot | bigint): ChainCheckpoint | null {
    return this.#tables.checkpoints.at(slot);
  }
}
