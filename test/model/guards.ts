/** The parts of the protocol that keep it safe, each a switch of the models. */
export const GUARDS = {
  // Rules
  sourceBelowTarget: 'a vote has its source below its target, but for those of epoch 0',
  sourceNeverFalls: 'the source of a vote is not below the highest source (surround rule)',
  targetAlwaysRises: 'the target of a vote is above the highest target (double and surrounded votes)',
  slotAlwaysRises: 'the slot of a block is above the highest slot',
  equalSourceIsAllowed: 'a source equal to the highest is allowed',
  repeatIsAllowed: 'exactly the last message may be signed again',
  missingRootEqualsNothing: 'a root that is not known equals no root',
  // Commit
  durableBeforeRelease: 'a signature waits for the commit that holds its record',
  syncBeforeAck: 'a commit counts as done after its fsync, not after its write',
  ackOwnBatchOnly: 'a commit answers the requests of its own batch and no others',
  repeatWaitsForDurability: 'the repeat of a message waits for the commit of the first request too',
  repeatCommits: 'a repeat is a record too, so that it waits for a commit even if nothing else does',
  reserveInMemoryFirst: 'memory rises with the check, before the record is written',
  poisonAfterFailedCommit: 'after a failed commit nothing more is accepted until a new start',
  neverLowerMemory: 'memory is not lowered when a commit fails',
  storageOnlyRises: 'the storage itself refuses a record that does not rise',
  openSyncs: 'opening the database is a commit with an fsync, so that what was read is durable',
  fenceAtCommit: 'every commit checks that nobody has opened the database since',
  fenceBeforeLoad: 'a process raises the fence before it reads the watermarks',
  // Import
  importMergesMax: 'an import never lowers: the maximum of file and database',
  importByComponent: 'a file is folded into its highest source and its highest target, each on its own',
  importNullsChangedRoot: 'a root is forgotten when an import moves its watermark',
  // History in doubt
  futureGuard: 'nothing later than now and the tolerance is signed',
  anchorRefusesRollback: 'a database that is behind its anchor is not opened',
  anchorBeforeRelease: 'the anchor is written before the signature leaves',
  floorOnAcceptedRollback: 'an accepted rollback puts the boot floor down',
  floorOnMissingAnchor: 'a missing anchor puts the boot floor down',
  floorAfterPowerLoss: 'an unclean stop in another boot puts the boot floor down',
  floorIsDurable: 'the boot floor is on disk before anything is signed above it',
  doubtDurableWithOpen:
    'that a floor is owed is written with the opening itself, which destroys the evidence',
  floorSlot: 'the boot floor has a slot',
  floorTarget: 'the boot floor has a target',
  floorSource: 'the boot floor has a source',
  floorCoversTolerance: 'slot and target of the boot floor are measured from now + tolerance',
  floorSourceCoversTolerance:
    'the source of the boot floor is one below its target, not below the present epoch',
  clockNeverBack: 'the floor is measured from the latest slot on record if the clock shows an earlier one',
  floorCoversAnchor: 'an accepted rollback floors at what the anchor remembers, if that is higher',
  floorAlways: 'the boot floor is put down at every start (boot-floor always)',
  // Two machines
  handoverCeiling: 'the old machine signs nothing from epoch E on',
  ceilingDurableBeforeReceipt: 'the receipt is written after the ceiling is durable',
  handoverAboveSigned: 'E is above everything on record',
  handoverAboveFloor: 'E is above the boot floor, which stands for what is on no record',
  handoverTargetFloor: 'the new machine signs no target below E',
  handoverSourceFloor: 'the new machine signs no source below E - 2',
  receiptAboveCeiling: 'a machine that gave a key away takes it back only at a later epoch',
  deletionStopsKey: 'a deleted key signs nothing more in this process',
  tombstone: 'the deletion is durable, a restart does not bring the key back',
  deletionDrains: 'a deletion is answered when nothing of the key is in flight any more',
  exportCoversReserved: 'an export holds what is reserved in memory, durable or not',
} as const;

export type Guard = keyof typeof GUARDS;
export type Guards = Readonly<Record<Guard, boolean>>;

export function guardsWithout(...removed: readonly Guard[]): Guards {
  const names = Object.keys(GUARDS) as Guard[];
  return Object.fromEntries(names.map((name) => [name, !removed.includes(name)])) as Guards;
}
