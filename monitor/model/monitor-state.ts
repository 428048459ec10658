import type { NodeReport } from '../../beacon/index.ts';
import type { Epoch, Root, Slot } from '../../core/units.ts';
import type { AttestationVerdict, NetworkAttestations, ProposalVerdict } from './verdicts.ts';
import type { WatchedValidator } from './watched-validator.ts';

/** The work of the monitor, each with the time of its last success. */
export const MONITOR_TASKS = [
  'head',
  'finality',
  'watch-list',
  'foreign-signatures',
  'execution-income',
  'retention',
] as const;
export type MonitorTask = (typeof MONITOR_TASKS)[number];

/** What is known at the head of the chain and may still change. In memory only. */
export interface HeadState {
  readonly slot: Slot;
  readonly root: Root;
  /** Votes of the epochs that are not final: of each epoch whose blocks are all there, and of the one before the head's so far. */
  readonly attestations: readonly {
    readonly epoch: Epoch;
    /** No later block can add to it. */
    readonly closed: boolean;
    readonly verdicts: readonly AttestationVerdict[];
    readonly network: NetworkAttestations | null;
  }[];
  /** Past and coming proposals that are not final. */
  readonly proposals: readonly ProposalVerdict[];
  /** Watched validators slashed by a block that is not final. */
  readonly slashed: readonly { readonly validatorIndex: number; readonly slot: Slot }[];
  /** Members of the sync committee of this period and the next, with their number of positions. */
  readonly syncCurrent: ReadonlyMap<number, number>;
  readonly syncNext: ReadonlyMap<number, number>;
  /** By validator: epochs in a row, up to the last closed one, in which no block had its vote; final ones counted. */
  readonly missedInRow: ReadonlyMap<number, number>;
}

/** Everything about the monitor itself and the present, for the status page, the health page and the metrics. */
export interface MonitorState {
  readonly network: string;
  readonly slotsPerEpoch: bigint;
  readonly slotDurationMs: number;
  readonly genesisTimeSeconds: bigint;
  /** By the clock of this machine. */
  readonly clockSlot: Slot;
  readonly head: HeadState | null;
  readonly finalizedEpoch: Epoch | null;
  /** The last epoch of which everything is written; null before the first. */
  readonly lastFinalEpoch: Epoch | null;
  readonly gapEpochs: number;
  readonly watched: readonly WatchedValidator[];
  /** Keys that the chain does not know yet. */
  readonly pending: readonly string[];
  /** Why the watch file in force is an older one than that on the disk; null while it is the same. */
  readonly watchFileProblem: string | null;
  /** What of the list could not be read the last time, the file included: there it is as it was before. */
  readonly watchProblems: readonly string[];
  readonly nodes: readonly NodeReport[];
  /** Unix milliseconds; null when it never succeeded. */
  readonly lastSuccessMs: Readonly<Record<MonitorTask, number | null>>;
  readonly errors: Readonly<Record<MonitorTask, number>>;
  /** What the signers are yet to be asked, or to do; null where there is no signer to compare with. */
  readonly unjudged: {
    /** Messages on chain that are not compared with them yet. */
    readonly messages: number;
    readonly oldestSlot: Slot | null;
    /** Epochs that were written down and whose messages nobody has looked at yet. */
    readonly epochs: number;
    /** Keys of foreign messages that are not frozen yet. */
    readonly accused: number;
  } | null;
  readonly reorgs: number;
  readonly startedMs: number;
}
