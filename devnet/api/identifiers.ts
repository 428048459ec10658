import type { BeaconState } from '../chain/state.ts';
import type { BlockNode } from '../simulation/block-tree.ts';
import { toHex } from '../../core/hex.ts';
import { badRequest, notFound } from './api-error.ts';
import type { NodeView } from './node-view.ts';

const ROOT = /^0x[0-9a-fA-F]{64}$/;
const PUBKEY = /^0x[0-9a-fA-F]{96}$/;
const DECIMAL = /^(0|[1-9][0-9]{0,15})$/;

/** @throws ApiError 400 */
export function readInteger(text: unknown, name: string): number {
  if (typeof text !== 'string' || !DECIMAL.test(text)) throw badRequest(`${name} must be an integer`);
  return Number(text);
}

/** `head`, `genesis`, `finalized`, a slot or a root. @throws ApiError */
export function resolveBlock(view: NodeView, id: string): BlockNode {
  const { tree } = view.simulation;
  if (id === 'head') return view.head;
  if (id === 'genesis') return tree.genesis;
  if (id === 'finalized') return tree.byRoot(view.headState.finalized.root) ?? tree.genesis;
  if (id === 'justified') return tree.byRoot(view.headState.currentJustified.root) ?? tree.genesis;
  const found = ROOT.test(id)
    ? tree.byRoot(id.toLowerCase())
    : DECIMAL.test(id)
      ? view.canonicalAt(Number(id))
      : null;
  if (found === null) throw badRequest(`Invalid block id '${id}'`);
  if (found === undefined) throw notFound(`No block found for id '${id}'`);
  return found;
}

export interface ResolvedState {
  readonly state: BeaconState;
  /** The block it follows. */
  readonly node: BlockNode;
  readonly finalized: boolean;
}

/** `head`, `genesis`, `finalized`, `justified`, a slot or a state root. A slot without a block has a state too. @throws ApiError */
export function resolveState(view: NodeView, id: string): ResolvedState {
  const { node, slot } = locateState(view, id);
  if (node.postState === null) throw notFound(`No state found for id '${id}'`);
  const state = view.simulation.tree.stateAt(node, slot);
  return { state, node, finalized: slot <= view.finalizedSlot && view.isFinalized(node) };
}

function locateState(view: NodeView, id: string): { node: BlockNode; slot: number } {
  if (DECIMAL.test(id)) {
    const slot = Number(id);
    if (slot > view.head.slot) throw notFound(`No state found for id '${id}'`);
    return { node: view.latestAt(slot), slot };
  }
  if (ROOT.test(id)) {
    const node = byStateRoot(view, id.toLowerCase());
    if (node === undefined) throw notFound(`No state found for id '${id}'`);
    return { node, slot: node.slot };
  }
  const node = resolveBlock(view, id);
  return { node, slot: node.slot };
}

function byStateRoot(view: NodeView, root: string): BlockNode | undefined {
  for (let node: BlockNode | null = view.head; node !== null; node = node.parent) {
    if (toHex(node.signed.message.stateRoot) === root) return node;
  }
  return undefined;
}

/** The validators that ids name; one that is not known is left out, as the Beacon API says. @throws ApiError */
export function resolveValidators(state: BeaconState, ids: readonly unknown[]): number[] {
  return [...new Set(ids.flatMap((id) => resolveValidator(state, id) ?? []))];
}

/** @throws ApiError 400 for what is neither an index nor a key */
export function resolveValidator(state: BeaconState, id: unknown): number | null {
  if (typeof id === 'string' && DECIMAL.test(id)) {
    return Number(id) < state.validators.length ? Number(id) : null;
  }
  if (typeof id !== 'string' || !PUBKEY.test(id)) throw badRequest(`Invalid validator id '${String(id)}'`);
  const index = state.validators.findIndex(({ pubkey }) => pubkey === id.toLowerCase());
  return index === -1 ? null : index;
}
