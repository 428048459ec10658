import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { isVigilError } from '../../core/errors.ts';
import type { Logger } from '../../core/log/logger.ts';
import { Turns } from '../../core/turns.ts';
import type { Root, Slot } from '../../core/units.ts';
import type { ForeignMessage } from '../model/foreign-message.ts';
import type { Testimony } from './block-witnesses.ts';
import { blockWith, freezeReason, seenAgain } from './foreign-evidence.ts';
import { judgeAnswers, oursOf, type SeenJudgement } from './judge-answers.ts';
import { idOf, type SeenMessage } from './seen-message.ts';
import { LOOKUP_CHUNK, type SignerHistory, type SignerSays } from './signer-history.ts';

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

export const FROZEN = 'frozen';
const NO_HOLDER = 'not frozen: no signer has the key any more';
const SETTLED_ACTIONS: readonly string[] = [FROZEN, NO_HOLDER];

/**
 * So long a freeze waits for witnesses that give no answer. Then it is done without them: a key that is frozen for a
 * lie is let go again, one that goes on signing beside a stranger may be slashed.
 */
const WITNESSES_MS = 600_000n;

/** Undecided messages that are kept while a signer is silent; of more the oldest are given up. */
const MOST_OPEN = 100_000;
/** Messages known to be ours, remembered because head and finality both bring them. */
const MOST_REMEMBERED = 32_768;

interface Unsettled {
  readonly foreign: ForeignMessage;
  readonly seen: SeenMessage;
}

/**
 * Compares what is on chain with what our signers signed. A message that none of them signed means that somebody else
 * has the key: it is frozen at once, on every signer that has it, and the evidence kept.
 */
export class ForeignWatch {
  readonly #options: ForeignWatchOptions;
  readonly #turns = new Turns();
  readonly #open = new Map<string, SeenMessage>();
  /** Foreign, and the key not yet frozen everywhere. */
  readonly #unsettled = new Map<string, Unsettled>();
  readonly #decided = new Set<string>();
  readonly #foreign = new Set<string>();
  /** By signer: why it could not be asked the last time. */
  readonly #problems = new Map<string, Error>();
  #dropped = 0;
  #oldestOpen: Slot | null = null;

  constructor(options: ForeignWatchOptions) {
    this.#options = options;
    for (const message of options.known ?? []) {
      this.#foreign.add(idOf(message));
      if (SETTLED_ACTIONS.includes(message.action)) continue;
      this.#unsettled.set(idOf(message), { foreign: message, seen: seenAgain(options.spec, message) });
    }
    for (const message of options.open ?? []) this.#enter(message);
    this.#oldestOpen = oldestOf(this.#open.values());
  }

  /** Undecided messages and unfinished freezes, for health and metrics. */
  get state() {
    return {
      open: this.#open.size,
      /** Slot of the oldest duty that is not judged yet; null when there is none. */
      oldestOpen: this.#oldestOpen,
      unsettled: this.#unsettled.size,
      foreign: this.#foreign.size,
      dropped: this.#dropped,
      problems: new Map(this.#problems),
    };
  }

  /**
   * Takes messages in and asks about all that are open, those of before included. Never fails because of a signer; one
   * that is silent leaves everything open. Without signers there is nothing to compare with.
   */
  check(messages: readonly SeenMessage[]): Promise<CheckCounts> {
    return this.#turns.take(async () => {
      const before = this.#open.size;
      for (const message of messages) this.#enter(message);
      const entered = this.#open.size > before;
      this.#oldestOpen = oldestOf(this.#open.values());
      const counts = await this.#decide();
      this.#oldestOpen = oldestOf(this.#open.values());
      if (entered || this.#open.size !== before) await this.#options.store.keepOpen([...this.#open.values()]);
      await this.#settle();
      return counts;
    });
  }

  /** Asks again about what is open and goes on with freezes that are not confirmed: for every slot or so. */
  retry(): Promise<CheckCounts> {
    return this.check([]);
  }

  #enter(message: SeenMessage): void {
    const id = idOf(message);
    const waiting = this.#unsettled.get(id);
    // Found in another block, which others may know: a branch that was left behind is not for ever asked about.
    if (waiting !== undefined) this.#unsettled.set(id, { ...waiting, seen: message });
    if (this.#options.signers.length === 0 || this.#decided.has(id) || this.#foreign.has(id)) return;
    this.#open.set(id, message);
    if (this.#open.size <= MOST_OPEN) return;
    const [oldest] = this.#open.keys();
    if (oldest !== undefined) this.#open.delete(oldest);
    this.#dropped += 1;
  }

  async #decide(): Promise<CheckCounts> {
    const counts = { ours: 0, foreign: 0, elsewhere: 0, unknown: 0, open: 0 };
    const messages = [...this.#open.values()];
    for (const [message, answers] of await this.#ask(messages)) {
      const judgement = judgeAnswers(answers);
      counts[judgement] += 1;
      if (judgement === 'open') continue;
      if (judgement === 'foreign') await this.#found(message, answers);
      else this.#remember(idOf(message));
      this.#open.delete(idOf(message));
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
        hint: 'Somebody else has this key. It is frozen on the signers; find the other holder before it is let go.',
      },
      `a ${kind} of validator ${validatorIndex} is on chain that our signers did not sign`,
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
    this.#unsettled.set(idOf(foreign), { foreign, seen: message });
    onForeign?.(foreign);
  }

  #remember(id: string): void {
    this.#decided.add(id);
    if (this.#decided.size <= MOST_REMEMBERED) return;
    const [oldest] = this.#decided;
    if (oldest !== undefined) this.#decided.delete(oldest);
  }

  /** Freezes what is not frozen yet. Signers are asked first: what is frozen already keeps its reason. */
  async #settle(): Promise<void> {
    const unsettled = [...this.#unsettled.values()];
    const answersTo = await this.#ask(unsettled.map(({ seen }) => seen));
    const frozen = new Set<string>();
    for (const { foreign, seen } of unsettled) {
      const answers = answersTo.get(seen) ?? [];
      const active = answers.some((answer) => answer?.key === 'active' && answer.frozen === null);
      const doubt = active ? await this.#doubt(foreign, seen) : null;
      if (doubt !== null) {
        await this.#conclude({ foreign, seen }, `not frozen: ${doubt}`);
        continue;
      }
      const failures: string[] = [];
      for (const [at, signer] of this.#options.signers.entries()) {
        const done = `${signer.name} ${foreign.pubkey}`;
        const why = frozen.has(done) ? null : await this.#freezeOn(signer, answers[at] ?? null, foreign);
        if (why === null) frozen.add(done);
        else failures.push(why);
      }
      const holds = answers.some((answer) => answer?.key === 'active');
      const [failure] = failures;
      const action = failure === undefined ? (holds ? FROZEN : NO_HOLDER) : `not frozen: ${failure}`;
      await this.#conclude({ foreign, seen }, action);
    }
  }

  /** A root proves what a block says, and not that it is valid. @returns why a key is not frozen yet, or null */
  async #doubt({ seenAtMs }: ForeignMessage, seen: SeenMessage): Promise<string | null> {
    const { witnesses, nowMs } = this.#options;
    const root = blockWith(seen);
    if (witnesses === undefined || root === null) return null;
    const testimony = await witnesses(root);
    if (testimony === 'contradicted') return `the beacon nodes do not agree that there is a block ${root}`;
    if (testimony === 'enough' || nowMs() - seenAtMs >= WITNESSES_MS) return null;
    return `no second beacon node is there to say whether there is a block ${root}`;
  }

  /** @returns why it is not frozen there, or null */
  async #freezeOn(
    signer: SignerHistory,
    answer: SignerSays | null,
    foreign: ForeignMessage,
  ): Promise<string | null> {
    if (answer === null) return this.#problems.get(signer.name)?.message ?? `${signer.name} gives no answer`;
    if (answer.key !== 'active' || answer.frozen !== null) return null;
    try {
      await signer.freeze(foreign.pubkey, freezeReason(foreign));
      return null;
    } catch (error) {
      this.#problem(signer, error as Error);
      return (error as Error).message;
    }
  }

  async #conclude({ foreign: before, seen }: Unsettled, action: string): Promise<void> {
    if (before.action === action) return;
    const { store, onSettled, log } = this.#options;
    const foreign = { ...before, action };
    await store.recordForeign(foreign);
    const { pubkey, validatorIndex } = foreign;
    if (!SETTLED_ACTIONS.includes(action)) {
      this.#unsettled.set(idOf(foreign), { foreign, seen });
      log.warn(
        { pubkey, validatorIndex, action, code: 'FOREIGN_SIGNATURE' },
        'the key of a foreign signature is not frozen yet',
      );
      return;
    }
    this.#unsettled.delete(idOf(foreign));
    log.warn(
      { pubkey, validatorIndex, action, code: 'FOREIGN_SIGNATURE' },
      'the foreign signature is dealt with',
    );
    onSettled?.(foreign);
  }

  /** Every message with one answer of each signer, null from those that gave none. */
  async #ask(messages: readonly SeenMessage[]): Promise<Map<SeenMessage, readonly (SignerSays | null)[]>> {
    const answers = await Promise.all(this.#options.signers.map((signer) => this.#askOne(signer, messages)));
    return new Map(messages.map((message, at) => [message, answers.map((ofSigner) => ofSigner[at] ?? null)]));
  }

  async #askOne(
    signer: SignerHistory,
    messages: readonly SeenMessage[],
  ): Promise<readonly (SignerSays | null)[]> {
    const answers: (SignerSays | null)[] = [];
    try {
      for (let at = 0; at < messages.length; at += LOOKUP_CHUNK) {
        answers.push(...(await signer.lookUp(messages.slice(at, at + LOOKUP_CHUNK))));
      }
      if (messages.length > 0) this.#problems.delete(signer.name);
    } catch (error) {
      this.#problem(signer, error as Error);
    }
    return answers;
  }

  /** Said once, not at every retry. */
  #problem({ name }: SignerHistory, error: Error): void {
    const before = this.#problems.get(name);
    this.#problems.set(name, error);
    if (before !== undefined && codeOf(before) === codeOf(error)) return;
    const hint = isVigilError(error) ? error.hint : undefined;
    this.#options.log.warn({ signer: name, code: codeOf(error), hint }, error.message);
  }
}

function oldestOf(messages: Iterable<SeenMessage>): Slot | null {
  let oldest: Slot | null = null;
  for (const { slot } of messages) if (oldest === null || slot < oldest) oldest = slot;
  return oldest;
}

const codeOf = (error: Error): string => (isVigilError(error) ? error.code : 'INTERNAL');
