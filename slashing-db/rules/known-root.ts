import { ZERO_ROOT, type Root } from '../../core/units.ts';

/**
 * A signing root as the guard remembers it: null when it identifies nothing. Some clients export zeros for roots
 * they never knew, so zero is "unknown", and unknown equals nothing (EIP-3076 on missing signing roots).
 */
export function knownRoot(signingRoot: Root | null): Root | null {
  return signingRoot === ZERO_ROOT ? null : signingRoot;
}

/** True only when both are known and equal. */
export function isSameKnownRoot(one: Root | null, other: Root | null): boolean {
  const known = knownRoot(one);
  return known !== null && known === knownRoot(other);
}
