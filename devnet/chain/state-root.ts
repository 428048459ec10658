import type { BeaconState } from './state.ts';
import { nextTree, viewOf, type StateView } from './ssz/state-tree.ts';

/** `hash_tree_root(state)`. What it takes is only what changed since a state that this one was made from. */
export function stateRoot(state: BeaconState): Uint8Array {
  state.tree = nextTree(state);
  return state.tree.root;
}

/** The state as the SSZ value of its fork. */
export function stateView(state: BeaconState): StateView {
  state.tree = nextTree(state);
  return viewOf(state.tree);
}
