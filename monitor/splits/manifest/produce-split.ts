import { createHash } from 'node:crypto';
import type { PoolSource } from '../config/read-pool-file.ts';
import { currencyOf } from '../currency.ts';
import { collectIncome } from '../income/collect-income.ts';
import type { RewardLedger } from '../ledger/ledger-port.ts';
import { json } from '../outputs/json.ts';
import { merkleTree, type Merkle } from '../outputs/merkle.ts';
import type { OutputContext, OutputFile } from '../outputs/output-context.ts';
import { payoutFiles } from '../outputs/payout-files.ts';
import { statementFiles } from '../outputs/statement-files.ts';
import { summaryFiles } from '../outputs/summary-files.ts';
import { taxFiles } from '../outputs/tax-files.ts';
import { taxLots } from '../outputs/tax-lots.ts';
import type { SkippedSlots } from '../payouts/payout-ledger.ts';
import type { PayoutState } from '../payouts/payout-state.ts';
import { encodeState } from '../payouts/state-json.ts';
import type { Period } from '../period.ts';
import { splitPeriod } from '../split/split-period.ts';
import type { SplitResult } from '../split/split-result.ts';
import { splitsError } from '../splits-errors.ts';
import { acceptedFindings, type Acceptance } from './acceptance.ts';
import { FileDigests } from './file-digests.ts';
import { inputLines } from './input-lines.ts';
import { manifestOf, type Manifest } from './manifest.ts';

export interface SplitRequest {
  readonly ledger: RewardLedger;
  readonly source: PoolSource;
  readonly period: Period;
  readonly opening: PayoutState;
  readonly acceptance: Acceptance;
  /** What the payout ledger leaves out before this period. */
  readonly skipped?: SkippedSlots | null;
  /** Instead of the prices of the ledger. */
  readonly prices?: PriceList | null;
  readonly toolVersion: string;
}

/** A price file: it is kept with the split, as the other inputs are. */
export interface PriceList {
  readonly text: string;
  readonly byDay: ReadonlyMap<string, string>;
}

export interface ProducedSplit {
  readonly result: SplitResult;
  readonly manifest: Manifest;
  readonly manifestText: string;
  /** sha256 of the text. */
  readonly manifestHash: string;
}

/**
 * The whole of a split: from ledger and configuration to every output file, and the manifest that ties them together.
 * The same request always gives the same bytes; `rewards verify` rests on that.
 * @param put takes each file as it is made, the manifest last
 */
export function produceSplit(request: SplitRequest, put: (file: OutputFile) => void): ProducedSplit {
  const { ledger, source, period, opening } = request;
  const { pool } = source;
  const { chain } = ledger;
  if (pool.network !== chain.network)
    throw splitsError(
      'SPLIT_IMPOSSIBLE',
      `the pool is on ${pool.network}, the ledger is of ${chain.network}`,
    );
  const known = KNOWN_CHAINS[pool.network];
  if (known !== undefined && known !== chain.chainId)
    throw splitsError(
      'SPLIT_IMPOSSIBLE',
      `the ledger says that ${pool.network} has the chain id ${chain.chainId}; it has ${known}`,
    );
  const income = collectIncome(ledger, pool, period, opening.validators);
  const accepted = acceptedFindings(income, request.skipped ?? null, request.acceptance);
  const result = splitPeriod({ pool, period, chain, income, opening });

  const digests = new FileDigests();
  const keep = (file: OutputFile): void => {
    digests.add(file);
    put(file);
  };
  const prices = request.prices ?? null;
  const inputs = [
    { name: 'pool.yaml', text: source.text },
    { name: 'opening.json', text: json(encodeState(opening)) },
    ...(prices === null ? [] : [{ name: PRICES_NAME, text: prices.text }]),
  ];
  for (const file of [...inputs, inputLines(inputs)]) keep(file);
  const asked = new Map<string, string | null>();
  const price = (day: string, currency: string): string | null => {
    const known = prices === null ? ledger.price(day, currency) : (prices.byDay.get(day) ?? null);
    asked.set(`${currency} ${day}`, known);
    return known;
  };
  const lots = taxLots(pool, period, chain, result, price);
  const context: OutputContext = {
    ...{ pool, period, chain, result, price, lots },
    currency: currencyOf(pool, chain.chainId),
  };
  const merkle: Merkle | null = pool.merkle === null ? null : merkleTree(pool, pool.merkle, result);
  if (merkle !== null) keep({ name: 'merkle.json', text: merkle.text });
  for (const files of [summaryFiles, payoutFiles, statementFiles, taxFiles])
    for (const file of files(context)) keep(file);

  const manifest = manifestOf({ request, income, accepted, result, merkle, digests, prices: asked });
  const manifestText = json(manifest);
  put({ name: MANIFEST_NAME, text: manifestText });
  return {
    result,
    manifest,
    manifestText,
    manifestHash: createHash('sha256').update(manifestText).digest('hex'),
  };
}

/** Payouts are made for a chain id. Networks of one's own, and ephemery, have whichever they want. */
const KNOWN_CHAINS: Readonly<Record<string, bigint>> = {
  mainnet: 1n,
  sepolia: 11_155_111n,
  hoodi: 560_048n,
  gnosis: 100n,
  chiado: 10_200n,
};

export const MANIFEST_NAME = 'manifest.json';
export const PRICES_NAME = 'prices.csv';
