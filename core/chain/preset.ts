import { PresetName, setActivePreset } from '@lodestar/params/setPreset';
import { gnosisPreset } from '@lodestar/params/presets/gnosis';
import { mainnetPreset } from '@lodestar/params/presets/mainnet';
import { minimalPreset } from '@lodestar/params/presets/minimal';
import { coreError } from '../core-errors.ts';

/** `PRESET_BASE` of a network: the compile-time constants of the consensus specs (list limits, slots per epoch). */
export type PresetBase = 'mainnet' | 'minimal' | 'gnosis';

const PRESETS = { mainnet: mainnetPreset, minimal: minimalPreset, gnosis: gnosisPreset };

export function isPresetBase(name: string): name is PresetBase {
  return Object.hasOwn(PRESETS, name);
}

export function slotsPerEpochOf(preset: PresetBase): bigint {
  return BigInt(PRESETS[preset].SLOTS_PER_EPOCH);
}

/** A period is as long as one sync committee serves. */
export function syncCommitteeOf(preset: PresetBase): {
  readonly size: number;
  readonly epochsPerPeriod: bigint;
} {
  const { SYNC_COMMITTEE_SIZE, EPOCHS_PER_SYNC_COMMITTEE_PERIOD } = PRESETS[preset];
  return { size: SYNC_COMMITTEE_SIZE, epochsPerPeriod: BigInt(EPOCHS_PER_SYNC_COMMITTEE_PERIOD) };
}

let active: PresetBase | null = null;

/**
 * Chooses the preset for this process. The SSZ types of `@lodestar/types` read it once, when they are first
 * imported, so this runs before any module that imports them: `loadChainSpec` calls it, and whatever needs the
 * types is imported after a chain spec was loaded.
 * @throws PRESET_CONFLICT when another preset is active already
 */
export function activatePreset(preset: PresetBase): void {
  if (active === preset) return;
  if (active !== null) {
    throw coreError('PRESET_CONFLICT', `this process works with the ${active} preset, not with ${preset}`);
  }
  try {
    setActivePreset(PresetName[preset]);
  } catch (error) {
    throw coreError(
      'PRESET_CONFLICT',
      `the SSZ types were loaded before the ${preset} preset was chosen`,
      error,
    );
  }
  active = preset;
}
