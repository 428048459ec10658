import { z } from 'zod';

/** One word or a list of them. Everything is text: see `parse-access-policy.ts`. */
const words = z.union([z.string(), z.array(z.string()).min(1)], 'must be a word or a list of words');
const text = z.string('must be text').min(1, 'must not be empty');

/** The access file as it is written; what the words mean is checked when they are read. */
export const ACCESS_FILE_SHAPE = z.strictObject(
  {
    clients: z.array(
      z.strictObject(
        {
          'name': text,
          'token-sha256': text.optional(),
          'certificate': z
            .strictObject({ 'common-name': text.optional(), 'fingerprint-sha256': text.optional() })
            .optional(),
          'rate-limit': z.strictObject({ 'per-second': text, 'burst': text.optional() }).optional(),
        },
        'must be an entry with a name',
      ),
      'must be a list of clients',
    ),
    rules: z.array(
      z.strictObject(
        {
          client: text,
          actions: words,
          allow: z.enum(['true', 'false'], 'must be true or false'),
          keys: words.optional(),
          types: words.optional(),
        },
        'must be an entry with client, actions and allow',
      ),
      'must be a list of rules',
    ),
  },
  'must have clients and rules',
);

export type AccessFile = z.infer<typeof ACCESS_FILE_SHAPE>;
export type ClientEntry = AccessFile['clients'][number];
export type RuleEntry = AccessFile['rules'][number];

/** Every name of a field, for suggestions. */
export const FIELD_NAMES = [
  ...['clients', 'name', 'token-sha256', 'certificate', 'common-name', 'fingerprint-sha256'],
  ...['rate-limit', 'per-second', 'burst', 'rules', 'client', 'actions', 'allow', 'keys', 'types'],
];
