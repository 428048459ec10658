import { mutantsOf, type Mutant } from './mutant.ts';

const POSTGRES = 'slashing-db/storage/postgres';

/** Bugs in the storage on a server: in its acts, its fence, its connection, and how it comes back. */
export const MUTANTS_OF_POSTGRES: readonly Mutant[] = [
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
      'await seat.ask([COMMIT], patienceFor(writes.keys.length));',
      'seat.ask([COMMIT], patienceFor(writes.keys.length)).catch(() => undefined);',
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
      'connection.ask([raiseGeneration(name, owner), COMMIT])',
      'connection.ask([(void raiseGeneration, void owner, lockInstance(name)), COMMIT])',
    ],
    ['a lost commit that came through is not noted', "if (settled === 'committed') seat.committed();", ''],
    [
      'who sees a rollback on coming back keeps it to himself',
      "isVigilError(error, 'DB_ROLLED_BACK')",
      "isVigilError(error, 'DB_FENCED')",
    ],
  ),
  ...mutantsOf(
    `${POSTGRES}/enter-database.ts`,
    [
      'who sees a rollback at the start keeps it to himself',
      "isVigilError(error, 'DB_ROLLED_BACK')",
      "isVigilError(error, 'DB_FENCED')",
    ],
    [
      'the debt of a floor is not written to the server',
      'coalesce($1, floor_owed)',
      'coalesce(nullif($1, $1), floor_owed)',
    ],
  ),
  ...mutantsOf(
    `${POSTGRES}/end-stuck-sessions.ts`,
    ['a signer that stopped keeps its locks', "wait_event_type = 'Client'", "wait_event_type = 'Nothing'"],
    ['who is no signer is ended too', 'application_name = $1', '(application_name = $1 OR true)'],
  ),
  ...mutantsOf(`${POSTGRES}/read-all.ts`, [
    'all keys have to come as fast as any answer',
    '    ACT_MS,\n',
    '    (void ACT_MS, 4000),\n',
  ]),
  ...mutantsOf(
    `${POSTGRES}/read-state.ts`,
    [
      'an act on all keys locks none',
      'SELECT 1 FROM keys ORDER BY pubkey FOR UPDATE) AS',
      'SELECT 1 FROM keys ORDER BY pubkey) AS',
    ],
    [
      'an act on all keys misses what others did',
      "if (asked === 'all') return [LOCK_ALL, changedSince(revision), LATEST];",
      "if (asked === 'all') return [LOCK_ALL, changedSince(revision * 1_000_000n), LATEST];",
    ],
  ),
  ...mutantsOf(
    `${POSTGRES}/look-for-acts.ts`,
    ['a look does not see that the place is another`s', '!isAsLeft(row, seat.instance) || ', ''],
    [
      'a look does not see that acts were lost',
      " || (seen?.['revision'] as bigint) < seat.revision) {",
      ') {',
    ],
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
      "isVigilError(why, 'DB_ROLLED_BACK')",
      "isVigilError(why, 'DB_FENCED')",
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
