import type { MessageType } from '../messages/registry.ts';

/** `named`: irreversible, so it is in no group, not even in `all`. `other`: in `all`, in no narrower group. */
type Group = 'attesting' | 'proposing' | 'sync' | 'other' | 'named';

/**
 * The group of every message type. A duty's group has all that the duty needs: without RANDAO_REVEAL a client that may
 * propose could not. Only the type of the registry is imported: its values would load the SSZ types, whose preset is
 * not known yet when an access file is read.
 */
const GROUP_OF: Readonly<Record<MessageType, Group>> = {
  BLOCK: 'proposing',
  BLOCK_V2: 'proposing',
  RANDAO_REVEAL: 'proposing',
  VALIDATOR_REGISTRATION: 'proposing',
  PROPOSER_PREFERENCES: 'proposing',
  EXECUTION_PAYLOAD_ENVELOPE: 'proposing',
  BUILDER_REQUEST_AUTH: 'proposing',
  ATTESTATION: 'attesting',
  AGGREGATION_SLOT: 'attesting',
  AGGREGATE_AND_PROOF: 'attesting',
  AGGREGATE_AND_PROOF_V2: 'attesting',
  PAYLOAD_ATTESTATION_MESSAGE: 'attesting',
  SYNC_COMMITTEE_MESSAGE: 'sync',
  SYNC_COMMITTEE_SELECTION_PROOF: 'sync',
  SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF: 'sync',
  // A builder's promise to pay: no duty of a validator.
  EXECUTION_PAYLOAD_BID: 'other',
  VOLUNTARY_EXIT: 'named',
  DEPOSIT: 'named',
  BLS_TO_EXECUTION_CHANGE: 'named',
};

export type PolicyType = keyof typeof GROUP_OF;

/** Every type that a rule can name. */
export const POLICY_TYPES = Object.keys(GROUP_OF) as PolicyType[];

export const TYPE_GROUPS = ['attesting', 'proposing', 'sync', 'all'] as const;
type TypeGroup = (typeof TYPE_GROUPS)[number];

const isType = (word: string): word is PolicyType => Object.hasOwn(GROUP_OF, word);
const isGroup = (word: string): word is TypeGroup => (TYPE_GROUPS as readonly string[]).includes(word);

/** Irreversible types, which an allowing rule has to name. */
export const mustBeNamed = (type: PolicyType): boolean => GROUP_OF[type] === 'named';

/**
 * The types that a word of a rule stands for, or null when it is none.
 * @param allow in a rule that allows, `all` leaves out what must be named; one that denies, denies these too
 */
export function typesOf(word: string, allow: boolean): readonly PolicyType[] | null {
  if (word === '*') return typesOf('all', allow);
  if (isType(word)) return [word];
  if (!isGroup(word)) return null;
  return POLICY_TYPES.filter((type) =>
    word === 'all' ? !(allow && mustBeNamed(type)) : GROUP_OF[type] === word,
  );
}

const WIDEST_FIRST: readonly TypeGroup[] = ['all', 'attesting', 'proposing', 'sync'];

/** The shortest way to write these types in a rule that allows: groups that are whole, then what is left. */
export function wordsOf(types: readonly PolicyType[]): string[] {
  const words: string[] = [];
  let left = types;
  for (const group of WIDEST_FIRST) {
    const whole = typesOf(group, true) ?? [];
    if (whole.length === 0 || !whole.every((type) => left.includes(type))) continue;
    words.push(group);
    left = left.filter((type) => !whole.includes(type));
  }
  return [...words, ...left];
}

export const isPolicyType = isType;
