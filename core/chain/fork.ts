import type { Epoch } from '../units.ts';

/** Forks in the order they happen, spelled as the consensus specs spell them. */
export const FORK_NAMES = [
  'phase0',
  'altair',
  'bellatrix',
  'capella',
  'deneb',
  'electra',
  'fulu',
  'gloas',
  'heze',
] as const;

export type ForkName = (typeof FORK_NAMES)[number];

export interface Fork {
  readonly name: ForkName;
  /** 4 bytes. */
  readonly version: Uint8Array;
  /** `FAR_FUTURE_EPOCH` when not scheduled. */
  readonly epoch: Epoch;
}

/** True when `fork` is `other` or comes after it. */
export function isAtLeast(fork: ForkName, other: ForkName): boolean {
  return FORK_NAMES.indexOf(fork) >= FORK_NAMES.indexOf(other);
}
