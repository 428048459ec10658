import { gnosisPreset } from '@lodestar/params/presets/gnosis';
import { mainnetPreset } from '@lodestar/params/presets/mainnet';
import { minimalPreset } from '@lodestar/params/presets/minimal';
import type { ConfigValues } from '../../core/chain/config-values.ts';
import { isAtLeast, type ForkName } from '../../core/chain/fork.ts';
import type { PresetBase } from '../../core/chain/preset.ts';
import { parseUint64 } from '../../core/uint64.ts';

/** The constants that penalties depend on, in force at one fork. Balances in Gwei, times in epochs. */
export interface PenaltyRules {
  readonly fork: ForkName;
  readonly slotsPerEpoch: bigint;
  readonly incrementGwei: bigint;
  readonly maxEffectiveBalanceGwei: bigint;
  readonly baseRewardFactor: bigint;
  readonly initialPenaltyQuotient: bigint;
  readonly correlationMultiplier: bigint;
  /** `EPOCHS_PER_SLASHINGS_VECTOR`: how long a slashed validator waits, and how far back others count. */
  readonly slashingsVectorEpochs: bigint;
  readonly inactivityScoreBias: bigint;
  readonly inactivityScoreRecoveryRate: bigint;
  readonly inactivityPenaltyQuotient: bigint;
  readonly hysteresisQuotient: bigint;
  readonly hysteresisDownward: bigint;
  readonly hysteresisUpward: bigint;
  readonly ejectionBalanceGwei: bigint;
  readonly syncCommitteeSize: bigint;
  readonly syncPeriodEpochs: bigint;
  readonly maxSeedLookahead: bigint;
  readonly withdrawabilityDelayEpochs: bigint;
  readonly churnLimitQuotient: bigint;
  /** Validators an epoch, up to Deneb. */
  readonly minChurnValidators: bigint;
  /** Gwei an epoch, since Electra. */
  readonly minChurnGwei: bigint;
  readonly maxExitChurnGwei: bigint;
}

const PRESETS: Readonly<Record<PresetBase, object>> = {
  mainnet: mainnetPreset,
  minimal: minimalPreset,
  gnosis: gnosisPreset,
};

/** Configuration that a network may choose otherwise; these are mainnet's choices. */
const MAINNET_CONFIG: ConfigValues = {
  INACTIVITY_SCORE_BIAS: '4',
  INACTIVITY_SCORE_RECOVERY_RATE: '16',
  EJECTION_BALANCE: '16000000000',
  MIN_VALIDATOR_WITHDRAWABILITY_DELAY: '256',
  CHURN_LIMIT_QUOTIENT: '65536',
  MIN_PER_EPOCH_CHURN_LIMIT: '4',
  MIN_PER_EPOCH_CHURN_LIMIT_ELECTRA: '128000000000',
  MAX_PER_EPOCH_ACTIVATION_EXIT_CHURN_LIMIT: '256000000000',
};

/**
 * @param known what the node or the network's file says, by the names of the specs; it goes before the preset
 * @throws BAD_INTEGER for a value that is no number
 */
export function penaltyRules(preset: PresetBase, fork: ForkName, known: ConfigValues = {}): PenaltyRules {
  const values: ConfigValues = { ...asText(PRESETS[preset]), ...MAINNET_CONFIG, ...known };
  const of = (name: string): bigint => parseUint64(values[name], name);
  const electra = isAtLeast(fork, 'electra');
  const era = penaltyEra(fork);
  return {
    fork,
    slotsPerEpoch: of('SLOTS_PER_EPOCH'),
    incrementGwei: of('EFFECTIVE_BALANCE_INCREMENT'),
    maxEffectiveBalanceGwei: of(electra ? 'MAX_EFFECTIVE_BALANCE_ELECTRA' : 'MAX_EFFECTIVE_BALANCE'),
    baseRewardFactor: of('BASE_REWARD_FACTOR'),
    initialPenaltyQuotient: of(`MIN_SLASHING_PENALTY_QUOTIENT${electra ? '_ELECTRA' : era}`),
    correlationMultiplier: of(`PROPORTIONAL_SLASHING_MULTIPLIER${era}`),
    slashingsVectorEpochs: of('EPOCHS_PER_SLASHINGS_VECTOR'),
    inactivityScoreBias: of('INACTIVITY_SCORE_BIAS'),
    inactivityScoreRecoveryRate: of('INACTIVITY_SCORE_RECOVERY_RATE'),
    inactivityPenaltyQuotient: of(`INACTIVITY_PENALTY_QUOTIENT${era}`),
    hysteresisQuotient: of('HYSTERESIS_QUOTIENT'),
    hysteresisDownward: of('HYSTERESIS_DOWNWARD_MULTIPLIER'),
    hysteresisUpward: of('HYSTERESIS_UPWARD_MULTIPLIER'),
    ejectionBalanceGwei: of('EJECTION_BALANCE'),
    syncCommitteeSize: of('SYNC_COMMITTEE_SIZE'),
    syncPeriodEpochs: of('EPOCHS_PER_SYNC_COMMITTEE_PERIOD'),
    maxSeedLookahead: of('MAX_SEED_LOOKAHEAD'),
    withdrawabilityDelayEpochs: of('MIN_VALIDATOR_WITHDRAWABILITY_DELAY'),
    churnLimitQuotient: of('CHURN_LIMIT_QUOTIENT'),
    minChurnValidators: of('MIN_PER_EPOCH_CHURN_LIMIT'),
    minChurnGwei: of('MIN_PER_EPOCH_CHURN_LIMIT_ELECTRA'),
    maxExitChurnGwei: of('MAX_PER_EPOCH_ACTIVATION_EXIT_CHURN_LIMIT'),
  };
}

/** Altair and Bellatrix have values of their own, which later forks keep. */
function penaltyEra(fork: ForkName): '' | '_ALTAIR' | '_BELLATRIX' {
  if (isAtLeast(fork, 'bellatrix')) return '_BELLATRIX';
  return isAtLeast(fork, 'altair') ? '_ALTAIR' : '';
}

const asText = (preset: object): ConfigValues =>
  Object.fromEntries(Object.entries(preset).map(([name, value]) => [name, String(value)]));
