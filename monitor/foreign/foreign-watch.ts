import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Root, Slot } from '../../core/units.ts';
import { SingleFlight } from '../engine/single-flight.ts';
import type { ForeignMessage } from '../model/foreign-message.ts';
import { Accused } from './accused.ts';
import type { Testimony } from './block-witnesses.ts';
import { judgeAnswers, oursOf, type SeenJudgement } from './judge-answers.ts';
import { idOf, type SeenMessage } from './seen-message.ts';
import type { SignerHistory, SignerSays } from './signer-history.ts';
import { SignerPanel } from './signer-panel.ts';

/** What has to survive a restart. */
export interface ForeignStore {
  /** Adds it, or replaces what there is of the same pubkey and signing root; durable when it resolves. */
  recordForeign(message: ForeignMessage): Promise<void> | void;
  /** Replaces what there was: messages that are not decided yet. */
  keepOpen(messages: readonly SeenMessage[]): Promise<void> | void;
}

export interface ForeignWatchOptions {
  readonly spec: ChainSpec;
  /** All signers that may have a watched key: what a missing one signs would be taken for a stranger's. */
  readonly signers: readonly SignerHistory[];
  readonly store: ForeignStore;
  /** What the beacon nodes say of the block that has a vote, before its key is frozen; without it one is believed. */
  readonly witnesses?: (blockRoot: Root) => Promise<Testimony>;
  /** What the store has: nothing is told twice, and what is not frozen yet is seen to. */
  readonly known?: readonly ForeignMessage[];
  readonly open?: readonly SeenMessage[];
  /** A message nobody of ours signed was found; called once for each, before the key is frozen. */
  readonly onForeign?: (message: ForeignMessage) => void;
  /** The key of a foreign message is stopped on all signers that have it, or there is none. */
  readonly onSettled?: (message: ForeignMessage) => void;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly nowMs: () => bigint;
}

/** What came of the messages that were open; `open` those that still are. */
export type CheckCounts = Readonly<Record<SeenJudgement, number>>;

/** Undecided messages that are kept while a signer is silent; of more the oldest are given up. */
const MOST_OPEN = 100_000;
/** Messages known to be ours, remembered because head and finality both bring them. */
const MOST_REMEMBERED = 32_768;

/**
 * Compares what is on chain with what our signers signed. A message that none of them signed means that somebody else
 * has the key: it is frozen at once, on every signer that has it, and the evidence kept.
 */
export class ForeignWatch {
  readonly #options: ForeignWatchOptions;
  readonly #panel: SignerPanel;
  readonly #accused: Accused;
  readonly #passes: SingleFlight<CheckCounts>;
  readonly #open = new Map<string, SeenMessage>();
  readonly #decided = new Set<string>();
  readonly #foreign = new Set<string>();
  #dropped = 0;
  /** Counts changes of what is open; the store has it as it was at `#kept`. */
  #changes = 0;
  #kept = 0;

  constructor(options: ForeignWatchOptions) {
    this.#options = options;
    const { spec, signers, witnesses, onSettled, log, nowMs, store } = options;
    this.#panel = new SignerPanel(signers, log);
    this.#passes = new SingleFlight(() => this.#pass());
    this.#accused = new Accused({
      ...{ spec, log, nowMs, panel: this.#panel },
      ...(witnesses === undefined ? {} : { witnesses }),
      ...(onSettled === undefined ? {} : { onSettled }),
      record: (message) => store.recordForeign(message),
      // What fails here is told by the next retry, which finds it undone.
      wake: () => void this.#passes.run().catch(() => undefined),
    });
    for (const message of options.known ?? []) {
      this.#foreign.add(idOf(message));
      this.#accused.addKnown(message);
    }
    for (const message of options.open ?? []) this.#enter(message);
    this.#kept = this.#changes;
  }

  /** Undecided messages and unfinished freezes, for health and metrics. */
  get state() {
    const { messages: unsettled, keys: accused } = this.#accused.size;
    return {
      open: this.#open.size,
      /** Slot of the oldest duty that is not judged yet; null when there is none. */
      oldestOpen: oldestOf(this.#open.values()),
      unsettled,
      /** Keys that are to be frozen and are not yet, on all signers that have them. */
      accused,
      foreign: this.#foreign.size,
      dropped: this.#dropped,
      problems: new Map(this.#panel.problems),
    };
  }

  /**
   * Takes messages in and asks about all that are open, those of before included. Never fails because of a signer; one
   * that is silent leaves everything open. Without signers there is nothing to compare with. What came of the messages
   * is durable when it resolves.
   * @returns what came of everything that was asked about at the same time
   * @throws what the store failed with, after everything else was done
   */
  check(messages: readonly SeenMessage[]): Promise<CheckCounts> {
    for (const message of messages) this.#enter(message);
    return this.#passes.run();
  }

  /** Asks again about what is open and goes on with freezes that are not confirmed: for every slot or so. */
  retry(): Promise<CheckCounts> {
    return this.check([]);
  }

  /** Settles when nobody is asked anything; never fails. */
  async idle(): Promise<void> {
    await this.#accused.idle();
    await this.#passes.idle();
  }

  async #pass(): Promise<CheckCounts> {
    const counts = await this.#decide();
    const failures: unknown[] = [];
    // A store that fails keeps no key unfrozen.
    await this.#keepOpen().catch((error: unknown) => failures.push(error));
    await this.#accused.settle().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0] as Error;
    return counts;
  }

  async #keepOpen(): Promise<void> {
    const changes = this.#changes;
    if (changes === this.#kept) return;
    await this.#options.store.keepOpen([...this.#open.values()]);
    this.#kept = changes;
  }

  #enter(message: SeenMessage): void {
    const id = idOf(message);
    this.#accused.foundAgain(message);
    if (this.#options.signers.length === 0 || this.#decided.has(id) || this.#foreign.has(id)) return;
    if (!this.#open.has(id)) this.#changes += 1;
    this.#open.set(id, message);
    if (this.#open.size <= MOST_OPEN) return;
    const [oldest] = this.#open.keys();
    if (oldest !== undefined) this.#open.delete(oldest);
    this.#dropped += 1;
  }

  async #decide(): Promise<CheckCounts> {
    const counts = { ours: 0, foreign: 0, elsewhere: 0, unknown: 0, open: 0 };
    const messages = [...this.#open.values()];
    for (const [message, answers] of await this.#panel.ask(messages)) {
      const judgement = judgeAnswers(answers);
      counts[judgement] += 1;
      if (judgement === 'open') continue;
      if (judgement === 'foreign') await this.#found(message, answers);
      else this.#remember(idOf(message));
      this.#open.delete(idOf(message));
      this.#changes += 1;
    }
    return counts;
  }

  /** The evidence is stored first, or a crash would lose it; but a store that fails keeps no key unfrozen. */
  async #found(message: SeenMessage, answers: readonly (SignerSays | null)[]): Promise<void> {
    const { signers, store, log, onForeign, nowMs } = this.#options;
    const { pubkey, validatorIndex, kind, slot, signingRoot, onChain } = message;
    const foreign: ForeignMessage = {
      ...{ pubkey, validatorIndex, kind, slot, signingRoot, onChain },
      ours: oursOf(answers, signers),
      seenAtMs: nowMs(),
      action: 'not frozen: no signer has confirmed it yet',
    };
    log.error(
      {
        ...{ pubkey, validatorIndex, kind, slot: slot.toString(), signingRoot },
        code: 'FOREIGN_SIGNATURE',
        hint: 'Somebody else has this key. The signers are asked to freeze it, what came of that is told next; find the other holder before it is let go.',
      },
      `${kind === 'block' ? 'a block' : 'an attestation'} of validator ${validatorIndex} is on chain that our signers did not sign`,
    );
    try {
      await store.recordForeign(foreign);
    } catch (error) {
      log.error(
        { code: 'FOREIGN_SIGNATURE', err: error },
        'the evidence could not be stored; it is tried again',
      );
    }
    this.#foreign.add(idOf(foreign));
    this.#accused.add(foreign, message);
    onForeign?.(foreign);
  }

  #remember(id: string): void {
    this.#decided.add(id);
    if (this.#decided.size <= MOST_REMEMBERED) return;
    const [oldest] = this.#decided;
    if (oldest !== undefined) this.#decided.delete(oldest);
  }
}

function oldestOf(messages: Iterable<SeenMessage>): Slot | null {
  let oldest: Slot | null = null;
  for (const { slot } of messages) if (oldest === null || slot < oldest) oldest = slot;
  return oldest;
}
