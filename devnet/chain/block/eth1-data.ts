import { ssz, type phase0 } from '@lodestar/types';
import type { Rules } from '../rules.ts';
import type { BeaconState } from '../state.ts';

/** `process_eth1_data`: more than half of a voting period's slots decide. */
export function processEth1Data(rules: Rules, state: BeaconState, vote: phase0.Eth1Data): void {
  const equals = (other: phase0.Eth1Data) => other === vote || ssz.phase0.Eth1Data.equals(other, vote);
  // The same object for the same vote: so votes are compared with the latest alone as long as all agree.
  const latest = state.eth1DataVotes.at(-1);
  const known = latest !== undefined && equals(latest) ? latest : vote;
  state.eth1DataVotes = [...state.eth1DataVotes, known];
  if (equals(state.eth1Data)) return;
  const votes = state.eth1DataVotes.filter((other) => other === known || equals(other)).length;
  const slots = rules.EPOCHS_PER_ETH1_VOTING_PERIOD * rules.SLOTS_PER_EPOCH;
  if (votes * 2 > slots) state.eth1Data = known;
}
