import type { HeadState } from '../model/monitor-state.ts';
import type { AttestationVerdict, NetworkAttestations } from '../model/verdicts.ts';

/** Votes that were due, of which something is known. */
export interface VoteCount {
  readonly due: number;
  readonly missed: number;
}

/**
 * `ours`: our validators miss clearly more than everybody does. `everybody`: so many votes are missing in the whole
 * network that nothing on our side explains it. `unknown`: there is nothing to compare.
 */
export type Comparison = 'well' | 'ours' | 'everybody' | 'unknown';

/** Above the network by more than so much is our own trouble. */
const OURS_ABOVE = 0.02;
/** From so much on the network is in trouble itself. */
const NETWORK_IN_TROUBLE = 0.1;

export function compareWithNetwork(ours: VoteCount, network: VoteCount | null): Comparison {
  const mine = missedRatio(ours);
  const all = network === null ? null : missedRatio(network);
  if (mine === null || all === null) return 'unknown';
  if (mine - all > OURS_ABOVE) return 'ours';
  return mine > OURS_ABOVE && all >= NETWORK_IN_TROUBLE ? 'everybody' : 'well';
}

export const missedRatio = ({ due, missed }: VoteCount): number | null => (due === 0 ? null : missed / due);

/** What is unknown is left out: it is neither done nor missed. */
export function countVotes(verdicts: readonly AttestationVerdict[]): VoteCount {
  let [due, missed] = [0, 0];
  for (const { result } of verdicts) {
    if (result === 'unknown') continue;
    due += 1;
    if (result === 'missed') missed += 1;
  }
  return { due, missed };
}

export const networkVotes = (network: NetworkAttestations | null): VoteCount | null =>
  network === null ? null : { due: network.due, missed: network.due - network.included };

/** The newest epoch at the head to which no block can add; null while there is none. */
export function lastClosed(head: HeadState): HeadState['attestations'][number] | null {
  return head.attestations.findLast(({ closed }) => closed) ?? null;
}
