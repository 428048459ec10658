import { z } from 'zod';
import { BPS, parseEth } from '../amounts.ts';
import { checksumAddress, isChecksummed } from '../../../core/execution-address.ts';
import { startOfDay } from '../period.ts';
import type { Moment } from './pool.ts';

/** The scalars of a pool file. YAML is read with every scalar as text, so each is parsed here and nowhere else. */
export const text = z.string('must be text').min(1, 'must not be empty').max(200, 'is too long');

/** Also a file name of a statement, hence the narrow alphabet. */
export const id = z
  .string('must be text')
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    'must be an id: lower-case letters, digits, dot, dash, underscore, at most 63',
  );

export const digits = z
  .string('must be a number')
  .regex(/^(0|[1-9]\d{0,77})$/, 'must be a whole number')
  .transform(BigInt);

const eth = z.string('must be an amount of ETH').transform((value, context) => {
  const wei = parseEth(value);
  if (wei !== null) return wei;
  context.addIssue('must be an amount of ETH in decimals, at most 18 of them');
  return z.NEVER;
});

export const notNegativeEth = eth.refine((wei) => wei >= 0n, 'must not be negative');
export const nonzeroEth = eth.refine((wei) => wei !== 0n, 'must not be zero');
export const positiveEth = eth.refine((wei) => wei > 0n, 'must be more than zero');

/** `1.5%` or a number of basis points. */
export const rate = z.string('must be a rate').transform((value, context) => {
  const percent = /^(\d{1,3})(?:\.(\d{1,2}))?%$/.exec(value);
  const plain = /^\d{1,5}$/.test(value) ? BigInt(value) : null;
  const result =
    percent === null ? plain : BigInt(percent[1] ?? 0) * 100n + BigInt((percent[2] ?? '').padEnd(2, '0'));
  if (result !== null && result <= BPS) return result;
  context.addIssue('must be a rate such as 7.5% or 750 (basis points), at most 100%');
  return z.NEVER;
});

export const moment = z.string('must be a date').transform((value, context): Moment => {
  const epoch = /^epoch:(0|[1-9]\d{0,17})$/.exec(value);
  if (epoch !== null) return { kind: 'epoch', epoch: BigInt(epoch[1] ?? 0) };
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) {
    const ms = startOfDay(value);
    if (ms !== null) return { kind: 'time', ms };
  }
  const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(value) ? Date.parse(value) : NaN;
  // The 30th of February and the 24th hour are taken for the day after.
  if (!Number.isNaN(ms) && new Date(ms).toISOString() === value.replace('Z', '.000Z'))
    return { kind: 'time', ms: BigInt(ms) };
  context.addIssue('must be a UTC date (2026-10-01), a UTC time (2026-10-01T12:00:00Z) or epoch:N');
  return z.NEVER;
});

/** Mixed case must be EIP-55: that is what its checksum is for. */
export const address = z
  .string('must be an address')
  .regex(/^0x[0-9a-fA-F]{40}$/, 'must be 0x and 40 hex digits')
  .refine(isChecksummed, 'has a wrong checksum (EIP-55): a digit was changed or mistyped')
  .transform(checksumAddress)
  .refine((value) => !/^0x0{40}$/.test(value), 'is the zero address');

export const yesNo = z
  .enum(['true', 'false'], 'must be true or false')
  .transform((value) => value === 'true');

export const choice = <const W extends readonly [string, ...string[]]>(words: W) =>
  z.enum(words, `must be one of ${words.join(', ')}`);
