import { z } from 'zod';
import { slot as slotOf, type Root, type Slot } from '../../core/units.ts';
import { apiRequest, InvalidAnswer, simpleCall, type Call } from '../node/call.ts';
import { idText, isRoot, type BlockId } from './ids.ts';
import { readAnswer } from './read-answer.ts';
import { root, uint64 } from './wire.ts';

export interface BlockHeader {
  readonly root: Root;
  /** Part of the chain that the node follows now. */
  readonly canonical: boolean;
  readonly slot: Slot;
  readonly proposerIndex: bigint;
  readonly parentRoot: Root;
  readonly stateRoot: Root;
  readonly bodyRoot: Root;
}

const headerData = z
  .object({
    root,
    canonical: z.boolean(),
    header: z.object({
      message: z.object({
        slot: uint64,
        proposer_index: uint64,
        parent_root: root,
        state_root: root,
        body_root: root,
      }),
    }),
  })
  .transform(({ root: blockRoot, canonical, header: { message } }): BlockHeader => ({
    root: blockRoot,
    canonical,
    slot: slotOf(message.slot),
    proposerIndex: message.proposer_index,
    parentRoot: message.parent_root,
    stateRoot: message.state_root,
    bodyRoot: message.body_root,
  }));

const rootData = z.object({ root }).transform((data) => data.root);

/** @throws BEACON_NOT_FOUND when there is no such block, for one an empty slot */
export function header(id: BlockId): Call<BlockHeader> {
  const request = apiRequest('getBlockHeader', { at: { block_id: idText(id) } });
  return simpleCall(request, (raw) => {
    const answer = readAnswer(headerData, raw);
    assertIsWhatWasAsked(id, answer.data.slot, answer.data.root);
    return answer;
  });
}

/** All headers of one slot that the node has seen, orphaned ones too. An empty slot has none. */
export function headersAt(at: Slot): Call<BlockHeader[]> {
  const request = apiRequest('getBlockHeaders', { query: { slot: at.toString() } });
  return simpleCall(request, (raw) => {
    const answer = readAnswer(z.array(headerData), raw);
    for (const each of answer.data) assertIsWhatWasAsked(at, each.slot, each.root);
    return answer;
  });
}

/** @throws BEACON_NOT_FOUND */
export function blockRoot(id: BlockId): Call<Root> {
  const request = apiRequest('getBlockRoot', { at: { block_id: idText(id) } });
  return simpleCall(request, (raw) => readAnswer(rootData, raw));
}

/** @throws InvalidAnswer when another block came than was asked for */
export function assertIsWhatWasAsked(id: BlockId, slot: Slot, blockRootOfIt: Root): void {
  if (typeof id === 'bigint' && slot !== id) {
    throw new InvalidAnswer(`slot: the block of slot ${slot} came for slot ${id}`);
  }
  if (isRoot(id) && blockRootOfIt !== id) {
    throw new InvalidAnswer(`root: the block ${blockRootOfIt} came for ${id}`);
  }
  if (id === 'genesis' && slot !== 0n) throw new InvalidAnswer(`slot: genesis is not at slot ${slot}`);
}
