import { mutantsOf, type Mutant } from './mutant.ts';

const POSTGRES = 'slashing-db/storage/postgres';

/** Bugs in the storage on a server: in its statements, its fence, its connection, and how it comes back. */
export const MUTANTS_OF_POSTGRES: readonly Mutant[] = [
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
  ...mutantsOf(
    `${POSTGRES}/run-act.ts`,
    [
      'an act that does not fit is committed',
      'answers[at]?.length !== rows',
      '(answers[at]?.length ?? 0) > rows',
    ],
    ['an act does not look in whose place it is', '!isAsLeft(row, seat.instance) || revision', 'revision'],
    [
      'it is not known what act was under way',
      'seat.sends({ head, records: writes.records });',
      'void head;',
    ],
    [
      'an act leaves its transaction open when it has nothing to write',
      'await seat.ask([ROLLBACK]);\n      return;',
      'return;',
    ],
    [
      'an act counts before its commit',
      'await seat.ask([COMMIT], ACT_MS);',
      'seat.ask([COMMIT], ACT_MS).catch(() => undefined);',
    ],
  ),
  ...mutantsOf(
    `${POSTGRES}/read-state.ts`,
    ['acts do not wait for acts of others', 'text: `${PROTECTION} FOR UPDATE`', 'text: PROTECTION'],
    [
      'acts do not wait for signatures',
      'OR revision > $2 ORDER BY pubkey FOR UPDATE',
      'OR revision > $2 ORDER BY pubkey',
    ],
    [
      'an act sees nothing of the acts before it',
      'OR revision > $2 ORDER',
      'OR (revision > $2 AND false) ORDER',
    ],
    ['a look misses the last act', 'WHERE revision > $1 ORDER', 'WHERE revision > $1 + 1 ORDER'],
  ),
  ...mutantsOf(
    `${POSTGRES}/instance-row.ts`,
    [
      'who takes a place does not raise its generation',
      'generation = generation + 1',
      'generation = generation',
    ],
    [
      'an act does not wait at the row of its signer',
      "text: 'SELECT * FROM instances WHERE name = $1 FOR UPDATE'",
      "text: 'SELECT * FROM instances WHERE name = $1'",
    ],
    [
      'lost watermarks of a server are not seen',
      'greatest(0, max(k.target), max(p.floor_target))',
      'greatest(9223372036854775807, max(k.target), max(p.floor_target))',
    ],
    [
      'the history of a server is not held against the anchors',
      'kept.get(index) ?? null',
      'kept.get(index + BigInt(1e9)) ?? null',
    ],
  ),
  ...mutantsOf(
    `${POSTGRES}/judge-return.ts`,
    [
      'another database is taken for the one that was lost',
      'found.databaseId !== known.databaseId',
      'Boolean(0)',
    ],
    ['a signer that is gone is not missed', 'now?.id !== before.id', 'now === null'],
    ['lost commits are not seen', 'now.sequence < before.sequence', 'Boolean(0)'],
    [
      'lost acts of others are not seen',
      "(found.protection?.['revision'] as bigint) < known.revision",
      'Boolean(0)',
    ],
    ['a later process in the place is not seen', 'now.owner !== before.owner', 'Boolean(0)'],
    [
      'an earlier run of the process is taken for this one',
      "if (now.generation < before.generation) throw rolledBack('an earlier run",
      "if (Boolean(0)) throw rolledBack('an earlier run",
    ],
    ['any history of the same length will do', ' && now.head.hash === before.head.hash', ''],
    ['any commit is taken for the one that was lost', ' && now.head.hash === underWay.hash', ''],
    [
      'who lifts the freeze after a rollback owes no floor',
      'coalesce(floor_owed, $2)',
      'coalesce(floor_owed, nullif($2, $2))',
    ],
    [
      'the freeze after a rollback may be taken for a lost act',
      'revision = revision + ${BEYOND}',
      'revision = revision + ${BEYOND * 0}',
    ],
  ),
  ...mutantsOf(
    `${POSTGRES}/take-seat-again.ts`,
    [
      'a database that comes back is not looked at',
      'judgeReturn(seat.known, found, seat.underWay?.head ?? null)',
      "(void found, void judgeReturn, 'not committed' as 'committed' | 'not committed')",
    ],
    [
      'who comes back does not shut out what is still under way',
      'raiseGeneration(name, owner), ...allState',
      '(void raiseGeneration, void owner, lockInstance(name)), ...allState',
    ],
    ['a lost commit that came through is not noted', "if (settled === 'committed') seat.committed();", ''],
    [
      'who sees a rollback on coming back keeps it to himself',
      "if (isVigilError(error, 'DB_ROLLED_BACK')) await",
      "if (isVigilError(error, 'DB_FENCED')) await",
    ],
  ),
  ...mutantsOf(
    `${POSTGRES}/enter-database.ts`,
    [
      'who sees a rollback at the start keeps it to himself',
      "if (ours && isVigilError(error, 'DB_ROLLED_BACK'))",
      "if (ours && isVigilError(error, 'DB_FENCED'))",
    ],
    [
      'whoever has an anchor of another database stops all signers',
      'before !== null && options.anchored.has(before.id)',
      'before !== null',
    ],
    [
      'the debt of a floor is not written to the server',
      'coalesce($1, floor_owed)',
      'coalesce(nullif($1, $1), floor_owed)',
    ],
  ),
  ...mutantsOf(
    `${POSTGRES}/look-for-acts.ts`,
    [
      'a look does not see that the place is another`s',
      '!isAsLeft(row, seat.instance) || revision',
      'revision',
    ],
    ['a look does not see that acts were lost', ' || revision < seat.revision) throw', ') throw'],
    ['retention removes nothing on a server', 'if (prune !== null) {', 'if (prune !== null && Boolean(0)) {'],
  ),
  ...mutantsOf(`${POSTGRES}/prune-history.ts`, [
    'retention removes one record too many',
    'id <= $2 AND',
    'id <= $2 + 1 AND',
  ]),
  ...mutantsOf(
    `${POSTGRES}/seat.ts`,
    ['a commit does not move the seat on', 'sequence: this.#instance.sequence + 1n, head };', 'head };'],
    [
      'the anchors learn nothing of commits on a server',
      'this.#onCommit(this.mark(), records);',
      'void records;',
    ],
    [
      'who sees a rollback in passing keeps it to himself',
      "if (isVigilError(why, 'DB_ROLLED_BACK')) await",
      "if (isVigilError(why, 'DB_FENCED')) await",
    ],
  ),
  ...mutantsOf(`${POSTGRES}/sign-batch.ts`, [
    'it is not known what batch was under way',
    'seat.sends({ head, records: recordsOf(batch) });',
    'void [head, recordsOf];',
  ]),
  ...mutantsOf(
    `${POSTGRES}/connection.ts`,
    [
      'a commit that the server warns of counts as done',
      'if (warning !== null) {',
      'if (warning !== null && Boolean(0)) {',
    ],
    ['a commit that was rolled back counts as done', "result.command !== 'COMMIT'", 'Boolean(0)'],
    [
      'a server that says nothing is waited for',
      'this.destroy(new Error(`no answer',
      'void (new Error(`no answer',
    ],
    [
      'integers of a server go through text',
      '(oid === INT8 ? BigInt : standard',
      '(oid === INT8 + 1 ? BigInt : standard',
    ],
  ),
  ...mutantsOf(
    `${POSTGRES}/assert-fit.ts`,
    [
      'a commit does not wait for the disk of the server',
      'SET synchronous_commit = ${durable}',
      'SET application_name = ${durable}',
    ],
    [
      'an operator who asked for more durability gets less',
      "before === 'remote_apply' ? 'remote_apply' : 'on'",
      "before === 'off' ? 'on' : 'on'",
    ],
    ['a statement may end while its commit waits for a standby', "'SET statement_timeout = 0',", ''],
    ['warnings are not sent', "'SET client_min_messages = warning',", ''],
    ['a paused signer keeps its locks', "'SET idle_in_transaction_session_timeout = 5000',", ''],
    ['a server without fsync will do', "found['fsync'] === 'off'", "found['fsync'] === 'no'"],
  ),
  ...mutantsOf(
    `${POSTGRES}/rows.ts`,
    ['text is not escaped on its way to a server', ".replaceAll(/[\"\\\\]/g, '\\\\$&')", ''],
    ['the root of a shared vote is not read', 'signingRoot: rootOrNull(row.vote_root)', 'signingRoot: null'],
    ['hand-overs are not read from a server', 'outEpoch: epochOrNull(row.out_epoch)', 'outEpoch: null'],
  ),
  ...mutantsOf(
    `${POSTGRES}/history-rows.ts`,
    ['numbers that no column holds are sent to one', '  slot: inRange(slot),', '  slot,'],
    ['text that no column holds is sent to one', 'client: readable(client)', 'client'],
  ),
  ...mutantsOf(`${POSTGRES}/search-history.ts`, [
    'other signers of a database are not asked what they signed',
    "verdict = 'signed' AND pubkey",
    "verdict = 'signed' AND instance = (SELECT min(name) FROM instances) AND pubkey",
  ]),
];
