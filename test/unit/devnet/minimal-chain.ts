import { activatePreset } from '../../../core/chain/preset.ts';

/** The minimal preset, chosen before anything that has SSZ types is imported. */
activatePreset('minimal');

export const { createSimulation, compoundingCredentials, withdrawalAddress } =
  await import('../../../devnet/simulation/create-simulation.ts');

export const MINIMAL = { slotsPerEpoch: 8 };
