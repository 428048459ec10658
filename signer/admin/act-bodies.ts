import { z } from 'zod';

/** PostgreSQL has no room for a NUL in a text, and would say so in the middle of the act. */
const text = z.string().refine((value) => !value.includes('\0'), 'must not hold a NUL');
const reason = text.min(1).max(500);
const by = text.max(64).optional();
const pubkeys = z.union([z.literal('all'), z.array(z.string()).min(1)]);
const epoch = z.string();

/** What each act of the admin API takes; the same object whether it comes over HTTP or from a verb. */
export const ACT_BODIES = {
  'freeze': z.strictObject({ pubkeys, reason, by }),
  'unfreeze': z.strictObject({ pubkeys, reason, by }),
  'handover': z.strictObject({ pubkeys, out_epoch: epoch, reason, by }),
  'takeover': z.strictObject({ receipt: z.string(), reason, by }),
  'override-floor': z.strictObject({ pubkey: z.string(), source_epoch: epoch, reason, by }),
} as const;

export type ActName = keyof typeof ACT_BODIES;
export type ActBody<Name extends ActName> = z.infer<(typeof ACT_BODIES)[Name]>;

export const ACT_NAMES = Object.keys(ACT_BODIES) as ActName[];
