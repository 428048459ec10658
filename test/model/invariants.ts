/** What has to hold in every reachable state or for every step; the names are those of docs/safety-argument.md. */
export const INVARIANTS = {
  I1: 'durable before release: whatever was let out is covered by the record on disk, and stays so through crashes and power loss',
  I2: 'nothing slashable: no two messages let out contradict each other, and none contradicts what was imported before it',
  I3: 'monotone: no step but a restore from outside lowers a watermark that was durable',
  I4: 'memory ahead: the watermarks of the process that serves are never below those on disk',
  I5: 'own acknowledgement: a request is told "durable" only by the commit that holds its own record',
  I6: 'fence: once a later process has opened the database, no commit of an earlier one succeeds',
  I7: 'fail closed: after a failed commit nothing more is accepted',
  I8: 'imports are maxima: order and repetition do not matter, the own export changes nothing, and no import permits what was refused before',
  I9: 'rollback: whatever copy of the database is put back, nothing slashable is let out afterwards',
  I10: 'hand-over and deletion: two machines that follow the protocol let out nothing slashable between them, even if both run for ever',
  L1: 'a client that asks again for what it was given last is given it again',
  L2: 'an honest schedule is never refused',
} as const;

export type Invariant = keyof typeof INVARIANTS;
