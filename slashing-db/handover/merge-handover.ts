import type { Epoch } from '../../core/units.ts';
import type { KeyControl } from '../key-controls.ts';

/** How far a key has come on its way from database to database: taken over last at `inEpoch`, given away since at `outEpoch`. */
type Handover = Pick<KeyControl, 'outEpoch' | 'inEpoch'>;

/**
 * What two databases know of one key, together: who has followed it further is right. Taking it over answers all that the
 * other gave away until then, so that it is signed with again where a copy brings it back to. When nobody can tell who is
 * further it stays given away.
 * @param comeBack whether theirs may end a hand-over of ours: they leave the key to us now, and left it to nobody else before
 */
export function mergeHandover(ours: Handover, theirs: Handover, comeBack: boolean): Handover {
  const ourOut = comeBack && answers(theirs, ours) ? null : ours.outEpoch;
  const theirOut = answers(ours, theirs) ? null : theirs.outEpoch;
  return {
    outEpoch: ourOut === null || (theirOut !== null && theirOut < ourOut) ? theirOut : ourOut,
    inEpoch: later(ours.inEpoch, theirs.inEpoch),
  };
}

/**
 * A key may be given on at the very epoch at which it came, and then the epochs say the same of who gave and of who took: so
 * one has to know of a later arrival than the other.
 */
function answers(one: Handover, other: Handover): boolean {
  if (one.inEpoch === null || other.outEpoch === null || one.inEpoch < other.outEpoch) return false;
  return other.inEpoch === null || one.inEpoch > other.inEpoch;
}

function later(one: Epoch | null, other: Epoch | null): Epoch | null {
  if (one === null || other === null) return one ?? other;
  return other > one ? other : one;
}
