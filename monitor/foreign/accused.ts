import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Root } from '../../core/units.ts';
import type { ForeignMessage } from '../model/foreign-message.ts';
import type { Testimony } from './block-witnesses.ts';
import { blockWith, freezeReason, seenAgain } from './foreign-evidence.ts';
import { idOf, type SeenMessage } from './seen-message.ts';
import type { SignerHistory, SignerSays } from './signer-history.ts';
import type { SignerPanel } from './signer-panel.ts';
import { WitnessDesk } from './witness-desk.ts';

export const FROZEN = 'frozen';
const NO_HOLDER = 'not frozen: no signer has the key any more';
const SETTLED_ACTIONS: readonly string[] = [FROZEN, NO_HOLDER];

/**
 * So long a freeze waits for witnesses that give no answer, and for those that deny the block. Then it is done without
 * them: a key that is frozen for a lie is let go again, one that goes on signing beside a stranger may be slashed. A
 * denial is given more time, because somebody has to find out which of the nodes to believe; but a block of a branch
 * that was left behind is denied for ever, and still proves who signed the vote in it.
 */
const SILENCE_MS = 600_000n;
const DENIAL_MS = 1_800_000n;

export interface AccusedModules {
  readonly spec: ChainSpec;
  readonly panel: SignerPanel;
  readonly record: (message: ForeignMessage) => Promise<void> | void;
  /** Left out where there is one beacon node, which then is believed. */
  readonly witnesses?: (blockRoot: Root) => Promise<Testimony>;
  /** There is something new to settle by. */
  readonly wake: () => void;
  readonly onSettled?: (message: ForeignMessage) => void;
  readonly log: Logger;
  readonly nowMs: () => bigint;
}

interface Unsettled {
  readonly foreign: ForeignMessage;
  readonly seen: SeenMessage;
}

/** Foreign messages whose keys are not yet frozen on every signer that has them. */
export class Accused {
  readonly #modules: AccusedModules;
  readonly #desk: WitnessDesk | null;
  readonly #unsettled = new Map<string, Unsettled>();

  constructor(modules: AccusedModules) {
    this.#modules = modules;
    const { witnesses, wake, nowMs } = modules;
    this.#desk = witnesses === undefined ? null : new WitnessDesk({ ask: witnesses, onAnswer: wake, nowMs });
  }

  /** Messages, and the keys that are meant by them. */
  get size(): { readonly messages: number; readonly keys: number } {
    const keys = new Set([...this.#unsettled.values()].map(({ foreign }) => foreign.pubkey));
    return { messages: this.#unsettled.size, keys: keys.size };
  }

  add(foreign: ForeignMessage, seen: SeenMessage): void {
    this.#unsettled.set(idOf(foreign), { foreign, seen });
  }

  /** What is in a store; what is settled is left alone. */
  addKnown(foreign: ForeignMessage): void {
    if (!SETTLED_ACTIONS.includes(foreign.action)) this.add(foreign, seenAgain(this.#modules.spec, foreign));
  }

  /** Found in another block, which others may know: a branch that was left behind is not for ever asked about. */
  foundAgain(seen: SeenMessage): void {
    const waiting = this.#unsettled.get(idOf(seen));
    if (waiting !== undefined) this.#unsettled.set(idOf(seen), { ...waiting, seen });
  }

  /**
   * Freezes what is not frozen yet, each key by itself, and writes down what was done. Signers are asked first: what is
   * frozen already keeps its reason.
   * @throws the first failure to write, after everything else was done; it is tried again the next time
   */
  async settle(): Promise<void> {
    const { panel } = this.#modules;
    const unsettled = [...this.#unsettled.values()];
    const answersTo = await panel.ask(unsettled.map(({ seen }) => seen));
    const frozen = new Set<string>();
    const failures: unknown[] = [];
    for (const each of unsettled) {
      try {
        const answers = answersTo.get(each.seen) ?? [];
        await this.#conclude(each, await this.#act(each, answers, frozen));
      } catch (error) {
        failures.push(error);
      }
    }
    const left = [...this.#unsettled.values()].map(({ seen }) => blockWith(seen));
    this.#desk?.keep(new Set(left.filter((root) => root !== null)));
    if (failures.length > 0) throw failures[0] as Error;
  }

  /** Settles when nobody is asked; never fails. */
  async idle(): Promise<void> {
    await this.#desk?.idle();
  }

  async #act(
    { foreign, seen }: Unsettled,
    answers: readonly (SignerSays | null)[],
    frozen: Set<string>,
  ): Promise<string> {
    const active = answers.some((answer) => answer?.key === 'active' && answer.frozen === null);
    const doubt = active ? this.#doubt(foreign, seen) : null;
    if (doubt !== null) return `not frozen: ${doubt}`;
    const failures: string[] = [];
    for (const [at, signer] of this.#modules.panel.signers.entries()) {
      const done = `${signer.name} ${foreign.pubkey}`;
      const why = frozen.has(done) ? null : await this.#freezeOn(signer, answers[at] ?? null, foreign);
      if (why === null) frozen.add(done);
      else failures.push(why);
    }
    const holds = answers.some((answer) => answer?.key === 'active');
    const [failure] = failures;
    return failure === undefined ? (holds ? FROZEN : NO_HOLDER) : `not frozen: ${failure}`;
  }

  /** A root proves what a block says, and not that it is valid. @returns why a key is not frozen yet, or null */
  #doubt({ seenAtMs }: ForeignMessage, seen: SeenMessage): string | null {
    const root = blockWith(seen);
    if (this.#desk === null || root === null) return null;
    const age = this.#modules.nowMs() - seenAtMs;
    if (age >= DENIAL_MS) return null;
    const testimony = this.#desk.of(root);
    if (testimony === 'enough') return null;
    if (testimony === 'contradicted') return `the beacon nodes do not agree that there is a block ${root}`;
    if (age >= SILENCE_MS) return null;
    return `no second beacon node has said yet whether there is a block ${root}`;
  }

  /** @returns why it is not frozen there, or null */
  async #freezeOn(
    signer: SignerHistory,
    answer: SignerSays | null,
    foreign: ForeignMessage,
  ): Promise<string | null> {
    const { panel } = this.#modules;
    if (answer === null) return panel.problems.get(signer.name)?.message ?? `${signer.name} gives no answer`;
    if (answer.key !== 'active' || answer.frozen !== null) return null;
    try {
      await signer.freeze(foreign.pubkey, freezeReason(foreign));
      return null;
    } catch (error) {
      panel.problem(signer, error as Error);
      return (error as Error).message;
    }
  }

  async #conclude({ foreign: before, seen }: Unsettled, action: string): Promise<void> {
    if (before.action === action) return;
    const { record, onSettled, log } = this.#modules;
    const foreign = { ...before, action };
    await record(foreign);
    const { pubkey, validatorIndex } = foreign;
    const facts = { pubkey, validatorIndex, action, code: 'FOREIGN_SIGNATURE' };
    if (!SETTLED_ACTIONS.includes(action)) {
      // It may have been found in another block meanwhile.
      const newest = this.#unsettled.get(idOf(foreign))?.seen ?? seen;
      this.#unsettled.set(idOf(foreign), { foreign, seen: newest });
      log.warn(facts, 'the key of a foreign signature is not frozen yet');
      return;
    }
    this.#unsettled.delete(idOf(foreign));
    log.warn(facts, 'the foreign signature is dealt with');
    onSettled?.(foreign);
  }
}
