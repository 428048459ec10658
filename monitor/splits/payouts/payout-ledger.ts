import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { SlotRange } from '../ledger/ledger-port.ts';
import type { Period } from '../period.ts';
import { splitsError } from '../splits-errors.ts';
import { EMPTY_STATE, type PayoutState } from './payout-state.ts';
import { encodeState, stateSchema } from './state-json.ts';

const slot = z
  .string()
  .regex(/^(0|[1-9]\d*)$/)
  .transform(BigInt);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const entrySchema = z.strictObject({
  sequence: z.number().int().positive(),
  previous: hash,
  pool: z.string(),
  period: z.string(),
  startSlot: slot,
  endSlot: slot,
  manifest: hash,
  state: stateSchema,
  hash,
});

/** One closed period. */
export type PayoutEntry = z.infer<typeof entrySchema>;

export interface SkippedSlots {
  readonly count: number;
  readonly named: readonly string[];
}

export const GENESIS_HASH = '0'.repeat(64);

/**
 * The closed periods of one pool, in order: a file of JSON lines, each with the hash of the line before. It is only ever
 * appended to (`close-period.ts`). Reading it checks the whole chain.
 */
export class PayoutLedger {
  readonly path: string;
  readonly entries: readonly PayoutEntry[];

  /** A file that is not there is a ledger without entries. @throws PAYOUTS_BROKEN, SPLIT_IMPOSSIBLE for another pool */
  constructor(path: string, pool: string) {
    this.path = path;
    this.entries = readEntries(path);
    const other = this.entries.find((entry) => entry.pool !== pool);
    if (other !== undefined)
      throw splitsError('SPLIT_IMPOSSIBLE', `${path} is the payout ledger of the pool "${other.pool}"`);
  }

  get head(): string {
    return this.entries.at(-1)?.hash ?? GENESIS_HASH;
  }

  /** The last closed period before this one. */
  entryBefore({ startSlot }: SlotRange): PayoutEntry | null {
    return this.entries.findLast(({ endSlot }) => endSlot < startSlot) ?? null;
  }

  /** What the last period before this one handed over. */
  stateBefore(range: SlotRange): PayoutState {
    return this.entryBefore(range)?.state ?? EMPTY_STATE;
  }

  /** The entry of exactly this period, if it is closed. */
  closed({ startSlot, endSlot }: SlotRange): PayoutEntry | null {
    return this.entries.find((entry) => entry.startSlot === startSlot && entry.endSlot === endSlot) ?? null;
  }

  /** @throws PERIOD_OVERLAPS unless the period is wholly before, after, or one that is closed */
  refuseOverlap(period: Period): void {
    const other = this.entries.find(
      ({ startSlot, endSlot }) => startSlot <= period.endSlot && endSlot >= period.startSlot,
    );
    if (other !== undefined && this.closed(period) === null)
      throw splitsError('PERIOD_OVERLAPS', `${period.label} overlaps ${other.period}, which is closed`);
  }

  /** The slots between a period and the closed one before it, which are in neither; null when there are none. */
  skippedBefore(range: SlotRange): SkippedSlots | null {
    const before = this.entryBefore(range);
    const { startSlot } = range;
    if (before === null || before.endSlot + 1n === startSlot) return null;
    const first = before.endSlot + 1n;
    return {
      count: Number(startSlot - first),
      named: [`slots ${first} to ${startSlot - 1n}, after ${before.period}, are in no period`],
    };
  }

  /**
   * Whether the period may be split as the next: right after the last closed one, or the first of all.
   * @throws PERIOD_NOT_NEXT, PERIOD_BEFORE_CLOSED
   */
  refuseOutOfOrder(period: Period, gapsAccepted: boolean): void {
    const last = this.entries.at(-1);
    if (last === undefined || this.closed(period) !== null) return;
    if (period.startSlot <= last.endSlot)
      throw splitsError('PERIOD_BEFORE_CLOSED', `${period.label} is before ${last.period}, which is closed`);
    const skipped = this.skippedBefore(period);
    if (skipped !== null && !gapsAccepted) throw splitsError('PERIOD_NOT_NEXT', skipped.named.join('; '));
  }
}

/** The line of an entry, with its hash. */
export function entryLine(entry: Omit<PayoutEntry, 'hash'>): string {
  const body = bodyOf(entry);
  return JSON.stringify({ ...body, hash: hashOf(body) });
}

const bodyOf = (entry: Omit<PayoutEntry, 'hash'>) => ({
  sequence: entry.sequence,
  previous: entry.previous,
  pool: entry.pool,
  period: entry.period,
  startSlot: entry.startSlot.toString(),
  endSlot: entry.endSlot.toString(),
  manifest: entry.manifest,
  state: encodeState(entry.state),
});

const hashOf = (body: object): string => createHash('sha256').update(JSON.stringify(body)).digest('hex');

function readEntries(path: string): PayoutEntry[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw splitsError('PAYOUTS_BROKEN', `${path} cannot be read: ${(error as Error).message}`, error);
  }
  if (text === '') return [];
  if (!text.endsWith('\n'))
    throw splitsError(
      'PAYOUTS_TORN',
      `${path}:${text.split('\n').length}: the line has no end, so its period was not closed`,
    );
  let previous = GENESIS_HASH;
  return text
    .slice(0, -1)
    .split('\n')
    .map((line, index) => {
      const entry = parsed(line, path, index);
      // The text itself must be what the entry says, or a field that nobody reads could be changed.
      if (entry.sequence !== index + 1 || entry.previous !== previous || entryLine(entry) !== line)
        throw splitsError('PAYOUTS_BROKEN', `${path}:${index + 1}: the line is not what its hash says`);
      previous = entry.hash;
      return entry;
    });
}

function parsed(line: string, path: string, index: number): PayoutEntry {
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch (error) {
    throw splitsError('PAYOUTS_BROKEN', `${path}:${index + 1}: the line is not an entry`, error);
  }
}
