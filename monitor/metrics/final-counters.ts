import { VALIDATOR_STATUSES } from '../../beacon/index.ts';
import type { EpochRecord } from '../model/epoch-record.ts';
import { REWARD_METHODS, type ExecutionPayment, type LedgerPart } from '../model/ledger-part.ts';
import { ATTESTATION_RESULTS } from '../model/verdicts.ts';
import type { Series } from './series.ts';

type GroupOf = (validatorIndex: number) => string;

const REWARD_KINDS = ['attestation', 'sync', 'proposer'] as const;
const PENALTY_KINDS = ['attestation', 'sync', 'slashing'] as const;
const PAYMENT_METHODS = [
  'receipts',
  'last-transaction',
  'relay',
  'balance-delta',
  'none',
] as const satisfies ExecutionPayment['method'][];

const AMOUNT_OF: Readonly<
  Record<'attestation' | 'sync' | 'proposer' | 'slashing', (part: LedgerPart) => bigint>
> = {
  attestation: ({ attestationGwei }) => attestationGwei,
  sync: ({ syncGwei }) => syncGwei,
  proposer: ({ proposerGwei }) => proposerGwei,
  slashing: ({ slashingGwei }) => slashingGwei,
};

/** Counts what is final, once: from the start of the process, as Prometheus wants it. */
export function finalCounters(series: Series) {
  const grouped = ['group'] as const;
  const attestations = series.counter('attestations_total', 'Votes, final.', ['group', 'result']);
  const sync = series.counter(
    'sync_contributions_total',
    'Positions times blocks in the sync committee, final.',
    ['group', 'result'],
  );
  const rewards = series.counter(
    'rewards_gwei_total',
    'What balances gained in an epoch, by duty; in Gwei.',
    ['group', 'kind'],
  );
  const penalties = series.counter(
    'penalties_gwei_total',
    'What balances lost in an epoch, by duty; in Gwei.',
    ['group', 'kind'],
  );
  const ideal = series.counter(
    'ideal_rewards_gwei_total',
    'What perfect duties would have gained; in Gwei.',
    ['group', 'kind'],
  );
  const execution = series.counter(
    'execution_rewards_gwei_total',
    'What blocks paid on the execution layer, by the method that proves it; Gwei with a fraction, of an amount in wei that is exact in the API only.',
    ['group', 'method'],
  );
  const parts = series.counter(
    'ledger_parts_total',
    'Stretches of the reward ledger by how their attestation rewards are known; the residual of `balance` proves nothing.',
    ['group', 'method'],
  );
  const residual = series.counter(
    'residual_gwei_total',
    'What balances did that nothing explains, up or down, added up without signs; must stay 0.',
    grouped,
  );
  const statuses = series.counter('status_changes_total', 'Changes of status, final.', ['group', 'to']);
  const slashed = series.counter('validators_slashed_total', 'Watched validators slashed, final.', grouped);
  const credentials = series.counter(
    'withdrawal_credentials_changes_total',
    'Changes of withdrawal credentials, final.',
    grouped,
  );
  const known = new Set<string>();

  return {
    /** From zero, so that the first miss is an increase that an alert can see. */
    know(groups: Iterable<string>): void {
      for (const group of groups) {
        if (known.has(group)) continue;
        known.add(group);
        for (const result of ATTESTATION_RESULTS) attestations.inc({ group, result }, 0);
        for (const result of ['hit', 'miss']) sync.inc({ group, result }, 0);
        for (const kind of REWARD_KINDS) rewards.inc({ group, kind }, 0);
        for (const kind of PENALTY_KINDS) penalties.inc({ group, kind }, 0);
        for (const kind of ['attestation', 'sync']) ideal.inc({ group, kind }, 0);
        for (const method of PAYMENT_METHODS) execution.inc({ group, method }, 0);
        for (const method of REWARD_METHODS) parts.inc({ group, method }, 0);
        for (const to of VALIDATOR_STATUSES) statuses.inc({ group, to }, 0);
        for (const each of [residual, slashed, credentials]) each.inc({ group }, 0);
      }
    },
    add(record: EpochRecord, groupOf: GroupOf): void {
      for (const { validatorIndex, result } of record.attestations)
        attestations.inc({ group: groupOf(validatorIndex), result });
      for (const { validatorIndex, due, hit } of record.sync) {
        const group = groupOf(validatorIndex);
        sync.inc({ group, result: 'hit' }, hit);
        sync.inc({ group, result: 'miss' }, due - hit);
      }
      for (const part of record.parts) {
        const group = groupOf(part.validatorIndex);
        for (const [kind, amountOf] of Object.entries(AMOUNT_OF)) {
          const gwei = amountOf(part);
          if (gwei > 0n) rewards.inc({ group, kind }, Number(gwei));
          if (gwei < 0n) penalties.inc({ group, kind }, Number(-gwei));
        }
        ideal.inc({ group, kind: 'attestation' }, Number(part.idealAttestationGwei));
        ideal.inc({ group, kind: 'sync' }, Number(part.idealSyncGwei));
        parts.inc({ group, method: part.method });
        residual.inc({ group }, Math.abs(Number(part.residualGwei)));
      }
      for (const { validatorIndex, amountWei, method } of record.payments)
        execution.inc({ group: groupOf(validatorIndex), method }, Number(amountWei) / 1e9);
      for (const { validatorIndex, kind, after } of record.events) {
        const group = groupOf(validatorIndex);
        if (kind === 'status' && after !== null) statuses.inc({ group, to: after });
        if (kind === 'slashed') slashed.inc({ group });
        if (kind === 'credentials') credentials.inc({ group });
      }
    },
  };
}
