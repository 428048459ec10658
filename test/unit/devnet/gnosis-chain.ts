import { activatePreset } from '../../../core/chain/preset.ts';

/** The preset of Gnosis, 16 slots of 5 seconds, chosen before anything that has SSZ types is imported. */
activatePreset('gnosis');
