import { bootModel } from './boot-model.ts';
import type { BootBounds } from './boot-world.ts';
import { commitModel, type CommitBounds } from './commit-model.ts';
import { deletionModel } from './deletion-model.ts';
import { explore, type Exploration, type Model } from './explore.ts';
import { guardsWithout, type Guard, type Guards } from './guards.ts';
import { handoverModel } from './handover-model.ts';
import { honestModel } from './honest-model.ts';
import { importModel } from './import-model.ts';
import type { Invariant } from './invariants.ts';

/** The models with their bounds, and what is taken out of which. */

const eitherRoot = (...bare: readonly string[]): string[] => bare.flatMap((code) => [`${code}a`, `${code}b`]);

/** All votes of epochs 0 to 3 with source below target. */
const VOTES = eitherRoot('0-1', '0-2', '0-3', '1-2', '1-3', '2-3');
/** What no honest client asks for. */
const MALFORMED = eitherRoot('1-1', '2-2', '2-1');
const FEW_VOTES = ['0-1a', '0-1b', '1-2a'];

const ONE: CommitBounds = { messages: VOTES, processes: 1, faults: 2, starts: 3 };
const BLOCKS: CommitBounds = { messages: ['#1a', '#1b', '#2a', '0-1a'], processes: 1, faults: 2, starts: 3 };
const TWO: CommitBounds = { messages: FEW_VOTES, processes: 2, faults: 1, starts: 3 };

const BOOT: BootBounds = {
  messages: [...VOTES, ...MALFORMED],
  lastSlot: 5,
  releases: 3,
  faults: 2,
  kinds: [],
  floorAtEveryStart: false,
};
const ROLLBACK: BootBounds = { ...BOOT, kinds: ['put back'], lastSlot: 6 };
const ANCHOR: BootBounds = { ...BOOT, kinds: ['put back', 'anchor lost'] };
/** Also for the test that an honest disk would need no floor. */
export const POWER: BootBounds = { ...BOOT, kinds: ['lying power'] };
const CLOCK: BootBounds = { ...BOOT, kinds: ['put back', 'clock'] };
const TIME: BootBounds = {
  ...BOOT,
  messages: [...FEW_VOTES, ...eitherRoot('#1', '#2')],
  kinds: ['put back', 'anchor lost', 'clock'],
  faults: 3,
  releases: 2,
  lastSlot: 2,
};
const SLOTS: BootBounds = { ...ANCHOR, messages: eitherRoot('#1', '#2', '#3', '#4'), lastSlot: 3 };
const VOLUME: BootBounds = { ...BOOT, kinds: ['put back with anchor'], faults: 1, floorAtEveryStart: true };

const LATE_VOTES = [...VOTES, '2-2a', '0-4a', '1-4a', '2-4a', '3-4a'];
const HANDOVER = { messages: LATE_VOTES, epochs: [2, 3], handovers: 1, kills: 2, lostRecords: true };
const TO_AND_FRO = {
  messages: [...eitherRoot('1-2'), '2-2a', '0-3a', '1-3a', '2-3a'],
  epochs: [1, 2, 3],
  handovers: 3,
  kills: 1,
  lostRecords: false,
};
const HANDOVER_BLOCKS = { ...TO_AND_FRO, messages: eitherRoot('#7', '#8', '#15', '#16'), handovers: 2 };

const ENTRIES = ['0-1-', '1-2-', '1-2a', '1-3b', '2-3-', '0-3a', '3-1-', '#1-', '#2b'];
const IMPORT = {
  messages: [...VOTES, '0-4a', '1-4a', ...MALFORMED, ...eitherRoot('#1', '#2')],
  files: [...ENTRIES.map((entry) => [entry]), ['0-3-', '1-2-'], ['1-2a', '1-2b'], ['2-3a', '#2a']],
  imports: 2,
};

interface Named {
  readonly title: string;
  readonly bounds: string;
  readonly explore: (guards: Guards, against?: readonly Invariant[]) => Exploration;
}

/** Looks for all invariants, or for those named only. */
const exploring =
  <S>(model: (guards: Guards) => Model<S>): Named['explore'] =>
  (guards, against) =>
    explore(model(guards), against && { against });
const commit = (bounds: CommitBounds) => exploring((guards) => commitModel(guards, bounds));
const boot = (bounds: BootBounds) => exploring((guards) => bootModel(guards, bounds));

/** Every model with its bounds in words. */
export const MODELS = {
  commit: {
    title: 'group commit, one process',
    bounds:
      'every vote of epochs 0 to 3 in two versions; two faults (kill, power loss, failed commit); three starts',
    explore: commit(ONE),
  },
  blocks: {
    title: 'group commit of blocks and votes',
    bounds: 'two slots, two blocks for one of them, one vote; two faults; three starts',
    explore: commit(BLOCKS),
  },
  fence: {
    title: 'two processes on one database',
    bounds: 'three votes; one fault; three starts',
    explore: commit(TWO),
  },
  import: {
    title: 'rules and imports',
    bounds:
      'votes of epochs 0 to 4 and blocks of slots 1 and 2, malformed ones too; 12 files, two of them imported',
    explore: exploring((guards) => importModel(guards, IMPORT)),
  },
  rollback: {
    title: 'an old copy is put back',
    bounds: 'seven slots of two per epoch; two restores; three signatures; kills at will',
    explore: boot(ROLLBACK),
  },
  anchor: {
    title: 'an old copy is put back, or the anchor is lost, or both',
    bounds: 'six slots; two disasters; three signatures; kills at will',
    explore: boot(ANCHOR),
  },
  slots: {
    title: 'the same for blocks',
    bounds: 'four slots; two disasters; three signatures; kills at will',
    explore: boot(SLOTS),
  },
  power: {
    title: 'power loss on a disk that lies about its fsyncs',
    bounds: 'six slots; two power losses, each back to any commit of the run; three signatures',
    explore: boot(POWER),
  },
  clock: {
    title: 'an old copy is put back and the clock set back',
    bounds: 'six slots; two disasters; three signatures',
    explore: boot(CLOCK),
  },
  time: {
    title: 'the same with the anchor lost too',
    bounds:
      'three slots; three disasters; two signatures; at the floor either clock, record or anchor knows the time',
    explore: boot(TIME),
  },
  volume: {
    title: 'database and anchor go back together, with the boot floor at every start',
    bounds: 'six slots; one restore; three signatures',
    explore: boot(VOLUME),
  },
  handover: {
    title: 'hand-over, both machines run for ever',
    bounds:
      'votes of epochs 0 to 4; hand-over at 2 or 3; two kills; the old machine may have lost its records before',
    explore: exploring((guards) => handoverModel(guards, HANDOVER)),
  },
  toAndFro: {
    title: 'hand-over to and fro, receipts used again at will',
    bounds: 'six votes; hand-overs at 1, 2 or 3, three of them; one kill',
    explore: exploring((guards) => handoverModel(guards, TO_AND_FRO)),
  },
  handoverBlocks: {
    title: 'the same for blocks',
    bounds: 'two blocks on each side of two epoch boundaries; two hand-overs; one kill',
    explore: exploring((guards) => handoverModel(guards, HANDOVER_BLOCKS)),
  },
  deletion: {
    title: 'a key moves by deletion and import',
    bounds: 'every vote of epochs 0 to 3 in two versions; two kills',
    explore: exploring((guards) => deletionModel(guards, { messages: VOTES, kills: 2 })),
  },
  honest: {
    title: 'an honest client',
    bounds: 'ten slots of two per epoch, any honest vote or block in each, or none, or the last again',
    explore: exploring((guards) => honestModel(guards, { lastSlot: 9 })),
  },
} as const satisfies Record<string, Named>;

export type ModelName = keyof typeof MODELS;

export interface Experiment {
  readonly remove: Guard;
  readonly model: ModelName;
  readonly breaks: Invariant;
  /** Of a second line: what has to be gone too before anything breaks. */
  readonly behind?: Guard;
}

/** Each guard taken out, where it shows. */
export const EXPERIMENTS: readonly Experiment[] = [
  { remove: 'sourceNeverFalls', model: 'import', breaks: 'I2' },
  { remove: 'targetAlwaysRises', model: 'import', breaks: 'I2' },
  { remove: 'slotAlwaysRises', model: 'import', breaks: 'I2' },
  { remove: 'missingRootEqualsNothing', model: 'import', breaks: 'I2' },
  { remove: 'equalSourceIsAllowed', model: 'honest', breaks: 'L2' },
  { remove: 'repeatIsAllowed', model: 'honest', breaks: 'L1' },
  { remove: 'durableBeforeRelease', model: 'commit', breaks: 'I2' },
  { remove: 'syncBeforeAck', model: 'commit', breaks: 'I2' },
  { remove: 'ackOwnBatchOnly', model: 'commit', breaks: 'I2' },
  { remove: 'ackOwnBatchOnly', model: 'commit', breaks: 'I5' },
  { remove: 'repeatWaitsForDurability', model: 'commit', breaks: 'I2' },
  { remove: 'poisonAfterFailedCommit', model: 'commit', breaks: 'I7' },
  { remove: 'poisonAfterFailedCommit', model: 'commit', breaks: 'I1' },
  { remove: 'reserveInMemoryFirst', model: 'commit', breaks: 'I4' },
  { remove: 'fenceAtCommit', model: 'fence', breaks: 'I6' },
  { remove: 'fenceBeforeLoad', model: 'fence', breaks: 'I4' },
  { remove: 'importMergesMax', model: 'import', breaks: 'I3' },
  { remove: 'importMergesMax', model: 'import', breaks: 'I8' },
  { remove: 'importByComponent', model: 'import', breaks: 'I2' },
  { remove: 'importNullsChangedRoot', model: 'import', breaks: 'I2' },
  { remove: 'sourceBelowTarget', model: 'anchor', breaks: 'I9' },
  { remove: 'futureGuard', model: 'anchor', breaks: 'I9' },
  { remove: 'anchorRefusesRollback', model: 'rollback', breaks: 'I9' },
  { remove: 'anchorBeforeRelease', model: 'rollback', breaks: 'I9' },
  { remove: 'floorOnAcceptedRollback', model: 'rollback', breaks: 'I9' },
  { remove: 'floorOnMissingAnchor', model: 'anchor', breaks: 'I9' },
  { remove: 'floorAfterPowerLoss', model: 'power', breaks: 'I9' },
  { remove: 'floorIsDurable', model: 'rollback', breaks: 'I9' },
  { remove: 'doubtDurableWithOpen', model: 'rollback', breaks: 'I9' },
  { remove: 'floorSlot', model: 'slots', breaks: 'I9' },
  { remove: 'floorTarget', model: 'anchor', breaks: 'I9' },
  { remove: 'floorSource', model: 'anchor', breaks: 'I9' },
  { remove: 'floorCoversTolerance', model: 'anchor', breaks: 'I9' },
  { remove: 'floorSourceCoversTolerance', model: 'anchor', breaks: 'I9' },
  { remove: 'clockNeverBack', model: 'time', breaks: 'I9' },
  { remove: 'floorCoversAnchor', model: 'clock', breaks: 'I9' },
  { remove: 'floorAlways', model: 'volume', breaks: 'I9' },
  { remove: 'handoverCeiling', model: 'handover', breaks: 'I10' },
  { remove: 'ceilingDurableBeforeReceipt', model: 'handover', breaks: 'I10' },
  { remove: 'handoverAboveSigned', model: 'handover', breaks: 'I10' },
  { remove: 'handoverAboveFloor', model: 'handover', breaks: 'I10' },
  { remove: 'handoverTargetFloor', model: 'handover', breaks: 'I10' },
  { remove: 'handoverTargetFloor', model: 'handoverBlocks', breaks: 'I10' },
  { remove: 'handoverSourceFloor', model: 'handover', breaks: 'I10' },
  { remove: 'receiptAboveCeiling', model: 'toAndFro', breaks: 'I10' },
  { remove: 'deletionStopsKey', model: 'deletion', breaks: 'I10' },
  { remove: 'tombstone', model: 'deletion', breaks: 'I10' },
  { remove: 'storageOnlyRises', behind: 'reserveInMemoryFirst', model: 'blocks', breaks: 'I2' },
  { remove: 'storageOnlyRises', behind: 'fenceAtCommit', model: 'fence', breaks: 'I2' },
  { remove: 'neverLowerMemory', behind: 'poisonAfterFailedCommit', model: 'commit', breaks: 'I4' },
  { remove: 'openSyncs', behind: 'repeatCommits', model: 'commit', breaks: 'I1' },
  { remove: 'repeatCommits', behind: 'openSyncs', model: 'commit', breaks: 'I1' },
  { remove: 'deletionDrains', behind: 'exportCoversReserved', model: 'deletion', breaks: 'I10' },
  { remove: 'exportCoversReserved', behind: 'deletionDrains', model: 'deletion', breaks: 'I10' },
];

/** The model without the guard, and without the one before it if there is one. */
export function run(experiment: Experiment): Exploration {
  const { remove, behind, model, breaks } = experiment;
  return MODELS[model].explore(guardsWithout(remove, ...(behind === undefined ? [] : [behind])), [breaks]);
}

/** A second line taken out alone: nothing happens. */
export const runAlone = ({ remove, model }: Experiment): Exploration =>
  MODELS[model].explore(guardsWithout(remove));

/** What stands before a second line taken out alone: what the two hold between them still holds. */
export const runBehind = ({ behind, model, breaks }: Experiment): Exploration =>
  MODELS[model].explore(guardsWithout(...(behind === undefined ? [] : [behind])), [breaks]);
