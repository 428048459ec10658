import { chainSpecFromValues, type ConfigValues } from '../../../../core/chain/config-values.ts';
import { ZERO_ROOT } from '../../../../core/units.ts';
import { rewardRules } from '../../../../monitor/ledger/index.ts';

/** The constants of mainnet, as the consensus specs publish them. */
const MAINNET: ConfigValues = {
  PRESET_BASE: 'mainnet',
  CONFIG_NAME: 'mainnet',
  SECONDS_PER_SLOT: '12',
  GENESIS_FORK_VERSION: '0x00000000',
  ...Object.fromEntries(
    ['ALTAIR', 'BELLATRIX', 'CAPELLA', 'DENEB', 'ELECTRA'].flatMap((name, at) => [
      [`${name}_FORK_VERSION`, `0x0${at + 1}000000`],
      [`${name}_FORK_EPOCH`, `${(at + 1) * 1000}`],
    ]),
  ),
  EFFECTIVE_BALANCE_INCREMENT: '1000000000',
  BASE_REWARD_FACTOR: '64',
  SYNC_COMMITTEE_SIZE: '512',
  INACTIVITY_SCORE_BIAS: '4',
  INACTIVITY_SCORE_RECOVERY_RATE: '16',
  MIN_EPOCHS_TO_INACTIVITY_PENALTY: '4',
  EPOCHS_PER_SLASHINGS_VECTOR: '8192',
  MIN_ACTIVATION_BALANCE: '32000000000',
  MAX_EFFECTIVE_BALANCE: '32000000000',
  HYSTERESIS_QUOTIENT: '4',
  HYSTERESIS_DOWNWARD_MULTIPLIER: '1',
  HYSTERESIS_UPWARD_MULTIPLIER: '5',
  MIN_SLASHING_PENALTY_QUOTIENT: '128',
  MIN_SLASHING_PENALTY_QUOTIENT_ALTAIR: '64',
  MIN_SLASHING_PENALTY_QUOTIENT_BELLATRIX: '32',
  MIN_SLASHING_PENALTY_QUOTIENT_ELECTRA: '4096',
  PROPORTIONAL_SLASHING_MULTIPLIER: '1',
  PROPORTIONAL_SLASHING_MULTIPLIER_ALTAIR: '2',
  PROPORTIONAL_SLASHING_MULTIPLIER_BELLATRIX: '3',
  INACTIVITY_PENALTY_QUOTIENT: '67108864',
  INACTIVITY_PENALTY_QUOTIENT_ALTAIR: '50331648',
  INACTIVITY_PENALTY_QUOTIENT_BELLATRIX: '16777216',
  WHISTLEBLOWER_REWARD_QUOTIENT: '512',
  WHISTLEBLOWER_REWARD_QUOTIENT_ELECTRA: '4096',
};

export const mainnetValues = (changes: ConfigValues = {}): ConfigValues => ({ ...MAINNET, ...changes });

export const specOf = (values: ConfigValues, genesisTimeSeconds = 1_606_824_023n) =>
  chainSpecFromValues(values, { genesisTimeSeconds, genesisValidatorsRoot: ZERO_ROOT });

export const rulesOf = (values: ConfigValues = MAINNET) => rewardRules(values, specOf(values));
