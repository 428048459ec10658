import { z } from 'zod';
import { epoch, slot, type Epoch, type Root, type Slot } from '../../core/units.ts';
import { checked } from '../endpoints/read-answer.ts';
import { root, uint64 } from '../endpoints/wire.ts';
import { InvalidAnswer } from '../node/call.ts';
import type { EventTopic } from './event-topics.ts';

/** A block and where it is. */
export interface BlockPoint {
  readonly slot: Slot;
  readonly root: Root;
}

/** What happened on the chain; a reason to look, never the only source of anything. */
export type ChainEvent =
  | { readonly kind: 'head'; readonly head: BlockPoint }
  | { readonly kind: 'block'; readonly block: BlockPoint }
  /** `depth` in slots; null when nobody counted. `oldHead` is no longer part of the chain. */
  | {
      readonly kind: 'reorg';
      readonly depth: bigint | null;
      readonly oldHead: Root;
      readonly newHead: BlockPoint;
    }
  | { readonly kind: 'finalized'; readonly epoch: Epoch; readonly root: Root }
  /** Seen, perhaps not in a block yet: whose, the block will say. */
  | { readonly kind: 'slashing'; readonly of: 'proposer' | 'attester' }
  /**
   * Between these two heads nothing was told. Whoever needs every block fetches them from `head` by parent roots, down
   * to one that is known: `after`, unless a reorganisation took that one away. Null at the start.
   */
  | { readonly kind: 'gap'; readonly after: BlockPoint | null; readonly head: BlockPoint };

/** An event as streamed: what it says, and whether it rests on an unverified payload. */
export interface StreamedEvent {
  readonly topic: EventTopic;
  readonly event: ChainEvent;
  readonly executionOptimistic: boolean;
}

const optimistic = { execution_optimistic: z.boolean().optional() };

const SCHEMAS = {
  head: z
    .object({ slot: uint64, block: root, ...optimistic })
    .transform((data): ChainEvent => ({ kind: 'head', head: { slot: slot(data.slot), root: data.block } })),
  block: z
    .object({ slot: uint64, block: root, ...optimistic })
    .transform((data): ChainEvent => ({ kind: 'block', block: { slot: slot(data.slot), root: data.block } })),
  chain_reorg: z
    .object({ slot: uint64, depth: uint64, old_head_block: root, new_head_block: root, ...optimistic })
    .transform((data): ChainEvent => ({
      kind: 'reorg',
      depth: data.depth,
      oldHead: data.old_head_block,
      newHead: { slot: slot(data.slot), root: data.new_head_block },
    })),
  finalized_checkpoint: z
    .object({ epoch: uint64, block: root, ...optimistic })
    .transform((data): ChainEvent => ({ kind: 'finalized', epoch: epoch(data.epoch), root: data.block })),
  proposer_slashing: z.object({}).transform((): ChainEvent => ({ kind: 'slashing', of: 'proposer' })),
  attester_slashing: z.object({}).transform((): ChainEvent => ({ kind: 'slashing', of: 'attester' })),
} as const satisfies Record<EventTopic, z.ZodType<ChainEvent>>;

/** @throws InvalidAnswer naming topic and field */
export function readEvent(topic: EventTopic, data: string): StreamedEvent {
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch (error) {
    throw new InvalidAnswer(`${topic}: not JSON`, { cause: error });
  }
  try {
    const event = checked(SCHEMAS[topic], json);
    const { execution_optimistic = false } = checked(z.object(optimistic), json);
    return { topic, event, executionOptimistic: execution_optimistic };
  } catch (error) {
    throw error instanceof InvalidAnswer ? new InvalidAnswer(`${topic}: ${error.message}`) : error;
  }
}
