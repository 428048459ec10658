import { oneOfWords, text, type Schema } from '../../../core/openapi/schema.ts';
import { epoch, parsePubkey, slot, type Pubkey } from '../../../core/units.ts';
import { SQL_MAX } from '../../store/index.ts';
import type { Parameter } from './parameter.ts';

const DIGITS = '^(0|[1-9][0-9]{0,18})$';
const MAX_LISTED = 100;

function whole(value: string): bigint {
  if (!new RegExp(DIGITS).test(value)) throw new Error('must be a number in decimal digits');
  const parsed = BigInt(value);
  if (parsed > SQL_MAX) throw new Error(`must be at most ${SQL_MAX}`);
  return parsed;
}

const numbered = <T>(description: string, brand: (value: bigint) => T): Parameter<T> => ({
  description,
  schema: text(DIGITS),
  parse: (value) => brand(whole(value)),
});

export const fromEpoch = numbered('First epoch.', epoch);
export const toEpoch = numbered('Last epoch, included.', epoch);
export const fromSlot = numbered('First slot.', slot);
export const toSlot = numbered('Last slot, included.', slot);

function aDay(value: string): string {
  const date = /^\d{4}-\d\d-\d\d$/.test(value) ? new Date(`${value}T00:00:00Z`) : null;
  // 30 February is taken for a day of March.
  if (date === null || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== value)
    throw new Error('must be a day as yyyy-mm-dd');
  return value;
}

const day = (description: string): Parameter<string> => ({
  description,
  schema: text('^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
  parse: aDay,
});
export const fromDay = day("First day of the ledger's calendar.");
export const toDay = day('Last day, included.');

export const limit: Parameter<number> = {
  description: 'Rows of a page: 1 to 1000; 100 when nothing is said.',
  schema: { type: 'integer', minimum: 1, maximum: 1000 },
  parse(value) {
    const parsed = whole(value);
    if (parsed < 1n || parsed > 1000n) throw new Error('must be between 1 and 1000');
    return Number(parsed);
  },
};

export const cursor: Parameter<string> = {
  description: '`next` of the page before; the rest of the request must be the same.',
  schema: text('^[0-9]+(\\.[0-9]+)*$'),
  parse(value) {
    if (!/^\d{1,19}(\.\d{1,19}){0,3}$/.test(value)) throw new Error('is not one that this API gave out');
    return value;
  },
};

export function word<const Words extends readonly string[]>(
  description: string,
  ...words: Words
): Parameter<Words[number]> {
  return {
    description,
    schema: oneOfWords(...words),
    parse(value) {
      if (!words.includes(value)) throw new Error(`must be ${words.join(' or ')}`);
      return value;
    },
  };
}

/** Several words, separated by commas. */
export function words<const Words extends readonly string[]>(
  description: string,
  ...known: Words
): Parameter<Words[number][]> {
  const one = word('', ...known);
  return {
    description: `${description} Several are separated by commas.`,
    schema: text(`^(${known.join('|')})(,(${known.join('|')}))*$`),
    parse: (value) => value.split(',').map((part) => one.parse(part)),
  };
}

export const order = word(
  'Which end of the list comes first; `newest` when nothing is said.',
  'newest',
  'oldest',
);

export const group: Parameter<string> = {
  description: 'Only validators of this group.',
  schema: { type: 'string', minLength: 1, maxLength: 64 },
  parse(value) {
    if (value === '' || value.length > 64) throw new Error('must have 1 to 64 characters');
    return value;
  },
};

/** An index, or a pubkey. */
export type ValidatorName = number | Pubkey;

const VALIDATOR: Schema = text('^((0|[1-9][0-9]{0,9})|0x[0-9a-fA-F]{96})$');

export const validator: Parameter<ValidatorName> = {
  description: 'A validator by its index or its pubkey.',
  schema: VALIDATOR,
  parse(value) {
    if (/^(0|[1-9]\d{0,9})$/.test(value)) return Number(value);
    if (/^0x[0-9a-f]{96}$/i.test(value)) return parsePubkey(value, 'the pubkey');
    throw new Error('must be the index of a validator or its pubkey of 96 hex digits with 0x');
  },
};

export const validators: Parameter<readonly ValidatorName[]> = {
  description: `Only these validators, by index or pubkey, separated by commas; at most ${MAX_LISTED}.`,
  schema: { type: 'string', minLength: 1 },
  parse(value) {
    const names = value.split(',');
    if (names.length > MAX_LISTED) throw new Error(`names more than ${MAX_LISTED} validators`);
    return names.map((name) => validator.parse(name));
  },
};
