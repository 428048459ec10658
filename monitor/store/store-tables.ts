import type Database from 'better-sqlite3';
import { CheckpointsTable } from './tables/checkpoints-table.ts';
import { EventsTable } from './tables/events-table.ts';
import { ForeignTable } from './tables/foreign-table.ts';
import { IntervalTable } from './tables/interval-table.ts';
import { LedgerTable } from './tables/ledger-table.ts';
import { NetworkTable } from './tables/network-table.ts';
import { PaymentsTable } from './tables/payments-table.ts';
import { ProposalsTable } from './tables/proposals-table.ts';
import { StatusesTable } from './tables/statuses-table.ts';
import { SyncTable } from './tables/sync-table.ts';
import { UncomparedTable } from './tables/uncompared-table.ts';
import { ValidatorsTable } from './tables/validators-table.ts';
import { VoteRewardsTable } from './tables/vote-rewards-table.ts';
import { VotesTable } from './tables/votes-table.ts';

/** All tables over one connection. */
export class StoreTables {
  readonly validators: ValidatorsTable;
  readonly statuses: StatusesTable;
  readonly coverage: IntervalTable;
  readonly votes: VotesTable;
  readonly voteRewards: VoteRewardsTable;
  readonly proposals: ProposalsTable;
  readonly sync: SyncTable;
  readonly ledger: LedgerTable;
  readonly payments: PaymentsTable;
  readonly events: EventsTable;
  readonly checkpoints: CheckpointsTable;
  readonly network: NetworkTable;
  readonly foreign: ForeignTable;
  readonly uncompared: UncomparedTable;

  constructor(db: Database.Database, slotsPerEpoch: bigint) {
    this.validators = new ValidatorsTable(db);
    this.statuses = new StatusesTable(db);
    this.coverage = new IntervalTable(db, 'coverage');
    this.votes = new VotesTable(db, slotsPerEpoch);
    this.voteRewards = new VoteRewardsTable(db);
    this.proposals = new ProposalsTable(db);
    this.sync = new SyncTable(db);
    this.ledger = new LedgerTable(db);
    this.payments = new PaymentsTable(db);
    this.events = new EventsTable(db);
    this.checkpoints = new CheckpointsTable(db);
    this.network = new NetworkTable(db);
    this.foreign = new ForeignTable(db);
    this.uncompared = new UncomparedTable(db);
  }
}
