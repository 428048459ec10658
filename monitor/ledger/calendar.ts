import { startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { slot, type Epoch, type Slot } from '../../core/units.ts';
import { ledgerError } from './ledger-errors.ts';

/** Which slots make a day of the ledger. A slot is in the day in which it starts. */
export interface LedgerCalendar {
  /** As it is written in the configuration: `utc`, a time zone, `epochs:N`. */
  readonly name: string;
  /** `yyyy-mm-dd`; later days are greater. */
  dayOf(at: Slot): string;
  /** The slots inside an epoch, not its first, at which a new day starts. */
  cuts(at: Epoch): Slot[];
}

const MS_PER_DAY = 86_400_000n;
const EPOCHS = /^epochs:([1-9]\d{0,8})$/;
/** `+02:00` is no place, so its days have no summer time: hardly what a tax office counts by. */
const ZONE = /^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/;

type DayOf = (at: Slot) => string;

/** @throws LEDGER_CALENDAR_INVALID */
export function parseCalendar(text: string, spec: ChainSpec): LedgerCalendar {
  if (text === 'utc') return calendar('utc', utcDays(spec), spec);
  if (text.startsWith('epochs:')) return epochCalendar(text, spec);
  return zoneCalendar(text, spec);
}

const msOfSlot = (at: Slot, spec: ChainSpec): number =>
  Number(spec.genesisTimeSeconds * 1000n + at * BigInt(spec.slotDurationMs));

const utcDays =
  (spec: ChainSpec): DayOf =>
  (at) =>
    new Date(msOfSlot(at, spec)).toISOString().slice(0, 10);

/**
 * Periods of so many epochs from genesis, named by the UTC day in which they start. Shorter ones than a day would share
 * a name, so there are none.
 */
function epochCalendar(text: string, spec: ChainSpec): LedgerCalendar {
  const epochs = EPOCHS.exec(text)?.[1];
  if (epochs === undefined)
    throw ledgerError(
      'LEDGER_CALENDAR_INVALID',
      `"${shown(text)}" is no number of epochs; write epochs:225 for 225`,
    );
  const slots = BigInt(epochs) * spec.slotsPerEpoch;
  const durationMs = slots * BigInt(spec.slotDurationMs);
  if (durationMs < MS_PER_DAY) {
    const epochMs = spec.slotsPerEpoch * BigInt(spec.slotDurationMs);
    const least = (MS_PER_DAY + epochMs - 1n) / epochMs;
    throw ledgerError(
      'LEDGER_CALENDAR_INVALID',
      `${epochs} epochs are shorter than a day; on this network it takes ${least}`,
    );
  }
  const utc = utcDays(spec);
  return calendar(text, (at) => utc(slot(at - (at % slots))), spec);
}

function zoneCalendar(text: string, spec: ChainSpec): LedgerCalendar {
  if (!ZONE.test(text)) throw unknownZone(text);
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en', {
      timeZone: text,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
  } catch (error) {
    throw unknownZone(text, error);
  }
  const dayOf: DayOf = (at) => {
    const parts = format.formatToParts(msOfSlot(at, spec));
    const part = (type: 'year' | 'month' | 'day') => parts.find((each) => each.type === type)?.value ?? '';
    return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
  };
  return calendar(text, dayOf, spec);
}

function calendar(name: string, dayOf: DayOf, spec: ChainSpec): LedgerCalendar {
  return {
    name,
    dayOf,
    cuts(at) {
      const first = startSlotOfEpoch(spec, at);
      const last = slot(first + spec.slotsPerEpoch - 1n);
      const cuts: Slot[] = [];
      // Almost every epoch is within one day: its ends tell.
      let day = dayOf(first);
      if (day === dayOf(last)) return cuts;
      for (let each = slot(first + 1n); each <= last; each = slot(each + 1n)) {
        const next = dayOf(each);
        if (next !== day) cuts.push(each);
        day = next;
      }
      return cuts;
    },
  };
}

const shown = (text: string): string => text.slice(0, 64);

const unknownZone = (text: string, cause?: unknown): Error =>
  ledgerError(
    'LEDGER_CALENDAR_INVALID',
    `"${shown(text)}" is neither utc nor epochs:N nor a time zone that is known here`,
    cause,
  );
