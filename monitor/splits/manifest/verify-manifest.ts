import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePool } from '../config/read-pool-file.ts';
import type { RewardLedger } from '../ledger/ledger-port.ts';
import type { OutputFile } from '../outputs/output-context.ts';
import type { PayoutLedger } from '../payouts/payout-ledger.ts';
import { encodeState, stateSchema } from '../payouts/state-json.ts';
import { parsePeriod } from '../period.ts';
import { splitsError } from '../splits-errors.ts';
import { json } from '../outputs/json.ts';
import { firstDifference, firstDifferentLine } from './first-difference.ts';
import { RULESET } from './manifest.ts';
import { MANIFEST_NAME, produceSplit, type ProducedSplit } from './produce-split.ts';
import { readListedFile, readManifest, type StoredManifest } from './read-manifest.ts';

export interface Verified {
  readonly produced: ProducedSplit;
  /** Whether the payout ledger has this very manifest; null when none was given. */
  readonly closed: boolean | null;
}

/**
 * Computes a split again from the ledger, with the configuration and the opening balances that lie beside its manifest,
 * and compares everything: the manifest field by field, then each file.
 * @param openPayouts the payout ledger of a pool, to compare with too
 * @throws MANIFEST_DIFFERS naming the first difference
 */
export function verifyManifest(
  path: string,
  ledger: RewardLedger,
  openPayouts: ((pool: string) => PayoutLedger) | null,
): Verified {
  const stored = readManifest(path);
  if (stored.said.ruleset !== RULESET)
    throw splitsError(
      'MANIFEST_DIFFERS',
      `the split was made under the rules ${stored.said.ruleset}, this Vigil has ${RULESET}`,
    );
  const openingText = readListedFile(stored, 'opening.json');
  const opening = stateSchema.parse(JSON.parse(openingText));
  const source = parsePool(readListedFile(stored, 'pool.yaml'), 'pool.yaml');
  const reasonOf = (what: 'gaps' | 'residual') =>
    stored.said.accepted.find((accepted) => accepted.what === what)?.reason ?? null;
  const changed: Changed[] = [];
  const compare = ({ name, text }: OutputFile): void => {
    if (name === MANIFEST_NAME || (changed.length > 0 && name !== VALIDATORS)) return;
    const before = readText(stored, name);
    if (before !== text) changed.push({ file: name, stored: before, now: text });
  };
  const produced = produceSplit(
    {
      ledger,
      source,
      period: parsePeriod(stored.said.period, ledger.chain),
      opening,
      acceptance: { gaps: reasonOf('gaps'), residual: reasonOf('residual') },
      toolVersion: stored.said.toolVersion,
    },
    compare,
  );
  refuseOtherManifest(
    stored,
    produced,
    changed.find(({ file }) => file === VALIDATORS),
  );
  const [first] = changed;
  if (first !== undefined) throw splitsError('MANIFEST_DIFFERS', fileDifference(first));
  const payouts = openPayouts?.(source.pool.name) ?? null;
  return { produced, closed: payouts === null ? null : inLedger(payouts, stored, openingText, produced) };
}

interface Changed {
  readonly file: string;
  readonly stored: string | null;
  readonly now: string;
}

/** When a row changed, its line of this file names the validator. */
const VALIDATORS = 'validators.csv';

function refuseOtherManifest(
  stored: StoredManifest,
  { manifestText }: ProducedSplit,
  validators: Changed | undefined,
): void {
  if (stored.text === manifestText) return;
  const now = JSON.parse(manifestText) as { rows: { days: { day: string }[] } };
  const difference = firstDifference(JSON.parse(stored.text), orderedForPeople(now));
  if (difference === null) throw splitsError('MANIFEST_DIFFERS', 'the manifest was written anew by somebody');
  const { path, stored: before, now: after } = difference;
  const day = /^rows\.days\.(\d+)\./.exec(path)?.[1];
  const named = day === undefined ? '' : ` (${now.rows.days[Number(day)]?.day ?? 'a day'})`;
  const which = path.startsWith('rows.') && validators !== undefined ? `; ${fileDifference(validators)}` : '';
  throw splitsError(
    'MANIFEST_DIFFERS',
    `${path}${named}: the manifest says ${before}, recomputed it is ${after}${which}`,
  );
}

/** The day of a changed row says more than the digest of all rows, so days go first. */
function orderedForPeople<T extends { rows: { days: unknown } }>(manifest: T): T {
  const { days, ...rest } = manifest.rows;
  return { ...manifest, rows: { days, ...rest } };
}

function fileDifference({ file, stored, now }: Changed): string {
  if (stored === null) return `${file} is missing`;
  const difference = firstDifferentLine(stored, now);
  return `${file}:${difference.line}: the file says ${difference.stored.trim()}, recomputed it is ${difference.now.trim()}`;
}

function readText({ folder }: StoredManifest, name: string): string | null {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return null;
  }
}

function inLedger(
  payouts: PayoutLedger,
  stored: StoredManifest,
  openingText: string,
  { manifest }: ProducedSplit,
): boolean {
  if (json(encodeState(payouts.stateBefore(manifest))) !== openingText)
    throw splitsError(
      'MANIFEST_DIFFERS',
      'opening.json is not what the payout ledger had before this period',
    );
  const entry = payouts.closed(manifest);
  if (entry !== null && entry.manifest !== stored.hash)
    throw splitsError('MANIFEST_DIFFERS', `${entry.period} was closed with another manifest`);
  return entry !== null;
}
