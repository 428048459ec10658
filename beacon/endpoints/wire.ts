import { z } from 'zod';
import { parseUint64, UINT64_MAX } from '../../core/uint64.ts';
import { parsePubkey, parseRoot, type Pubkey, type Root } from '../../core/units.ts';

/**
 * The values of the Beacon API as they come over the wire. Integers are decimal strings by the specification, JSON
 * numbers by some clients; a number is taken while it is exact, because `JSON.parse` has rounded it beyond that.
 */

const DECIMAL = /^(0|[1-9][0-9]{0,19})$/;
const SIGNED = /^(0|-?[1-9][0-9]{0,18})$/;
const FRACTIONAL = /^(0|-?[1-9][0-9]{0,18}|-?(?:0|[1-9][0-9]{0,18})\.[0-9]{1,20})$/;

/** A schema from a function that gives the value, or throws what is wrong with it. */
function read<T>(from: (value: unknown) => T): z.ZodType<T> {
  return z.unknown().transform((value, context) => {
    try {
      return from(value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });
}

function decimalText(value: unknown, pattern: RegExp, what: string): string {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? value.toString() : value;
  if (typeof text !== 'string' || !pattern.test(text)) throw new Error(`must be ${what}`);
  return text;
}

function wireUint64(value: unknown): bigint {
  const number = BigInt(decimalText(value, DECIMAL, 'a decimal uint64'));
  if (number > UINT64_MAX) throw new Error('must be a decimal uint64');
  return number;
}

export const uint64: z.ZodType<bigint> = read(wireUint64);

/** For what tells one network from another: no generosity there. */
export const strictUint64: z.ZodType<bigint> = read((value) => parseUint64(value, 'it'));

/** Rewards and penalties. */
export const signedGwei: z.ZodType<bigint> = read((value) =>
  BigInt(decimalText(value, SIGNED, 'a decimal integer')),
);

/** What some clients compute in floating point, cut to whole Gwei; `exact` is false when something was cut. */
export const wholeGwei: z.ZodType<{ readonly gwei: bigint; readonly exact: boolean }> = read((value) => {
  const text = typeof value === 'number' && Number.isFinite(value) ? value.toString() : value;
  const [whole = '', fraction = ''] = decimalText(text, FRACTIONAL, 'a decimal number').split('.');
  return { gwei: BigInt(whole === '-0' ? '0' : whole), exact: /^0*$/.test(fraction) };
});

export const root: z.ZodType<Root> = read((value) => parseRoot(value, 'it'));
export const pubkey: z.ZodType<Pubkey> = read((value) => parsePubkey(value, 'it'));

/** Validator indices as compact numbers: a million of them come each epoch, and each fits 32 bits for ages to come. */
export const indexList: z.ZodType<Uint32Array> = read((value) => {
  if (!Array.isArray(value)) throw new Error('must be a list of validator indices');
  const indices = new Uint32Array(value.length);
  for (const [at, each] of value.entries()) {
    const index = Number(decimalText(each, DECIMAL, 'a list of validator indices'));
    if (index > 0xffff_ffff) throw new Error('must be a list of validator indices below 2^32');
    indices[at] = index;
  }
  return indices;
});
