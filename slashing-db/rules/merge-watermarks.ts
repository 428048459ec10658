import type { AttestationWatermark, BlockWatermark } from '../watermark.ts';
import { isSameKnownRoot } from './known-root.ts';

/**
 * Merging imported history: the component-wise maximum. It is commutative, associative and idempotent, so files
 * may come in any order and any number of times, and nothing is ever lowered. Safe for any input, also one that
 * contradicts itself. The signing root survives only where nothing moved and both sides agree on it: after an
 * import nobody can tell which message the maximum stands for.
 */
export function mergeBlock(
  ours: BlockWatermark | null,
  theirs: BlockWatermark | null,
): BlockWatermark | null {
  if (ours === null || theirs === null) return ours ?? withoutRoot(theirs);
  if (theirs.slot > ours.slot) return { slot: theirs.slot, signingRoot: null };
  const agreed = theirs.slot < ours.slot || isSameKnownRoot(ours.signingRoot, theirs.signingRoot);
  return agreed || ours.signingRoot === null ? ours : { slot: ours.slot, signingRoot: null };
}

/** As {@link mergeBlock}, for source and target each on its own. */
export function mergeAttestation(
  ours: AttestationWatermark | null,
  theirs: AttestationWatermark | null,
): AttestationWatermark | null {
  if (ours === null || theirs === null) return ours ?? withoutRoot(theirs);
  const source = theirs.source > ours.source ? theirs.source : ours.source;
  const target = theirs.target > ours.target ? theirs.target : ours.target;
  const moved = source !== ours.source || target !== ours.target;
  const agreed = theirs.target < ours.target || namesSameVote(ours, theirs);
  if (!moved && (agreed || ours.signingRoot === null)) return ours;
  return { source, target, signingRoot: null };
}

function namesSameVote(ours: AttestationWatermark, theirs: AttestationWatermark): boolean {
  return theirs.source === ours.source && isSameKnownRoot(ours.signingRoot, theirs.signingRoot);
}

function withoutRoot<W extends BlockWatermark | AttestationWatermark>(watermark: W | null): W | null {
  return watermark === null ? null : { ...watermark, signingRoot: null };
}
