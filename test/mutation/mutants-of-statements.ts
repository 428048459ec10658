import { mutantsOf, type Mutant } from './mutant.ts';

const POSTGRES = 'slashing-db/storage/postgres';

/** Bugs in the statements by which a server holds signatures and acts to the rules itself. */
export const MUTANTS_OF_STATEMENTS: readonly Mutant[] = [
  ...mutantsOf(
    `${POSTGRES}/sign-statement.ts`,
    [
      'a batch does not wait at the row of its signer',
      "const LOCK_INSTANCE = 'SELECT 1 FROM instances WHERE name = $1 FOR UPDATE';",
      "const LOCK_INSTANCE = 'SELECT 1 FROM instances WHERE name = $1';",
    ],
    [
      'a batch does not wait at its keys',
      'ORDER BY pubkey FOR UPDATE) AS locked',
      'ORDER BY pubkey) AS locked',
    ],
    [
      'a batch locks keys in another order than acts',
      'ORDER BY pubkey FOR UPDATE) AS locked',
      'ORDER BY pubkey DESC FOR UPDATE) AS locked',
    ],
    ['SQL signs with keys that are not active', "k.state = 'active' AND", ''],
    ['SQL signs with frozen keys', "k.state = 'active' AND k.frozen_reason IS NULL", "k.state = 'active'"],
    [
      'SQL lets a second block for the slot of a shared key through',
      'OR c.slot > k.slot',
      'OR c.slot >= k.slot',
    ],
    ['SQL takes any root for the repeat of a block', 'AND c.block_root = k.block_root))', '))'],
    ['SQL lets the source be after the target', 'c.source <= c.target AND', ''],
    [
      'SQL lets a second vote for the target of a shared key through',
      'OR (c.target > k.target AND',
      'OR (c.target >= k.target AND',
    ],
    ['SQL lets a vote surround', 'AND c.source >= k.source)', ')'],
    ['SQL takes another source for a repeat', 'AND c.source = k.source AND c.vote_root', 'AND c.vote_root'],
    ['SQL takes any root for the repeat of a vote', 'AND c.vote_root = k.vote_root)', ')'],
    ['SQL takes what it cannot tell for safe', ') IS TRUE AS well', ') IS NOT FALSE AS well'],
    ['a batch is written whichever process holds the place', 'AND owner = $8', 'AND $8::text IS NOT NULL'],
    ['a batch is written over an earlier connection', 'AND generation = $9', 'AND $9::int8 IS NOT NULL'],
    ['a batch is written whatever was written since', 'AND sequence = $10', 'AND $10::int8 IS NOT NULL'],
    ['a batch is written without knowing of all acts', 'WHERE revision = $11', 'WHERE $11::int8 IS NOT NULL'],
    [
      'a batch is written although one of its keys is in the way',
      'WHERE ours AND fresh AND clear',
      'WHERE ours AND fresh',
    ],
    ['SQL does not store the slot', 'THEN c.slot ELSE k.slot END', 'THEN k.slot ELSE k.slot END'],
    [
      'SQL does not store the source of a shared key',
      'THEN c.source ELSE k.source END',
      'THEN coalesce(k.source, 0) ELSE k.source END',
    ],
    [
      'SQL keeps the root of the vote before',
      'THEN c.vote_root ELSE k.vote_root END',
      'THEN k.vote_root ELSE k.vote_root END',
    ],
    [
      'SQL forgets what it signed itself',
      'THEN c.target ELSE k.signed_target END',
      'THEN k.signed_target ELSE k.signed_target END',
    ],
    [
      'a repeat writes to the row of its key',
      'AND (c.slot > coalesce(k.slot, -1) OR c.target > coalesce(k.target, -1))',
      '',
    ],
    [
      'a batch leaves no history',
      'verdict, reason, hash), go\n)',
      'verdict, reason, hash), go WHERE false\n)',
    ],
    [
      'the sequence of a signer does not step',
      'SET sequence = sequence + 1, history_index',
      'SET sequence = sequence, history_index',
    ],
    ['the slot of a batch is not kept', 'greatest(latest_slot, $14)', 'least(latest_slot, $14)'],
    ['who stood in the way is not told', 'ON NOT v.clear`;', 'ON v.clear`;'],
    [
      'a lost place is taken for success',
      "if (first?.['ours'] !== true) return null;",
      "if (first?.['ours'] !== true) return { kind: 'committed' };",
    ],
    [
      'a conflict is taken for success',
      "first['fresh'] === true && first['clear'] === true)",
      "first['fresh'] === true)",
    ],
  ),
  ...mutantsOf(
    `${POSTGRES}/act-statements.ts`,
    ['an act may lower a slot', 'excluded.slot > k.slot', 'excluded.slot >= 0'],
    ['an act may change the root of a block', 'OR excluded.block_root = k.block_root', 'OR true'],
    ['an act may lower a source', 'excluded.source >= k.source AND', ''],
    ['an act may lower a target', 'excluded.target >= k.target AND', ''],
    ['an act may change the root of a vote', 'AND excluded.vote_root = k.vote_root', ''],
    ['an act may undo a hand-over', 'OR excluded.in_epoch >= k.out_epoch)', 'OR excluded.out_epoch IS NULL)'],
    ['an act may lower the source of the floor', 'AND $5 >= floor_source', 'AND $5::int8 IS NOT NULL'],
    [
      'the rows that an act changed are not marked',
      'revision = excluded.revision\n',
      'revision = k.revision\n',
    ],
    [
      'an act does not count for the others',
      'UPDATE protection SET revision = $1 WHERE',
      'UPDATE protection SET revision = least(revision, $1) WHERE',
    ],
    ['an act leaves no history', 'if (decisions.length > 0) steps', 'if (decisions.length < 0) steps'],
    [
      'an act does not step the sequence',
      'SET sequence = sequence + 1, history_index',
      'SET sequence = sequence, history_index',
    ],
    [
      "the operator's word on the clock is not written",
      'if (latestSlot !== null) {',
      'if (latestSlot !== null && Boolean(0)) {',
    ],
  ),
];
