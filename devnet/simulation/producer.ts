import { ssz, type electra } from '@lodestar/types';
import { fromHex, toHex } from '../../core/hex.ts';
import { expectedWithdrawals } from '../chain/block/withdrawals.ts';
import { processBlock } from '../chain/block/process-block.ts';
import type { ChainContext } from '../chain/context.ts';
import { ensure, InvalidMessage } from '../chain/invalid.ts';
import { processSlots } from '../chain/process-slots.ts';
import { proposerAt } from '../chain/proposers.ts';
import { epochAt } from '../chain/rules.ts';
import { randaoMixAt } from '../chain/seeds.ts';
import { littleEndian, sha256 } from '../chain/shuffle.ts';
import { stateRoot } from '../chain/state-root.ts';
import { cloneState, type BeaconState } from '../chain/state.ts';
import type { AttestationPool } from './attestation-pool.ts';
import type { BlockNode, BlockTree } from './block-tree.ts';
import { requestKeys, type Operations } from './operations.ts';
import type { SyncPool } from './sync-pool.ts';

export interface ProductionParts {
  readonly context: ChainContext;
  readonly tree: BlockTree;
  readonly attestations: AttestationPool;
  readonly sync: SyncPool;
  readonly operations: Operations;
  readonly genesisTimeSeconds: number;
  /** 20 bytes. */
  readonly feeRecipientOf: (proposer: number) => Uint8Array;
}

export interface BlockRequest {
  readonly slot: number;
  readonly parent: BlockNode;
  readonly randaoReveal: Uint8Array;
  /** 32 bytes. */
  readonly graffiti: Uint8Array;
}

const GAS_LIMIT = 30_000_000;

/** An unsigned block with everything that waits for one. */
export function produceBlock(parts: ProductionParts, request: BlockRequest): electra.BeaconBlock {
  const { context, tree, attestations, sync, operations } = parts;
  const { slot, parent, randaoReveal, graffiti } = request;
  const before = tree.stateAt(parent, slot);
  const block = ssz.electra.BeaconBlock.defaultValue();
  block.slot = slot;
  block.proposerIndex = proposerAt(context.rules, before);
  block.parentRoot = fromHex(parent.root, 'parent_root', 32);
  const { body } = block;
  body.randaoReveal = randaoReveal;
  body.graffiti = graffiti;
  body.eth1Data = before.eth1Data;
  const branch = onBranch(context, parent, slot);
  body.attestations = attestations.pack(before, (validator, root) =>
    branch.votes.has(`${validator}:${root}`),
  );
  body.syncAggregate = sync.aggregate(before, slot - 1, fromHex(parent.root, 'parent_root', 32));
  const packing = cloneState(before);
  body.executionPayload = payloadFor(parts, request, before);
  operations.packInto(packing, body, branch.requests);
  const after = cloneState(before);
  processBlock(context, after, block, false);
  block.stateRoot = stateRoot(after);
  return block;
}

/** A payload no execution layer has seen: right where the consensus layer looks, made up elsewhere. */
function payloadFor(
  parts: ProductionParts,
  { slot, parent }: BlockRequest,
  before: BeaconState,
): electra.ExecutionPayload {
  const { rules } = parts.context;
  const payload = ssz.electra.ExecutionPayload.defaultValue();
  payload.parentHash = before.executionHeader.blockHash;
  payload.feeRecipient = parts.feeRecipientOf(proposerAt(rules, before));
  payload.prevRandao = randaoMixAt(before, epochAt(rules, slot));
  payload.blockNumber = before.executionHeader.blockNumber + 1;
  payload.gasLimit = GAS_LIMIT;
  payload.gasUsed = GAS_LIMIT / 2;
  payload.baseFeePerGas = 7n;
  payload.timestamp = parts.genesisTimeSeconds + Math.floor((slot * rules.SLOT_DURATION_MS) / 1000);
  payload.withdrawals = expectedWithdrawals(rules, before).withdrawals;
  payload.blockHash = sha256(
    payload.parentHash,
    littleEndian(slot, 8),
    fromHex(parent.root, 'parent_root', 32),
  );
  return payload;
}

/** What a branch has already: votes, which can only be in its last two epochs, and requests since finality. */
function onBranch({ rules }: ChainContext, parent: BlockNode, slot: number) {
  const votes = new Set<string>();
  const requests = new Set<string>();
  const oldestVote = slot - 2 * rules.SLOTS_PER_EPOCH;
  const oldest = Math.min(oldestVote, (parent.postState?.finalized.epoch ?? 0) * rules.SLOTS_PER_EPOCH);
  for (let node: BlockNode | null = parent; node !== null && node.slot > oldest; node = node.parent) {
    for (const key of requestKeys(node.signed.message.body)) requests.add(key);
    if (node.slot <= oldestVote) continue;
    for (const { validator, dataRoot } of node.journal.votes) votes.add(`${validator}:${dataRoot}`);
  }
  return { votes, requests };
}

/** The state that a block leads to. @throws InvalidMessage */
export function stateAfter(
  context: ChainContext,
  parent: BlockNode,
  block: electra.BeaconBlock,
): BeaconState {
  if (parent.postState === null) throw new InvalidMessage('the parent is too old to be built on');
  const state = cloneState(parent.postState);
  ensure(block.slot > state.slot, 'the block is not after its parent');
  processSlots(context.rules, state, block.slot);
  processBlock(context, state, block, true);
  ensure(toHex(block.stateRoot) === toHex(stateRoot(state)), 'the block has another state root');
  return state;
}
