import type { EpochRecord } from '../model/epoch-record.ts';
import type { LedgerPart } from '../model/ledger-part.ts';
import { SQL_MAX } from './scope.ts';
import { storeError } from './store-errors.ts';

/**
 * The last look at a record before it becomes history: everything in it is of its epoch and of its validators, nothing
 * is there twice, and every ledger part adds up.
 * @throws MONITOR_RECORD_INVALID
 */
export function checkRecord(record: EpochRecord, slotsPerEpoch: bigint): void {
  const { epoch } = record;
  const [firstSlot, lastSlot] = [epoch * slotsPerEpoch, (epoch + 1n) * slotsPerEpoch - 1n];
  const fail = (problem: string): Error =>
    storeError('MONITOR_RECORD_INVALID', `the record of epoch ${epoch.toString()}: ${problem}`);
  if (epoch < 0n || lastSlot > SQL_MAX) throw fail('there is no such epoch');

  const members = new Set(record.validators);
  if (members.size !== record.validators.length) throw fail('a validator is named twice');
  const of = (what: string, validatorIndex: number): void => {
    if (!members.has(validatorIndex))
      throw fail(`${what} of validator ${validatorIndex}, for whom it is not`);
  };
  const inEpoch = (what: string, slot: bigint): void => {
    if (slot < firstSlot || slot > lastSlot) throw fail(`${what} of slot ${slot.toString()}`);
  };
  const ofEpoch = (what: string, other: bigint): void => {
    if (other !== epoch) throw fail(`${what} of epoch ${other.toString()}`);
  };
  const once = (what: string): ((validator: number, slot?: bigint) => void) => {
    const seen = new Set<string>();
    return (validator, slot) => {
      of(what, validator);
      const key = `${validator} ${slot?.toString() ?? ''}`;
      if (seen.has(key)) throw fail(`${what} of validator ${validator} twice`);
      seen.add(key);
    };
  };

  const vote = once('a vote');
  for (const { validatorIndex, epoch: other, slot } of record.attestations) {
    vote(validatorIndex);
    ofEpoch('a vote', other);
    inEpoch('a vote', slot);
  }
  const reward = once('a vote reward');
  for (const { validatorIndex, epoch: other } of record.voteRewards) {
    reward(validatorIndex);
    ofEpoch('a vote reward', other);
  }
  const tally = once('a sync tally');
  for (const { validatorIndex, epoch: other } of record.sync) {
    tally(validatorIndex);
    ofEpoch('a sync tally', other);
  }
  const proposal = once('a proposal');
  for (const { validatorIndex, slot, result } of record.proposals) {
    proposal(validatorIndex, slot);
    inEpoch('a proposal', slot);
    if (result === 'scheduled') throw fail(`the proposal of slot ${slot.toString()} is not decided`);
  }
  const payment = once('a payment');
  for (const { validatorIndex, slot } of record.payments) {
    payment(validatorIndex, slot);
    inEpoch('a payment', slot);
  }
  for (const { validatorIndex, epoch: other } of record.events) {
    of('an event', validatorIndex);
    ofEpoch('an event', other);
  }
  if (record.network !== null) ofEpoch('the network', record.network.epoch);
  ofEpoch('the network', record.networkBlocks.epoch);
  for (const { slot } of record.checkpoints)
    if (slot > lastSlot) throw fail(`a checkpoint of slot ${slot.toString()}`);
  for (const part of record.parts) {
    of('a ledger part', part.validatorIndex);
    inEpoch('a ledger part', part.startSlot);
    inEpoch('a ledger part', part.endSlot);
    const problem = problemOf(part);
    if (problem !== null)
      throw fail(
        `the ledger part of validator ${part.validatorIndex} from slot ${part.startSlot.toString()} ${problem}`,
      );
  }
}

function problemOf(part: LedgerPart): string | null {
  const { duties } = part;
  if (part.endSlot < part.startSlot) return 'ends before it begins';
  if (part.slashingGwei > 0n) return 'has a slashing that is a gain';
  const unsigned = [
    part.openingBalanceGwei,
    part.closingBalanceGwei,
    part.effectiveBalanceGwei,
    part.idealAttestationGwei,
    part.idealSyncGwei,
    part.withdrawalsPartialGwei,
    part.withdrawalsFullGwei,
  ];
  if (unsigned.some((amount) => amount < 0n)) return 'has a negative amount where there can be none';
  if (
    duties.attestationsIncluded > duties.attestationsAssigned ||
    duties.proposalsIncluded > duties.proposalsAssigned ||
    duties.syncIncluded > duties.syncAssigned
  )
    return 'has more duties done than there were';
  const explained =
    part.openingBalanceGwei +
    part.attestationGwei +
    part.syncGwei +
    part.proposerGwei +
    part.slashingGwei -
    part.withdrawalsPartialGwei -
    part.withdrawalsFullGwei +
    part.depositsGwei +
    part.consolidationGwei +
    part.residualGwei;
  if (explained === part.closingBalanceGwei) return null;
  return `leads to ${explained.toString()} gwei and closes with ${part.closingBalanceGwei.toString()}`;
}
