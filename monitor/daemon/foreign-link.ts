import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { isVigilError } from '../../core/errors.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Root } from '../../core/units.ts';
import {
  decodeSeen,
  encodeSeen,
  foreignError,
  ForeignWatch,
  SignerHistory,
  type SeenMessage,
  type SignerDoor,
  type Testimony,
} from '../foreign/index.ts';
import type { BlockFacts } from '../model/block-facts.ts';
import type { ForeignMessage } from '../model/foreign-message.ts';
import type { AttestationVerdict, IncludedMessage } from '../model/verdicts.ts';
import type { WatchedValidator } from '../model/watched-validator.ts';
import type { MonitorStore } from '../store/index.ts';

export interface ForeignLinkModules {
  readonly spec: ChainSpec;
  readonly store: MonitorStore;
  readonly doors: readonly SignerDoor[];
  /** What the beacon nodes say of a block; left out where there is only one, which then is believed. */
  readonly witnesses?: (blockRoot: Root) => Promise<Testimony>;
  readonly log: Logger;
  readonly nowMs: () => bigint;
  readonly onForeign: (message: ForeignMessage) => void;
  /** A block that claims to be of a watched validator is not signed by it. */
  readonly onForged: () => void;
  /** A vote of a watched validator that no block of this network can hold. */
  readonly onImpossible: () => void;
}

const MOST_REMEMBERED = 100_000;

/** Hands what the engine sees on chain to the watch for foreign signatures, and what that finds to the store. */
export class ForeignLink {
  readonly watch: ForeignWatch;
  readonly #spec: ChainSpec;
  readonly #enabled: boolean;
  readonly #log: Logger;
  readonly #onForged: () => void;
  readonly #onImpossible: () => void;
  /** What was judged. A head brings the same again and again; another branch may bring others. */
  #handed = new Set<string>();

  constructor({
    spec,
    store,
    doors,
    witnesses,
    log,
    nowMs,
    onForeign,
    onForged,
    onImpossible,
  }: ForeignLinkModules) {
    this.#spec = spec;
    this.#log = log;
    this.#onForged = onForged;
    this.#onImpossible = onImpossible;
    this.#enabled = doors.length > 0;
    this.watch = new ForeignWatch({
      ...{ spec, log, nowMs, onForeign },
      ...(witnesses === undefined ? {} : { witnesses }),
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

  /** Whether there is a signer to compare with. */
  get enabled(): boolean {
    return this.#enabled;
  }

  /** What the signers have not told yet; null where there are none. */
  get unjudged() {
    if (!this.#enabled) return null;
    const { open, oldestOpen, accused } = this.watch.state;
    return { messages: open, oldestSlot: oldestOpen, accused };
  }

  /**
   * Votes and blocks as a branch of the chain has them: even one that is left behind later proves who signed. What is
   * foreign or not decided yet is durable when it resolves.
   */
  async check(
    watched: readonly WatchedValidator[],
    verdicts: readonly AttestationVerdict[],
    blocks: readonly BlockFacts[],
  ): Promise<void> {
    if (!this.#enabled) return;
    const { isOfItsProposer, seenBlock, seenVote } = await import('../foreign/see.ts');
    const byIndex = new Map(watched.map((validator) => [validator.index, validator]));
    const messages: SeenMessage[] = [];
    const judged: string[] = [];
    for (const { validatorIndex, inclusion } of verdicts) {
      const validator = byIndex.get(validatorIndex);
      if (validator === undefined || inclusion === null) continue;
      for (const message of inclusion.messages) {
        const key = keyOf(validatorIndex, message);
        if (this.#handed.has(key)) continue;
        try {
          messages.push(seenVote(this.#spec, validator, message.data, message.block));
          judged.push(key);
        } catch (error) {
          this.#tellImpossible(key, validatorIndex, error);
        }
      }
    }
    for (const block of blocks) {
      const validator = byIndex.get(block.proposerIndex);
      const key = `${block.root}/${block.signature}`;
      if (validator === undefined || block.slot === 0n || this.#handed.has(key)) continue;
      const seen = seenBlock(this.#spec, validator, block);
      if (isOfItsProposer(seen, block)) {
        messages.push(seen);
        judged.push(key);
      } else {
        this.#tellForged(seen);
        this.#hand(key);
      }
    }
    await this.watch.check(messages);
    // Not before: what a failure kept from being judged is brought again.
    for (const key of judged) this.#hand(key);
  }

  #hand(key: string): void {
    // What is forgotten is handed over once more, which does no harm.
    if (this.#handed.size > MOST_REMEMBERED) this.#handed = new Set();
    this.#handed.add(key);
  }

  /** One that no block can hold says nothing of the others: they are judged as if it were not there. */
  #tellImpossible(key: string, validatorIndex: number, error: unknown): void {
    if (!isVigilError(error, 'FOREIGN_MESSAGE_IMPOSSIBLE')) throw error;
    const { code, hint, message } = error;
    this.#log.error({ validatorIndex, code, hint }, message);
    this.#onImpossible();
    this.#hand(key);
  }

  #tellForged({ pubkey, validatorIndex, slot, signingRoot, onChain }: SeenMessage): void {
    const { code, hint, message } = foreignError(
      'FOREIGN_BLOCK_FORGED',
      `the block of slot ${slot} is not signed by validator ${validatorIndex}, which is said to have proposed it`,
    );
    this.#log.error(
      { pubkey, validatorIndex, slot: slot.toString(), signingRoot, onChain, code, hint },
      message,
    );
    this.#onForged();
  }
}

/** In another block a vote has other witnesses. */
function keyOf(
  validatorIndex: number,
  { data: { slot, index, beaconBlockRoot, source, target }, block }: IncludedMessage,
): string {
  const checkpoints = [source.epoch, source.root, target.epoch, target.root];
  return [validatorIndex, slot, index, beaconBlockRoot, ...checkpoints, block.root].join('/');
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
