import { ssz } from '@lodestar/types';
import { toHex } from '../../core/hex.ts';
import { epochAt, startSlotOf } from '../chain/rules.ts';
import type { BlockNode } from '../simulation/block-tree.ts';
import type { EventName, SimulationEvents } from '../simulation/events.ts';
import type { NodeView } from './node-view.ts';

export const TOPICS = [
  'head',
  'block',
  'block_gossip',
  'finalized_checkpoint',
  'chain_reorg',
  'attestation',
  'single_attestation',
  'contribution_and_proof',
  'voluntary_exit',
  'proposer_slashing',
  'attester_slashing',
] as const;
export type Topic = (typeof TOPICS)[number];

export const isTopic = (name: string): name is Topic => (TOPICS as readonly string[]).includes(name);

interface Message {
  readonly topic: Topic;
  readonly data: unknown;
}

/** An event of the chain in the Beacon API's words; a block is both `block` and `block_gossip`. */
export function messagesOf<Name extends EventName>(
  view: NodeView,
  name: Name,
  event: SimulationEvents[Name],
): Message[] {
  const optimistic = { execution_optimistic: view.conditions.optimistic };
  switch (name) {
    case 'block': {
      const { root } = event as SimulationEvents['block'];
      const data = { slot: nodeOf(view, root).slot.toString(), block: root };
      return [
        { topic: 'block_gossip', data },
        { topic: 'block', data: { ...data, ...optimistic } },
      ];
    }
    case 'head': {
      const { root, epochTransition } = event as SimulationEvents['head'];
      return [
        { topic: 'head', data: { ...headJson(view, nodeOf(view, root), epochTransition), ...optimistic } },
      ];
    }
    case 'chain_reorg':
      return [{ topic: 'chain_reorg', data: { ...reorgJson(view, event as never), ...optimistic } }];
    case 'finalized_checkpoint': {
      const { epoch, root } = event as SimulationEvents['finalized_checkpoint'];
      const state = toHex(nodeOf(view, root).signed.message.stateRoot);
      return [{ topic: name, data: { block: root, state, epoch: epoch.toString(), ...optimistic } }];
    }
    case 'single_attestation':
      return [{ topic: name, data: ssz.electra.SingleAttestation.toJson(event as never) }];
    case 'attestation':
      return [{ topic: name, data: ssz.electra.Attestation.toJson(event as never) }];
    case 'contribution_and_proof':
      return [{ topic: name, data: ssz.altair.SignedContributionAndProof.toJson(event as never) }];
    case 'voluntary_exit':
      return [{ topic: name, data: ssz.phase0.SignedVoluntaryExit.toJson(event as never) }];
    case 'proposer_slashing':
      return [{ topic: name, data: ssz.phase0.ProposerSlashing.toJson(event as never) }];
    case 'attester_slashing':
      return [{ topic: name, data: ssz.electra.AttesterSlashing.toJson(event as never) }];
    default:
      return [];
  }
}

function nodeOf(view: NodeView, root: string): BlockNode {
  return view.simulation.tree.byRoot(root) ?? view.simulation.tree.genesis;
}

function headJson(view: NodeView, node: BlockNode, epochTransition: boolean) {
  const epoch = epochAt(view.rules, node.slot);
  return {
    slot: node.slot.toString(),
    block: node.root,
    state: toHex(node.signed.message.stateRoot),
    epoch_transition: epochTransition,
    previous_duty_dependent_root: view.rootBefore(startSlotOf(view.rules, epoch - 1)),
    current_duty_dependent_root: view.rootBefore(startSlotOf(view.rules, epoch)),
  };
}

function reorgJson(view: NodeView, { oldHead, newHead, depth }: SimulationEvents['chain_reorg']) {
  const [old, now] = [nodeOf(view, oldHead), nodeOf(view, newHead)];
  return {
    slot: now.slot.toString(),
    depth: depth.toString(),
    old_head_block: oldHead,
    new_head_block: newHead,
    old_head_state: toHex(old.signed.message.stateRoot),
    new_head_state: toHex(now.signed.message.stateRoot),
    epoch: epochAt(view.rules, now.slot).toString(),
  };
}
