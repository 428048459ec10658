import { currencyOf } from '../currency.ts';
import type { PeriodIncome } from '../income/period-income.ts';
import type { RowDigest } from '../income/row-hash.ts';
import type { Checkpoint } from '../ledger/ledger-port.ts';
import type { Merkle } from '../outputs/merkle.ts';
import { byText } from '../amounts.ts';
import { comparesWithNetwork } from '../split/standing.ts';
import { stateHash } from '../payouts/state-json.ts';
import type { SplitResult, Totals } from '../split/split-result.ts';
import type { Accepted } from './acceptance.ts';
import type { Digests, FileDigests } from './file-digests.ts';
import type { SplitRequest } from './produce-split.ts';

/**
 * The version of the rules of this room: arithmetic, order of steps, roundings, layout of the outputs. It is raised with
 * every change after which the same inputs could give other bytes.
 */
export const RULESET = 'vigil-splits-3';

/** What was split, from what, under which rules, with what result. */
export interface Manifest extends Digests {
  readonly kind: 'vigil-rewards-split';
  readonly ruleset: string;
  readonly toolVersion: string;
  readonly pool: string;
  readonly preset: string | null;
  readonly network: string;
  readonly chainId: bigint;
  /** What the amounts are. */
  readonly currency: string;
  readonly period: string;
  readonly startSlot: bigint;
  readonly endSlot: bigint;
  /** The block before the first slot, and the last of the period. */
  readonly blocks: { readonly before: Checkpoint | null; readonly last: Checkpoint | null };
  readonly configHash: string;
  readonly rounding: string;
  /** Duties of the whole network by day, as "included of assigned" of each kind, where the pool compares with them. */
  readonly networkDuties: Readonly<Record<string, string>> | null;
  readonly rows: RowDigest;
  readonly accepted: readonly Accepted[];
  readonly totals: Totals;
  readonly merkle: { readonly kind: string; readonly root: string } | null;
  /** By currency and day, what an ether was taken to be worth; null: nobody knew. */
  readonly prices: Readonly<Record<string, string | null>>;
  /** sha256 of all balances after the period, as the payout ledger has them: a hash of the manifest is one of these too. */
  readonly closingHash: string;
}

interface Made {
  readonly request: SplitRequest;
  readonly income: PeriodIncome;
  readonly accepted: readonly Accepted[];
  readonly result: SplitResult;
  readonly merkle: Merkle | null;
  readonly digests: FileDigests;
  readonly prices: ReadonlyMap<string, string | null>;
}

export function manifestOf({ request, income, accepted, result, merkle, digests, prices }: Made): Manifest {
  const { source, ledger, period, toolVersion } = request;
  const { pool, hash } = source;
  return {
    kind: 'vigil-rewards-split',
    ruleset: RULESET,
    toolVersion,
    pool: pool.name,
    preset: pool.preset,
    network: pool.network,
    chainId: ledger.chain.chainId,
    currency: currencyOf(pool, ledger.chain.chainId).unit,
    period: period.label,
    startSlot: period.startSlot,
    endSlot: period.endSlot,
    blocks: { before: income.opening, last: income.closing },
    configHash: hash,
    rounding:
      pool.rounding.kind === 'floor-to' ? `floor-to:${pool.rounding.participant}` : pool.rounding.kind,
    networkDuties: comparesWithNetwork(pool) ? dutiesByDay(income) : null,
    rows: income.digest,
    accepted,
    totals: result.totals,
    merkle: merkle === null || pool.merkle === null ? null : { kind: pool.merkle.kind, root: merkle.root },
    prices: Object.fromEntries([...prices].sort(([a], [b]) => byText(a, b))),
    closingHash: stateHash(result.closing),
    ...digests.result(),
  };
}

/** They decide over thresholds and are in no row, so they stand here one by one: a change is named with its day. */
const dutiesByDay = ({ networkDays }: PeriodIncome): Record<string, string> =>
  Object.fromEntries(
    networkDays.map(({ day, duties: { attestations, proposals, sync } }) => [
      day,
      [attestations, proposals, sync]
        .map(({ included, assigned }) => `${included} of ${assigned}`)
        .join(', '),
    ]),
  );
