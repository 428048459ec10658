/** What a client can be allowed to do. Each is one word in the rules of an access file. */
export const ACTIONS = [
  'sign',
  'list-keys',
  'commit-boost',
  'keymanager-read',
  'keymanager-write',
  'admin',
  'reload',
] as const;

export type Action = (typeof ACTIONS)[number];

/** Actions on one key. The others are on the signer as a whole, so no rule can allow them for some keys only. */
export const KEYED_ACTIONS: readonly Action[] = ['sign', 'list-keys', 'commit-boost'];
