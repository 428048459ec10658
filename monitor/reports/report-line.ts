import {
  EXECUTION_CONFIDENCES,
  type Duties,
  type DutyCount,
  type ExecutionIncome,
} from '../splits/ledger/ledger-port.ts';

type Confidence = ExecutionIncome['confidence'];

/** One line of a report: a validator's day, or any number of them added up. Signed unless it cannot be. */
export interface ReportLine {
  /** Empty for a total. */
  readonly name: LineName;
  readonly firstDay: string;
  readonly lastDay: string;
  /** Validators and days that were added up. */
  readonly rows: number;
  readonly attestationGwei: bigint;
  /** What perfect votes would have earned; null where the ledger does not say. */
  readonly idealAttestationGwei: bigint | null;
  readonly syncGwei: bigint;
  readonly proposerGwei: bigint;
  readonly slashingGwei: bigint;
  /** By the basis of the report. */
  readonly clIncomeGwei: bigint;
  readonly elIncomeWei: bigint;
  readonly el: ExecutionFacts;
  readonly withdrawalsPartialGwei: bigint;
  readonly withdrawalsFullGwei: bigint;
  readonly depositsGwei: bigint;
  readonly consolidationGwei: bigint;
  readonly residualGwei: bigint;
  readonly duties: Duties;
  /** Null without prices, and where a day of it with income has none: unknown is not zero. */
  readonly fiat: { readonly clCents: bigint; readonly elCents: bigint } | null;
  readonly finalized: boolean;
}

export interface LineName {
  readonly validatorIndex?: bigint;
  readonly pubkey?: string;
  readonly group?: string;
  readonly day?: string;
}

export interface ExecutionFacts {
  /** In the order of the words in the ledger, each once. */
  readonly methods: readonly ExecutionIncome['method'][];
  /** The worst one; null without blocks. */
  readonly confidence: Confidence | null;
  readonly blocks: number;
  readonly unresolvedBlocks: number;
}

const ADDED = [
  'attestationGwei',
  'syncGwei',
  'proposerGwei',
  'slashingGwei',
  'clIncomeGwei',
  'elIncomeWei',
  'withdrawalsPartialGwei',
  'withdrawalsFullGwei',
  'depositsGwei',
  'consolidationGwei',
  'residualGwei',
] as const satisfies readonly (keyof ReportLine)[];

export const LINE_AMOUNTS = ADDED;

/** The sum of two lines under the name of the first. */
export function addLines(one: ReportLine, other: ReportLine): ReportLine {
  const amounts = Object.fromEntries(ADDED.map((name) => [name, one[name] + other[name]])) as Pick<
    ReportLine,
    (typeof ADDED)[number]
  >;
  return {
    name: one.name,
    firstDay: one.firstDay < other.firstDay ? one.firstDay : other.firstDay,
    lastDay: one.lastDay > other.lastDay ? one.lastDay : other.lastDay,
    rows: one.rows + other.rows,
    ...amounts,
    idealAttestationGwei:
      one.idealAttestationGwei === null || other.idealAttestationGwei === null
        ? null
        : one.idealAttestationGwei + other.idealAttestationGwei,
    el: {
      methods: [...new Set([...one.el.methods, ...other.el.methods])].sort(),
      confidence: worse(one.el.confidence, other.el.confidence),
      blocks: one.el.blocks + other.el.blocks,
      unresolvedBlocks: one.el.unresolvedBlocks + other.el.unresolvedBlocks,
    },
    duties: {
      attestations: addCounts(one.duties.attestations, other.duties.attestations),
      proposals: addCounts(one.duties.proposals, other.duties.proposals),
      sync: addCounts(one.duties.sync, other.duties.sync),
    },
    fiat:
      one.fiat === null || other.fiat === null
        ? null
        : {
            clCents: one.fiat.clCents + other.fiat.clCents,
            elCents: one.fiat.elCents + other.fiat.elCents,
          },
    finalized: one.finalized && other.finalized,
  };
}

function worse(one: Confidence | null, other: Confidence | null): Confidence | null {
  const rank = (confidence: Confidence | null): number =>
    confidence === null ? -1 : EXECUTION_CONFIDENCES.indexOf(confidence);
  return rank(one) > rank(other) ? one : other;
}

const addCounts = (one: DutyCount, other: DutyCount): DutyCount => ({
  assigned: one.assigned + other.assigned,
  included: one.included + other.included,
});
