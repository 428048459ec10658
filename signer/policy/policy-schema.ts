import { z } from 'zod';
import { GATED_TYPES } from '../../core/config/gated-types.ts';
import { UINT64_MAX } from '../../core/uint64.ts';
import { BLOCK_FEE_RECIPIENT, type GasLimitRange } from './policy.ts';

/** Lifts for one key what is said of all. */
const any = z.literal('any').transform(() => null);

const address = z
  .string('must be text')
  .regex(/^0x[0-9a-fA-F]{40}$/, 'must be 0x and 40 hex digits')
  .transform((text) => text.toLowerCase());

const uint64 = z
  .string('must be a number')
  .regex(/^(0|[1-9][0-9]{0,19})$/, 'must be decimal digits')
  .transform(BigInt)
  .refine((value) => value <= UINT64_MAX, 'must be below 2^64');

const range = z
  .strictObject({ min: uint64.optional(), max: uint64.optional() }, 'must be {min: N, max: N} or any')
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'needs min or max')
  .transform(({ min = 0n, max = UINT64_MAX }): GasLimitRange => ({ min, max }))
  .refine(({ min, max }) => min <= max, 'has a min above its max');

const rules = {
  // An empty list could be meant as any or as none.
  'fee-recipients': z
    .union([any, z.array(address, 'must be a list or any').min(1, 'must name at least one address')])
    .optional(),
  'gas-limit': z.union([any, range]).optional(),
  'allow': z
    .array(z.enum(GATED_TYPES, `must be one of ${GATED_TYPES.join(', ')}`), 'must be a list')
    .optional(),
};

const choice = `must be one of ${BLOCK_FEE_RECIPIENT.join(', ')}`;

const entry = z.strictObject(rules, 'must be a list of "name: value" lines');

/** What a policy file may hold; every scalar comes as text. */
export const policySchema = z.strictObject(
  {
    ...rules,
    'block-fee-recipient': z.enum(BLOCK_FEE_RECIPIENT, choice).optional(),
    'keys': z.record(z.string(), entry, 'must be a list of keys').optional(),
  },
  'must be a list of "name: value" lines',
);

export type PolicyEntry = z.infer<typeof entry>;

/** The names that an object at this path may have, for "did you mean". */
export function namesAt(path: readonly PropertyKey[]): readonly string[] {
  if (path.at(-1) === 'gas-limit') return ['min', 'max'];
  return Object.keys(path[0] === 'keys' ? rules : policySchema.shape);
}
