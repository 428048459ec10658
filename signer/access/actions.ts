/** What a client can be allowed to do. Each is one word in the rules of an access file. */
export const ACTIONS = [
  'sign',
  'list-keys',
  'commit-boost',
  'keymanager-read',
  'keymanager-write',
  'admin',
  'history-read',
  'freeze',
  'reload',
] as const;

export type Action = (typeof ACTIONS)[number];

/**
 * What a word stands for besides itself. `admin` had both in it before they had names of their own; they are for those
 * who watch and stop, and are not to do anything else.
 */
export const IMPLIED: Readonly<Partial<Record<Action, readonly Action[]>>> = {
  admin: ['history-read', 'freeze'],
};

/** Actions on one key. The others are on the signer as a whole, so no rule can allow them for some keys only. */
export const KEYED_ACTIONS: readonly Action[] = ['sign', 'list-keys', 'commit-boost'];
