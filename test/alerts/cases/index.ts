import type { Scenes } from '../scene.ts';
import { BEACON_CASES } from './beacon.ts';
import { GUARD_CASES } from './guard.ts';
import { MONITOR_CASES } from './monitor.ts';
import { PROPOSAL_CASES } from './proposals.ts';
import { SIGNER_CASES } from './signer.ts';
import { VALIDATOR_CASES } from './validators.ts';

/** Of every alert: where it fires, and where it does not. */
export const CASES: Scenes = {
  ...VALIDATOR_CASES,
  ...PROPOSAL_CASES,
  ...GUARD_CASES,
  ...SIGNER_CASES,
  ...BEACON_CASES,
  ...MONITOR_CASES,
};
