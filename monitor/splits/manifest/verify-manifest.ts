import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePrices } from '../../reports/price-file.ts';
import { parsePool } from '../config/read-pool-file.ts';
import type { RewardLedger } from '../ledger/ledger-port.ts';
import { json } from '../outputs/json.ts';
import type { OutputFile } from '../outputs/output-context.ts';
import type { PayoutEntry, PayoutLedger, SkippedSlots } from '../payouts/payout-ledger.ts';
import type { PayoutState } from '../payouts/payout-state.ts';
import { encodeState, stateSchema } from '../payouts/state-json.ts';
import { parsePeriod } from '../period.ts';
import { splitsError } from '../splits-errors.ts';
import { firstDifference, firstDifferentLine } from './first-difference.ts';
import { folderFiles } from './folder-files.ts';
import { makersWord } from './makers-word.ts';
import { RULESET } from './manifest.ts';
import {
  MANIFEST_NAME,
  PRICES_NAME,
  produceSplit,
  type PriceList,
  type ProducedSplit,
} from './produce-split.ts';
import { readListedFile, readManifest, type StoredManifest } from './read-manifest.ts';

export interface Verified {
  readonly produced: ProducedSplit;
  /** Whether the payout ledger has this very manifest; null when none was given. */
  readonly closed: boolean | null;
  /** The version that the manifest names, when it is not the one that recomputed. */
  readonly otherVersion: string | null;
  /** What is in the manifest on the word of its maker: it cannot be recomputed, and nothing was given that recorded it. */
  readonly statements: readonly string[];
}

/** What the one who verifies knows from elsewhere. */
export interface Known {
  readonly toolVersion?: string;
  /** sha256 of the manifest as it was published. */
  readonly manifestHash?: string;
}

/**
 * Computes a split again from the ledger, with the configuration and the opening balances that lie beside its manifest,
 * and compares everything: the manifest field by field, each file, and what else is in the folder.
 * @param openPayouts the payout ledger of a pool, to compare with too
 * @throws MANIFEST_DIFFERS naming the first difference
 */
export function verifyManifest(
  path: string,
  ledger: RewardLedger,
  openPayouts: ((pool: string) => PayoutLedger) | null,
  known: Known = {},
): Verified {
  const stored = readManifest(path);
  const { said } = stored;
  if (said.ruleset !== RULESET)
    throw splitsError(
      'MANIFEST_DIFFERS',
      `the split was made by Vigil ${said.toolVersion} under the rules ${said.ruleset}; this Vigil verifies ${RULESET} only, so verify it with the one that made it`,
    );
  const openingText = readListedFile(stored, 'opening.json');
  const opening = stateSchema.parse(JSON.parse(openingText));
  const source = parsePool(readListedFile(stored, 'pool.yaml'), 'pool.yaml');
  const payouts = openPayouts?.(source.pool.name) ?? null;
  const period = parsePeriod(said.period, ledger.chain);
  const reasonOf = (...kinds: string[]) =>
    said.accepted.find(({ what }) => kinds.includes(what))?.reason ?? null;
  const changed: Changed[] = [];
  const names = new Set<string>();
  const compare = ({ name, text }: OutputFile): void => {
    names.add(name);
    if (name === MANIFEST_NAME || (changed.length > 0 && name !== VALIDATORS)) return;
    const before = readText(stored, name);
    if (before !== text) changed.push({ file: name, stored: before, now: text });
  };
  const produced = produceSplit(
    {
      ...{ ledger, source, period, opening, prices: pricesOf(stored) },
      acceptance: { gaps: reasonOf('gaps', 'skipped'), residual: reasonOf('residual') },
      skipped: payouts === null ? skippedAsSaid(stored) : payouts.skippedBefore(period),
      toolVersion: said.toolVersion,
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
  refuseOtherFiles(stored, names);
  refuseOtherHash(stored, known);
  const closed = payouts === null ? null : inLedger(payouts, stored, openingText, produced);
  const recorded = closed === true || known.manifestHash !== undefined;
  return {
    produced,
    closed,
    otherVersion:
      known.toolVersion === undefined || known.toolVersion === said.toolVersion ? null : said.toolVersion,
    statements: recorded ? [] : makersWord(stored, payouts !== null),
  };
}

interface Changed {
  readonly file: string;
  readonly stored: string | null;
  readonly now: string;
}

/** When a row changed, its line of this file names the validator. */
const VALIDATORS = 'validators.csv';

function pricesOf(stored: StoredManifest): PriceList | null {
  if (stored.said.files[PRICES_NAME] === undefined) return null;
  const text = readListedFile(stored, PRICES_NAME);
  return { text, byDay: parsePrices(text, PRICES_NAME) };
}

/** Without the payout ledger nobody can know what was closed before. */
function skippedAsSaid({ said }: StoredManifest): SkippedSlots | null {
  const entry = said.accepted.find(({ what }) => what === 'skipped');
  return entry === undefined ? null : { count: entry.count, named: entry.named };
}

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

/** A file that somebody put there would be taken for one of the split. */
function refuseOtherFiles({ folder }: StoredManifest, names: ReadonlySet<string>): void {
  const others = folderFiles(folder).filter((name) => !names.has(name));
  const [first, ...more] = others;
  if (first === undefined) return;
  const rest =
    more.length === 0 ? '' : `, nor are ${more.slice(0, 4).join(', ')}${more.length > 4 ? ', …' : ''}`;
  throw splitsError('MANIFEST_DIFFERS', `${first} is in the folder and no file of this split${rest}`);
}

function refuseOtherHash({ hash }: StoredManifest, { manifestHash }: Known): void {
  if (manifestHash !== undefined && manifestHash !== hash)
    throw splitsError(
      'MANIFEST_DIFFERS',
      `the manifest has the sha256 ${hash}, not ${manifestHash}: what cannot be recomputed (tool version, reasons) was changed`,
    );
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
  { manifest, result }: ProducedSplit,
): boolean {
  const before = json(encodeState(payouts.stateBefore(manifest)));
  if (before !== openingText) {
    const { line, stored: said, now } = firstDifferentLine(openingText, before);
    throw splitsError(
      'MANIFEST_DIFFERS',
      `opening.json is not what the payout ledger had before this period; line ${line} says ${said.trim()}, the ledger ${now.trim()}`,
    );
  }
  const entry = payouts.closed(manifest);
  if (entry !== null && entry.manifest !== stored.hash)
    throw splitsError(
      'MANIFEST_DIFFERS',
      `${entry.period} was closed with another manifest: what cannot be recomputed (tool version, reasons, prices) was changed`,
    );
  if (entry !== null) refuseOtherBalances(entry, result.closing);
  return entry !== null;
}

/** The hashes of the payout ledger chain its lines, and whoever rewrites the last one makes its hash anew. */
function refuseOtherBalances(entry: PayoutEntry, closing: PayoutState): void {
  const difference = firstDifference(encodeState(entry.state), encodeState(closing));
  if (difference === null) return;
  const { path, stored, now } = difference;
  throw splitsError(
    'MANIFEST_DIFFERS',
    `the balances after ${entry.period} were changed in the payout ledger: it has ${stored} for ${path}, recomputed it is ${now}`,
  );
}
