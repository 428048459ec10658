import { fuluFork } from './config-values.ts';
import { computeProposers } from './proposers.ts';
import { epochAt, type Rules } from './rules.ts';
import type { BeaconState } from './state.ts';

/** `upgrade_to_fulu`, with `initialize_proposer_lookahead` (EIP-7917). The state is at the fork's first slot. */
export function upgradeToFulu(rules: Rules, state: BeaconState): void {
  const epoch = epochAt(rules, state.slot);
  state.fork = fuluFork(rules);
  state.proposerLookahead = [
    ...computeProposers(rules, state, epoch),
    ...computeProposers(rules, state, epoch + 1),
  ];
}
