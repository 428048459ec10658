import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import type { ConfigValues } from '../../core/chain/config-values.ts';
import { isAtLeast, type ForkName } from '../../core/chain/fork.ts';
import { FAR_FUTURE_EPOCH, parseUint64 } from '../../core/uint64.ts';
import { ledgerError } from './ledger-errors.ts';

/** What penalties are divided or multiplied by, from a fork on. */
export interface PenaltyRules {
  readonly from: ForkName;
  readonly minSlashingPenaltyQuotient: bigint;
  readonly proportionalSlashingMultiplier: bigint;
  readonly inactivityPenaltyQuotient: bigint;
  readonly whistleblowerRewardQuotient: bigint;
}

/** The constants of one network that balances depend on. Nothing here is mainnet's by default. */
export interface RewardRules {
  readonly slotsPerEpoch: bigint;
  readonly incrementGwei: bigint;
  readonly baseRewardFactor: bigint;
  readonly syncCommitteeSize: bigint;
  readonly inactivityScoreBias: bigint;
  readonly inactivityScoreRecoveryRate: bigint;
  readonly minEpochsToInactivityPenalty: bigint;
  readonly epochsPerSlashingsVector: bigint;
  /** What a 0x01 validator holds at most, and a switch to 0x02 leaves. */
  readonly minActivationBalanceGwei: bigint;
  readonly hysteresisQuotient: bigint;
  readonly hysteresisDownwardMultiplier: bigint;
  readonly hysteresisUpwardMultiplier: bigint;
  /** In the order of the forks; at least phase0's. */
  readonly penalties: readonly PenaltyRules[];
}

/** Forks that changed a penalty, and the constants by which each named the new values. */
const PENALTY_FORKS = [
  { from: 'phase0', min: '', proportional: '', inactivity: '', whistleblower: '' },
  { from: 'altair', min: '_ALTAIR', proportional: '_ALTAIR', inactivity: '_ALTAIR', whistleblower: '' },
  {
    from: 'bellatrix',
    min: '_BELLATRIX',
    proportional: '_BELLATRIX',
    inactivity: '_BELLATRIX',
    whistleblower: '',
  },
  {
    from: 'electra',
    min: '_ELECTRA',
    proportional: '_BELLATRIX',
    inactivity: '_BELLATRIX',
    whistleblower: '_ELECTRA',
  },
] as const satisfies readonly { readonly from: ForkName; readonly [constant: string]: string }[];

/**
 * From `/eth/v1/config/spec`, or whatever else has the constants of preset and configuration by their names.
 * @throws REWARD_RULES_INCOMPLETE naming the constant
 */
export function rewardRules(values: ConfigValues, spec: ChainSpec): RewardRules {
  const value = (name: string, least = 1n): bigint => constant(values, name, least);
  const scheduled = (fork: ForkName): boolean =>
    spec.forks.some(({ name, epoch }) => name === fork && epoch !== FAR_FUTURE_EPOCH);
  return {
    slotsPerEpoch: spec.slotsPerEpoch,
    incrementGwei: value('EFFECTIVE_BALANCE_INCREMENT'),
    baseRewardFactor: value('BASE_REWARD_FACTOR'),
    syncCommitteeSize: value('SYNC_COMMITTEE_SIZE'),
    inactivityScoreBias: value('INACTIVITY_SCORE_BIAS'),
    inactivityScoreRecoveryRate: value('INACTIVITY_SCORE_RECOVERY_RATE', 0n),
    minEpochsToInactivityPenalty: value('MIN_EPOCHS_TO_INACTIVITY_PENALTY', 0n),
    epochsPerSlashingsVector: value('EPOCHS_PER_SLASHINGS_VECTOR'),
    minActivationBalanceGwei: value(
      // The same amount under its older name.
      scheduled('electra') ? 'MIN_ACTIVATION_BALANCE' : 'MAX_EFFECTIVE_BALANCE',
    ),
    hysteresisQuotient: value('HYSTERESIS_QUOTIENT'),
    hysteresisDownwardMultiplier: value('HYSTERESIS_DOWNWARD_MULTIPLIER', 0n),
    hysteresisUpwardMultiplier: value('HYSTERESIS_UPWARD_MULTIPLIER', 0n),
    penalties: PENALTY_FORKS.filter(({ from }) => from === 'phase0' || scheduled(from)).map(
      ({ from, min, proportional, inactivity, whistleblower }): PenaltyRules => ({
        from,
        minSlashingPenaltyQuotient: value(`MIN_SLASHING_PENALTY_QUOTIENT${min}`),
        proportionalSlashingMultiplier: value(`PROPORTIONAL_SLASHING_MULTIPLIER${proportional}`),
        inactivityPenaltyQuotient: value(`INACTIVITY_PENALTY_QUOTIENT${inactivity}`),
        whistleblowerRewardQuotient: value(`WHISTLEBLOWER_REWARD_QUOTIENT${whistleblower}`),
      }),
    ),
  };
}

/** Of the last fork that changed them. */
export function penaltyRulesAt({ penalties }: RewardRules, fork: ForkName): PenaltyRules {
  const rules = penalties.findLast(({ from }) => isAtLeast(fork, from));
  if (rules === undefined) throw new Error('reward rules always have the penalties of phase0');
  return rules;
}

function constant(values: ConfigValues, name: string, least: bigint): bigint {
  const text = values[name];
  if (text === undefined) throw ledgerError('REWARD_RULES_INCOMPLETE', `${name} is missing`);
  let value: bigint;
  try {
    value = parseUint64(text, name);
  } catch (error) {
    throw ledgerError('REWARD_RULES_INCOMPLETE', (error as Error).message, error);
  }
  if (value < least) throw ledgerError('REWARD_RULES_INCOMPLETE', `${name} must be at least ${least}`);
  return value;
}
