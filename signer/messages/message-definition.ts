import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import type { ForkName } from '../../core/chain/fork.ts';
import type { SlotClock } from '../../core/chain/slot-clock.ts';
import type { JsonObject, JsonValue } from '../../core/json/parse-strict-json.ts';
import type { Root, Slot } from '../../core/units.ts';
import type { GuardedMessage } from '../../slashing-db/message.ts';
import type { DomainRule } from './domain-rule.ts';
import type { MessageFacts } from './message-facts.ts';

export interface ParseContext {
  readonly spec: ChainSpec;
  readonly clock: SlotClock;
}

/** All there is to know about one message type; one file each in `message-types/`, listed in `registry.ts`. */
export interface MessageDefinition {
  /** `type` of the request, in upper case; a request may write it in any. */
  readonly type: string;
  /** The member of the request that carries the message. */
  readonly payloadKey: string;
  /**
   * Decodes the payload and checks what only this type knows.
   * @param path where the payload stands in the request, for error messages
   * @param request all of it: what belongs to the message may stand beside the payload
   */
  read(payload: JsonValue, path: string, context: ParseContext, request: JsonObject): DecodedMessage;
}

export interface DecodedMessage {
  /** `hash_tree_root` of what is signed, 32 bytes. */
  readonly objectRoot: Uint8Array;
  readonly domain: DomainRule;
  /** The first and the last fork that have this message, where not all of them do. */
  readonly firstFork?: ForkName;
  readonly lastFork?: ForkName;
  /** What the policy has to judge; left out by every type of which it judges nothing but the type. */
  readonly facts?: MessageFacts;
  /** The first slot in which it is signed, of what leaves `guarded` out; see `earliest.ts`. */
  readonly earliest?: Slot;
  /** What the guard has to judge; left out by every type that can neither be slashed nor do harm for good. */
  guarded?(signingRoot: Root): GuardedMessage;
}
