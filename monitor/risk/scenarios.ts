import type { Loss } from './loss.ts';
import { offlineLoss } from './offline-loss.ts';
import type { PenaltyRules } from './penalty-rules.ts';
import { slashingLoss } from './slashing-loss.ts';
import type { SlashingTimeline } from './slashing-timeline.ts';
import { countOf, largestOf, stakeOf, type StakeGroup } from './stake-groups.ts';

const BPS = 10_000n;

export interface ScenarioChoices {
  readonly totalStakeGwei: bigint;
  /** Keys that one machine holds; null when nobody said. */
  readonly machineKeys: bigint | null;
  /** Others that are slashed along with ours, of the whole stake. */
  readonly othersBps: bigint;
  /** What runs a client whose bug gets its validators slashed, ours among them. */
  readonly clientShareBps: readonly bigint[];
  readonly leakEpochs: readonly number[];
  readonly offlineHours: readonly number[];
  readonly epochMs: number;
}

export interface Scenario {
  readonly kind: 'slashing' | 'leak' | 'offline';
  readonly title: string;
  readonly validators: bigint;
  readonly stakeGwei: bigint;
  readonly loss: Loss;
  /** Ours and others; zero where nobody is slashed. */
  readonly slashedGwei: bigint;
  readonly timeline: SlashingTimeline | null;
  /** Epochs, see {@link offlineLoss}. */
  readonly ejectedAfter: number | null;
}

/** The questions an operator asks, from the smallest accident to the largest. */
export function riskScenarios(
  rules: PenaltyRules,
  ours: readonly StakeGroup[],
  choices: ScenarioChoices,
): Scenario[] {
  const { totalStakeGwei, machineKeys, othersBps } = choices;
  const all = countOf(ours);
  const shareOf = (bps: bigint): bigint => (totalStakeGwei * bps) / BPS;
  const slashed = (title: string, groups: readonly StakeGroup[], othersGwei: bigint): Scenario => {
    const { total, slashedGwei, timeline } = slashingLoss(rules, groups, { totalStakeGwei, othersGwei });
    return scenario('slashing', title, groups, { loss: total, slashedGwei, timeline });
  };
  const offline = (kind: 'leak' | 'offline', title: string, epochs: number): Scenario => {
    const result = offlineLoss(rules, ours, { totalStakeGwei, epochs, leaking: kind === 'leak' });
    return scenario(kind, title, ours, { loss: result.total, ejectedAfter: result.ejectedAfter });
  };
  return [
    slashed('one key is slashed', largestOf(ours, 1n), 0n),
    ...(machineKeys === null
      ? []
      : [slashed('the keys of one machine are slashed', largestOf(ours, machineKeys), 0n)]),
    ...(all === 1n ? [] : [slashed('all keys are slashed', ours, 0n)]),
    ...(othersBps === 0n
      ? []
      : [slashed(`all, and ${percent(othersBps)} of the network besides`, ours, shareOf(othersBps))]),
    ...choices.clientShareBps.map((bps) =>
      slashed(
        `all, in a client bug that slashes ${percent(bps)} of the network`,
        ours,
        atLeastZero(shareOf(bps) - stakeOf(ours)),
      ),
    ),
    ...choices.offlineHours.map((hours) =>
      offline(
        'offline',
        `all are offline for ${hours} h, the chain finalizes`,
        epochsOf(hours, choices.epochMs),
      ),
    ),
    ...choices.leakEpochs.map((epochs) =>
      offline('leak', `all are offline in a leak of ${epochs} epochs`, epochs),
    ),
  ];
}

function scenario(
  kind: Scenario['kind'],
  title: string,
  groups: readonly StakeGroup[],
  found: { readonly loss: Loss } & Partial<Scenario>,
): Scenario {
  return {
    kind,
    title,
    validators: countOf(groups),
    stakeGwei: stakeOf(groups),
    slashedGwei: 0n,
    timeline: null,
    ejectedAfter: null,
    ...found,
  };
}

/** An epoch that has begun counts: its vote is missed. */
const epochsOf = (hours: number, epochMs: number): number => Math.ceil((hours * 3_600_000) / epochMs);

/** `12.5%` of 1250 basis points. */
export function percent(bps: bigint): string {
  const fraction = (bps % 100n).toString().padStart(2, '0').replace(/0+$/, '');
  return `${bps / 100n}${fraction === '' ? '' : `.${fraction}`}%`;
}

const atLeastZero = (value: bigint): bigint => (value < 0n ? 0n : value);
