import { ssz } from '@lodestar/types';
import type { BeaconState } from '../state.ts';
import { writePerValidator, writeQueues } from './write-lists.ts';
import { writeReplaced } from './write-replaced.ts';
import { writeRings } from './write-rings.ts';

/** The view of a state's Merkle tree. Before Fulu there is no lookahead in it, and it must not be touched. */
export type StateView = ReturnType<typeof ssz.fulu.BeaconState.defaultViewDU>;

/**
 * The Merkle tree of a state as it was at some moment, never changed: the next one shares all of it that is still
 * the same, with the hashes, so that a vector of 65,536 mixes costs a path of sixteen.
 */
export interface StateTree {
  readonly node: StateView['node'];
  readonly root: Uint8Array;
  /** What it was made from. */
  readonly source: TreeSource;
}

/** All that is needed of a state to see what changed since. */
export type TreeSource = Readonly<Omit<BeaconState, Carried | Ring>> & {
  readonly [Key in Ring]: ReadonlyMap<
    number,
    BeaconState[Key] extends Map<number, infer Value> ? Value : never
  >;
};
type Carried = 'tree' | 'journal' | 'activeBalanceMemo' | 'proposersMemo';
type Ring = 'blockRoots' | 'stateRoots' | 'randaoMixes' | 'slashings';

/** The tree of the state as it is now. */
export function nextTree(state: BeaconState): StateTree {
  const before = state.tree;
  const view = before === null ? firstView(state) : typeOf(state).getViewDU(before.node);
  writeReplaced(view, state, before?.source ?? null);
  writeQueues(view, state, before?.source ?? null);
  const lists = writePerValidator(view, state, before?.source ?? null);
  const rings = writeRings(view, state, before?.source ?? null);
  const root = view.hashTreeRoot();
  return { node: view.node, root, source: { ...withoutMemos(state), ...lists, ...rings } };
}

export const viewOf = ({ node, source }: StateTree): StateView => typeOf(source).getViewDU(node);

/**
 * Both types have a tree of the same depth and the same fields but for the lookahead at the end, so that the upgrade
 * is to look at the old tree with the new type.
 */
const typeOf = (source: TreeSource): typeof ssz.fulu.BeaconState =>
  source.proposerLookahead === null
    ? (ssz.electra.BeaconState as unknown as typeof ssz.fulu.BeaconState)
    : ssz.fulu.BeaconState;

/** At genesis every mix is that of genesis. */
function firstView(state: BeaconState): StateView {
  const view = typeOf(state).defaultViewDU();
  const mixes = ssz.phase0.RandaoMixes;
  view.randaoMixes = mixes.toViewDU(Array.from({ length: mixes.length }, () => state.genesisMix));
  return view;
}

/** A tree that kept the last one in its source would keep all that ever were. */
const withoutMemos = (state: BeaconState): TreeSource => ({ ...state, ...NO_MEMOS });
const NO_MEMOS = { tree: null, journal: null, activeBalanceMemo: null, proposersMemo: null };
