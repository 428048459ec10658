import { BeaconFailure, header, type BeaconNodes } from '../../beacon/index.ts';
import type { Root } from '../../core/units.ts';

/**
 * `enough`: two nodes have the block, so one of them has verified it that did not tell of it. `contradicted`: one of
 * them does not know it. `silent`: nobody is there to say either.
 */
export type Testimony = 'enough' | 'contradicted' | 'silent';

const ENOUGH = 2;

/** A block that a node has is at hand; whoever needs longer is not well. */
const TIMEOUT_MS = 3000;

/**
 * Asks all beacon nodes for a block. The signatures of votes are aggregates over committees whose keys nobody has
 * proven here, so that they cannot be verified as those of a block can; a second node has verified all of them.
 */
export function blockWitnesses(
  nodes: Pick<BeaconNodes, 'askEach'>,
  timeoutMs = TIMEOUT_MS,
): (root: Root) => Promise<Testimony> {
  return async (root) => {
    const answers = await nodes.askEach(header(root), timeoutMs);
    const knowing = answers.filter((answer) => answer !== null && !(answer instanceof BeaconFailure));
    if (knowing.length >= ENOUGH) return 'enough';
    const denied = answers.some((answer) => answer instanceof BeaconFailure && answer.kind === 'not-found');
    return denied ? 'contradicted' : 'silent';
  };
}
