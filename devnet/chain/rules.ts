import { gnosisPreset } from '@lodestar/params/presets/gnosis';
import { mainnetPreset } from '@lodestar/params/presets/mainnet';
import { minimalPreset } from '@lodestar/params/presets/minimal';
import type { PresetBase } from '../../core/chain/preset.ts';

/**
 * The constants a simulated chain obeys, spelled as the consensus specs spell them: a preset of the specs, and the
 * configuration values that a network chooses. Taken from the preset modules and not from `@lodestar/params`
 * itself, whose constants are those of whatever preset was active when it was first imported.
 */
export type Rules = Readonly<typeof mainnetPreset> & ConfigRules;

export interface ConfigRules {
  readonly presetBase: PresetBase;
  readonly CONFIG_NAME: string;
  readonly SLOT_DURATION_MS: number;
  readonly FULU_FORK_EPOCH: number;
  readonly INACTIVITY_SCORE_BIAS: number;
  readonly INACTIVITY_SCORE_RECOVERY_RATE: number;
  readonly EJECTION_BALANCE: number;
  readonly CHURN_LIMIT_QUOTIENT: number;
  readonly MIN_PER_EPOCH_CHURN_LIMIT_ELECTRA: number;
  readonly MAX_PER_EPOCH_ACTIVATION_EXIT_CHURN_LIMIT: number;
  readonly MIN_VALIDATOR_WITHDRAWABILITY_DELAY: number;
  readonly SHARD_COMMITTEE_PERIOD: number;
}

const PRESETS = { mainnet: mainnetPreset, minimal: minimalPreset, gnosis: gnosisPreset };

const SMALL_CHURN = {
  CHURN_LIMIT_QUOTIENT: 32,
  MIN_PER_EPOCH_CHURN_LIMIT_ELECTRA: 64_000_000_000,
  MAX_PER_EPOCH_ACTIVATION_EXIT_CHURN_LIMIT: 128_000_000_000,
};
const MAINNET_CHURN = {
  CHURN_LIMIT_QUOTIENT: 65_536,
  MIN_PER_EPOCH_CHURN_LIMIT_ELECTRA: 128_000_000_000,
  MAX_PER_EPOCH_ACTIVATION_EXIT_CHURN_LIMIT: 256_000_000_000,
};
const SLOT_DURATION_MS = { mainnet: 12_000, minimal: 6_000, gnosis: 5_000 };

/** The rules of a development chain: Electra from genesis, Fulu when asked for. */
export function rulesFor(presetBase: PresetBase, overrides: Partial<Rules> = {}): Rules {
  return {
    ...PRESETS[presetBase],
    presetBase,
    CONFIG_NAME: 'vigil-devnet',
    SLOT_DURATION_MS: SLOT_DURATION_MS[presetBase],
    FULU_FORK_EPOCH: Infinity,
    INACTIVITY_SCORE_BIAS: 4,
    INACTIVITY_SCORE_RECOVERY_RATE: 16,
    EJECTION_BALANCE: 16_000_000_000,
    ...(presetBase === 'mainnet' ? MAINNET_CHURN : SMALL_CHURN),
    MIN_VALIDATOR_WITHDRAWABILITY_DELAY: 256,
    SHARD_COMMITTEE_PERIOD: presetBase === 'mainnet' ? 256 : 64,
    ...overrides,
  };
}

export const epochAt = (rules: Rules, slot: number): number => Math.floor(slot / rules.SLOTS_PER_EPOCH);
export const startSlotOf = (rules: Rules, epoch: number): number => epoch * rules.SLOTS_PER_EPOCH;
