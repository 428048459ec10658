import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import type { Logger } from '../../core/log/logger.ts';
import {
  decodeSeen,
  encodeSeen,
  ForeignWatch,
  SignerHistory,
  type SeenMessage,
  type SignerDoor,
} from '../foreign/index.ts';
import type { BlockFacts } from '../model/block-facts.ts';
import type { ForeignMessage } from '../model/foreign-message.ts';
import type { AttestationVerdict } from '../model/verdicts.ts';
import type { WatchedValidator } from '../model/watched-validator.ts';
import type { MonitorStore } from '../store/index.ts';

export interface ForeignLinkModules {
  readonly spec: ChainSpec;
  readonly store: MonitorStore;
  readonly doors: readonly SignerDoor[];
  readonly log: Logger;
  readonly nowMs: () => bigint;
  readonly onForeign: (message: ForeignMessage) => void;
}

const MOST_REMEMBERED = 200_000;

/** Hands what the engine sees on chain to the watch for foreign signatures, and what that finds to the store. */
export class ForeignLink {
  readonly watch: ForeignWatch;
  readonly #spec: ChainSpec;
  readonly #enabled: boolean;
  /** By validator and slot of the duty: how many messages were handed over. A head brings the same votes again and again. */
  #handed = new Map<string, number>();

  constructor({ spec, store, doors, log, nowMs, onForeign }: ForeignLinkModules) {
    this.#spec = spec;
    this.#enabled = doors.length > 0;
    this.watch = new ForeignWatch({
      ...{ spec, log, nowMs, onForeign },
      signers: doors.map((door) => new SignerHistory(door, spec.genesisValidatorsRoot)),
      store: {
        recordForeign(message) {
          if (!store.addForeign(message)) {
            store.setForeignAction(message.pubkey, message.signingRoot, message.action);
          }
        },
        keepOpen: (messages) => store.keepOpenForeign(messages.map(encodeSeen)),
      },
      known: knownOf(store),
      open: store.openForeign().map(decodeSeen),
    });
  }

  /** Votes and blocks as a branch of the chain has them: even one that is left behind later proves who signed. */
  async check(
    watched: readonly WatchedValidator[],
    verdicts: readonly AttestationVerdict[],
    blocks: readonly BlockFacts[],
  ): Promise<void> {
    if (!this.#enabled) return;
    const { seenBlock, seenVotes } = await import('../foreign/see.ts');
    const byIndex = new Map(watched.map((validator) => [validator.index, validator]));
    const messages: SeenMessage[] = [];
    for (const verdict of verdicts) {
      const validator = byIndex.get(verdict.validatorIndex);
      if (validator === undefined || !this.#isNew(`${verdict.validatorIndex}/${verdict.slot}`, verdict))
        continue;
      messages.push(...seenVotes(this.#spec, validator, verdict));
    }
    for (const block of blocks) {
      const validator = byIndex.get(block.proposerIndex);
      if (validator !== undefined && block.slot > 0n) messages.push(seenBlock(this.#spec, validator, block));
    }
    await this.watch.check(messages);
  }

  #isNew(duty: string, { inclusion }: AttestationVerdict): boolean {
    const count = inclusion?.messages.length ?? 0;
    if (count <= (this.#handed.get(duty) ?? 0)) return false;
    // What is forgotten is handed over once more, which does no harm.
    if (this.#handed.size > MOST_REMEMBERED) this.#handed = new Map();
    this.#handed.set(duty, count);
    return true;
  }
}

function knownOf(store: MonitorStore): ForeignMessage[] {
  const known: ForeignMessage[] = [];
  let cursor: string | null = null;
  do {
    const page = store.query.foreign({}, {}, { cursor });
    known.push(...page.rows);
    cursor = page.next;
  } while (cursor !== null);
  return known;
}
