import type { EpochRecord } from '../model/epoch-record.ts';
import { storeError } from './store-errors.ts';
import type { StoreTables } from './store-tables.ts';
import { CREDITED_AFTER } from './tables/vote-rewards-table.ts';

/**
 * Writes what of a checked record is not there yet. A validator whose epoch is covered is passed over with everything
 * the record says of it, so that no order and no repetition counts anything twice. Call it in a transaction.
 * @returns for how many validators the epoch is new
 */
export function writeEpoch(tables: StoreTables, record: EpochRecord): number {
  const { epoch } = record;
  const fresh = new Set<number>();
  for (const validator of record.validators) {
    if (!tables.validators.has(validator))
      throw storeError('MONITOR_RECORD_INVALID', `validator ${validator} has a record and was never watched`);
    if (tables.coverage.add(validator, epoch)) fresh.add(validator);
  }
  const isFresh = ({ validatorIndex }: { readonly validatorIndex: number }): boolean =>
    fresh.has(validatorIndex);

  for (const verdict of record.attestations.filter(isFresh)) tables.votes.write(verdict);
  for (const verdict of record.proposals.filter(isFresh)) tables.proposals.write(verdict);
  for (const tally of record.sync.filter(isFresh)) tables.sync.write(tally);
  for (const part of record.parts.filter(isFresh)) tables.ledger.add(part);
  for (const payment of record.payments.filter(isFresh)) tables.payments.write(payment);
  tables.events.write(record.events.filter(isFresh));
  // What a row that is there already has credited must not wait to be credited again.
  for (const reward of record.voteRewards.filter(isFresh))
    if (!tables.coverage.has(reward.validatorIndex, epoch + CREDITED_AFTER)) tables.voteRewards.write(reward);
  for (const validator of fresh) tables.voteRewards.credited(epoch - CREDITED_AFTER, validator);

  if (record.network !== null) tables.network.write(record.network);
  tables.network.writeBlocks(record.networkBlocks);
  tables.checkpoints.write(record);
  // With the epoch or not at all: whoever dies before the signers were asked about it must be reminded.
  if (fresh.size > 0) tables.uncompared.add(epoch);
  return fresh.size;
}
