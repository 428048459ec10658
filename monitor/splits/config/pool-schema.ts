import { z } from 'zod';
import { PRESETS, TAX_FORMATS } from './pool.ts';
import {
  address,
  choice,
  digits,
  id,
  moment,
  nonzeroEth,
  notNegativeEth,
  positiveEth,
  rate,
  text,
  yesNo,
} from './values.ts';

const MAPPING = 'must be a list of "name: value" lines';
const LIST = 'must be a list';

const indices = z
  .string('must be a list of numbers and ranges')
  .regex(/^(0|[1-9]\d{0,18})(-(0|[1-9]\d{0,18}))?$/, 'must be an index or a range such as 1000-1999')
  .transform((value): readonly [bigint, bigint] => {
    const [first = '0', last = first] = value.split('-');
    return [BigInt(first), BigInt(last)];
  })
  .refine(([first, last]) => first <= last, 'has its first index above its last');

const pubkey = z
  .string()
  .regex(/^0x[0-9a-fA-F]{96}$/, 'must be 0x and 96 hex digits')
  .transform((value) => value.toLowerCase());

const validators = z.strictObject(
  {
    all: yesNo.optional(),
    tags: z.array(text, LIST).min(1, 'must name at least one').optional(),
    indices: z.array(indices, LIST).min(1, 'must name at least one').optional(),
    pubkeys: z.array(pubkey, LIST).min(1, 'must name at least one').optional(),
    from: moment.optional(),
    to: moment.optional(),
    operator: id.optional(),
    owners: z.record(z.string(), digits, MAPPING).optional(),
    bond: notNegativeEth.optional(),
    fee: rate.optional(),
  },
  MAPPING,
);

const stakeChange = z.strictObject(
  { from: moment.optional(), eth: notNegativeEth.optional(), units: digits.optional() },
  MAPPING,
);

const participant = z.strictObject(
  {
    'id': id,
    'name': text.optional(),
    'address': address,
    'type': choice(['staker', 'operator', 'treasury']).optional(),
    'stake': z.array(stakeChange, LIST).optional(),
    'minimum-payout': notNegativeEth.optional(),
  },
  MAPPING,
);

const threshold = z.strictObject({ 'network-minus': rate.optional(), 'at-least': rate.optional() }, MAPPING);

const tier = z.strictObject({ 'up-to': positiveEth.optional(), 'rate': rate }, MAPPING);

const commission = z.strictObject(
  {
    to: id,
    basis: choice(['all', 'cl', 'el']).optional(),
    of: choice(['pool', 'own-validators']).optional(),
    rate: rate.optional(),
    tiers: z
      .strictObject(
        {
          kind: choice(['flat', 'marginal']),
          table: z.array(tier, LIST).min(1, 'must have at least one tier'),
        },
        MAPPING,
      )
      .optional(),
    performance: threshold.optional(),
    from: moment.optional(),
    until: moment.optional(),
  },
  MAPPING,
);

const keyTier = z.strictObject({ 'up-to-key': digits.optional(), 'rate': rate }, MAPPING);
const keyTiers = z.array(keyTier, LIST).min(1, 'must have at least one tier');

const csmOperator = z.strictObject(
  {
    'node-operator-id': digits.optional(),
    'reward-share': keyTiers.optional(),
    'leeway': keyTiers.optional(),
  },
  MAPPING,
);

const shapes = {
  csm: z.strictObject(
    {
      'reward-share': keyTiers.optional(),
      'leeway': keyTiers.optional(),
      'operators': z.record(z.string(), csmOperator, MAPPING).optional(),
    },
    MAPPING,
  ),
  megapool: z.strictObject({ 'voters': id, 'voters-share': rate, 'dao': id, 'dao-share': rate }, MAPPING),
  pool: z.strictObject(
    { name: text, network: z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be a network name') },
    MAPPING,
  ),
  weights: z.strictObject(
    {
      by: choice(['stake', 'units', 'validators']),
      measure: choice(['slots', 'effective-balance', 'duties', 'income']).optional(),
    },
    MAPPING,
  ),
  performance: z.strictObject(
    {
      'action': choice(['none', 'scale', 'zero']).optional(),
      'network-minus': rate.optional(),
      'at-least': rate.optional(),
      'weights': z
        .strictObject({ attestations: digits, proposals: digits, sync: digits }, MAPPING)
        .optional(),
    },
    MAPPING,
  ),
  loss: z.strictObject(
    {
      policy: choice(['operator-bond-first', 'pro-rata', 'high-water-mark']).optional(),
      bonds: z.record(z.string(), notNegativeEth, MAPPING).optional(),
    },
    MAPPING,
  ),
  income: z.strictObject(
    {
      cl: yesNo.optional(),
      el: yesNo.optional(),
      mev: yesNo.optional(),
      unresolved: choice(['exclude', 'hold', 'lower-bound']).optional(),
    },
    MAPPING,
  ),
  merkle: z.strictObject(
    { 'kind': choice(['period', 'cumulative']), 'pad-single': yesNo.optional() },
    MAPPING,
  ),
  tax: z.strictObject(
    {
      basis: choice(['payout', 'accrual']).optional(),
      formats: z.array(choice(TAX_FORMATS), LIST).optional(),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/, 'must be a currency code such as EUR')
        .optional(),
    },
    MAPPING,
  ),
};

const expense = z.strictObject({ label: text, on: moment, eth: positiveEth, to: id.optional() }, MAPPING);

const adjustment = z.strictObject(
  {
    'label': text,
    'on': moment,
    'eth': nonzeroEth,
    'basis': choice(['cl', 'el']).optional(),
    'from-held': yesNo.optional(),
    'validator': digits.optional(),
  },
  MAPPING,
);

/** What a pool file may hold. */
export const poolSchema = z.strictObject(
  {
    'version': z.literal('1', 'must be 1'),
    'pool': shapes.pool,
    'preset': choice(PRESETS).optional(),
    'validators': z.array(validators, LIST).min(1, 'must select at least one'),
    'participants': z.array(participant, LIST).min(1, 'must have at least one'),
    'commission': z.array(commission, LIST).optional(),
    'weights': shapes.weights.optional(),
    'performance': shapes.performance.optional(),
    'loss': shapes.loss.optional(),
    'income': shapes.income.optional(),
    'expenses': z.array(expense, LIST).optional(),
    'adjustments': z.array(adjustment, LIST).optional(),
    'minimum-payout': notNegativeEth.optional(),
    'rounding': z
      .string()
      .regex(
        /^(largest-remainder|carry|floor-to:.+)$/,
        'must be largest-remainder, carry or floor-to:PARTICIPANT',
      )
      .optional(),
    'merkle': shapes.merkle.optional(),
    'tax': shapes.tax.optional(),
    'csm': shapes.csm.optional(),
    'megapool': shapes.megapool.optional(),
  },
  MAPPING,
);

export type PoolFile = z.infer<typeof poolSchema>;
export type ValidatorsEntry = z.infer<typeof validators>;
export type ParticipantEntry = z.infer<typeof participant>;
export type CommissionEntry = z.infer<typeof commission>;
export type KeyTierEntry = z.infer<typeof keyTier>;
export type ThresholdEntry = z.infer<typeof threshold>;

const BY_PATH: Readonly<Record<string, z.ZodObject>> = {
  '': poolSchema,
  'validators': validators,
  'participants': participant,
  'participants.stake': stakeChange,
  'commission': commission,
  'commission.tiers.table': tier,
  'commission.performance': threshold,
  'expenses': expense,
  'adjustments': adjustment,
  'pool': shapes.pool,
  'weights': shapes.weights,
  'performance': shapes.performance,
  'loss': shapes.loss,
  'income': shapes.income,
  'csm': shapes.csm,
  'csm.reward-share': keyTier,
  'csm.leeway': keyTier,
  'megapool': shapes.megapool,
  'merkle': shapes.merkle,
  'tax': shapes.tax,
};

/** The names that an object at this path may have, for "did you mean". */
export function namesAt(path: readonly PropertyKey[]): readonly string[] {
  const named = path.filter((part) => typeof part === 'string').join('.');
  return Object.keys(BY_PATH[named]?.shape ?? {});
}
