import { absolute, formatScaled } from '../splits/amounts.ts';
import { durationOfEpochs } from './durations.ts';
import type { PenaltyRules } from './penalty-rules.ts';
import { chartLines, type ChartPoint } from './risk-chart.ts';
import type { Scenario } from './scenarios.ts';
import type { StakeBounds } from './total-stake.ts';

export interface RiskFacts {
  readonly rules: PenaltyRules;
  readonly validators: bigint;
  readonly stakeGwei: bigint;
  readonly stake: StakeBounds;
  readonly epochMs: number;
  readonly scenarios: readonly Scenario[];
  readonly chart: readonly ChartPoint[];
  /** Of one validator of the chart. */
  readonly chartBalanceGwei: bigint;
  /** What ether is worth, `EUR` and its price; null when nobody said. */
  readonly value: ((gwei: bigint) => string) | null;
}

/** Cells of a table: the first row is its header. Amounts with five decimals, rounded up: a loss is never told smaller. */
export interface RiskPages {
  readonly intro: readonly string[];
  readonly losses: readonly (readonly string[])[];
  readonly notes: readonly string[];
  readonly chart: readonly string[];
}

/** A report for people. */
export function describeRisk(facts: RiskFacts): RiskPages {
  const { stake, scenarios, rules } = facts;
  return {
    intro: [
      `${facts.validators} ${facts.validators === 1n ? 'validator' : 'validators'} with ${eth(facts.stakeGwei)} ETH at stake, of ${stakeText(stake)} in the network; rules of ${rules.fork}.`,
    ],
    losses: [header(facts), ...scenarios.map((scenario) => lossRow(facts, scenario))],
    notes: notesOf(facts),
    chart: [
      `One validator of ${eth(facts.chartBalanceGwei)} ETH loses, when so many like it are slashed within ${durationOfEpochs(rules.slashingsVectorEpochs, facts.epochMs)}:`,
      ...chartLines(facts.chart, facts.chartBalanceGwei),
    ],
  };
}

const header = ({ value }: RiskFacts): string[] => [
  'what happens',
  'keys',
  'initial',
  'correlation',
  'missed',
  'leak',
  'taken ETH',
  'of stake',
  'not earned',
  ...(value === null ? [] : ['taken and not earned']),
];

function lossRow({ value }: RiskFacts, { title, validators, stakeGwei, loss }: Scenario): string[] {
  const lost = loss.lostVotesGwei + loss.lostOtherGwei;
  return [
    title,
    validators.toString(),
    part(loss.initialGwei),
    part(loss.correlationGwei),
    part(loss.missedGwei),
    part(loss.inactivityGwei),
    eth(loss.takenGwei),
    share(loss.takenGwei, stakeGwei),
    eth(lost),
    ...(value === null ? [] : [value(loss.takenGwei + lost)]),
  ];
}

function notesOf({ scenarios, stake, epochMs }: RiskFacts): string[] {
  const slashed = scenarios.findLast(({ timeline }) => timeline !== null);
  const time = (epochs: bigint): string => `${durationOfEpochs(epochs, epochMs)} (${epochs} epochs)`;
  const first = scenarios.find(({ timeline }) => timeline !== null)?.timeline ?? null;
  return [
    ...(first === null
      ? []
      : [
          `One slashed key: out of the active set after ${time(first.firstExit)}, correlation penalty after ` +
            `${time(first.firstCorrelation)}, withdrawable after ${time(first.firstWithdrawable)}.`,
        ]),
    ...(slashed?.timeline === undefined ||
    slashed.timeline === null ||
    slashed.timeline.lastWithdrawable === slashed.timeline.firstWithdrawable
      ? []
      : [
          `In the largest case the exit queue is so long that the last one is withdrawable after ${time(slashed.timeline.lastWithdrawable)}.`,
        ]),
    ...scenarios.flatMap(({ title, ejectedAfter }) =>
      ejectedAfter === null
        ? []
        : [`${title}: the chain puts the first of them out after ${time(BigInt(ejectedAfter))}.`],
    ),
    ...(scenarios.some(({ slashedGwei }) => 3n * slashedGwei >= stake.lowGwei)
      ? ['Where a third of the stake is slashed, everything is lost.']
      : []),
    'A slashed validator votes in vain until it is withdrawable: that is the part "missed". "Not earned" is the most ' +
      'that votes pay, and the average of proposals and sync committees; in a leak votes pay nothing to anybody.',
  ];
}

function stakeText({ lowGwei, highGwei, estimateGwei }: StakeBounds): string {
  if (lowGwei === highGwei) return `${eth(estimateGwei)} ETH`;
  const half = (highGwei - lowGwei + 1n) / 2n;
  return `${eth(estimateGwei)} ± ${eth(half)} ETH`;
}

const part = (gwei: bigint): string => (gwei === 0n ? '-' : eth(gwei));

/** Rounded up to five decimals. */
function eth(gwei: bigint): string {
  const up = (absolute(gwei) + 9_999n) / 10_000n;
  return formatScaled(gwei < 0n ? -up : up, 5);
}

/** Rounded up to hundredths of a percent. */
function share(gwei: bigint, of: bigint): string {
  if (of === 0n) return '-';
  return `${formatScaled((gwei * 10_000n + of - 1n) / of, 2)}%`;
}
