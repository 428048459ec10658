import { mutantsOf, type Mutant } from './mutant.ts';

/** Bugs in what a database tells another, and in what it says of a message that was seen. */
export const MUTANTS_OF_COPIES: readonly Mutant[] = [
  ...mutantsOf(
    'slashing-db/merge-state.ts',
    ['a copy brings a deleted key back', "['known', 'active', 'deleted']", "['known', 'deleted', 'active']"],
    [
      'a copy does not raise watermarks',
      'records.push(...ledger.merge(pubkey, key));',
      'records.push(...ledger.merge(pubkey, { block: null, attestation: null }));',
    ],
    ['a copy forgets the freeze of a key', 'frozen: ours.frozen ?? other.frozen,', 'frozen: ours.frozen,'],
    [
      'a copy forgets the freeze of all keys',
      'frozen: ours.frozen ?? beforeCopy(theirs.frozen),',
      'frozen: ours.frozen,',
    ],
    [
      'a copy forgets the boot floor',
      'theirs.floor === null ? ours.floor : higherFloor(ours.floor, theirs.floor)',
      'ours.floor',
    ],
    ['a copy forgets that a floor is owed', 'ours.floorOwed ?? theirs.floorOwed', 'ours.floorOwed'],
  ),
  ...mutantsOf(
    'slashing-db/handover/merge-handover.ts',
    ['a copy takes the later of two hand-overs', 'theirOut < ourOut', 'theirOut > ourOut'],
    ['a copy forgets that a key was given away', 'ours.outEpoch;', 'null;'],
    ['a copy of what was copied before brings a key back', 'comeBack && answers', 'answers'],
    [
      'a copy brings a key back that was given on at the epoch it came',
      'one.inEpoch > other.inEpoch',
      'one.inEpoch >= other.inEpoch',
    ],
    [
      'a copy ends the hand-over that it should not',
      'one.inEpoch < other.outEpoch',
      'one.inEpoch + 1n < other.outEpoch',
    ],
  ),
  ...mutantsOf(
    'slashing-db/under-way.ts',
    ['nobody waits for the last signature', 'count > 0);', 'count > 1);'],
    ['the wait ends with the first of two signatures', 'ofKey.count > 0 || ', ''],
  ),
  ...mutantsOf(
    'slashing-db/history/judge-seen.ts',
    [
      'lost records accuse a stranger',
      "if (protection.floorOwed !== null) return 'records may be lost';",
      '',
    ],
    ['records that were removed accuse a stranger', '(pruned ? MARGIN_SLOTS : 0n)', '0n'],
    [
      'what was signed before a key came here accuses a stranger',
      "type === 'admit-key' && first <= by",
      "type === 'admit-key' && first < 0n",
    ],
    [
      'what was signed after a hand-over accuses a stranger',
      'outEpoch !== null && epochOf(spec, message) >= outEpoch',
      'outEpoch !== null && epochOf(spec, message) > outEpoch',
    ],
    ['a watermark is no record of its message', 'if (isWatermark(message, status)) return SIGNED;', ''],
    [
      'another message of the same duty is no offence',
      'if (recorded.length > 0) {',
      'if (recorded.length > 1e6) {',
    ],
  ),
];
