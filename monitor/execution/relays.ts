import { isVigilError, type VigilError } from '../../core/errors.ts';
import type { Delivered } from './judge-payment.ts';
import type { DeliveryQuestion, Relay } from './relay.ts';

/** So long a relay that did not answer is left alone. */
const REST_MS = 30_000;

export interface RelayAnswers {
  /** Every different thing that relays say of the block; several may have delivered the same one. */
  readonly delivered: readonly Delivered[];
  readonly failures: readonly VigilError[];
}

/** All relays are asked at once: any of them may have delivered the block, and nobody says which. */
export class Relays {
  readonly #relays: readonly Relay[];
  readonly #restUntil = new Map<Relay, number>();
  readonly #now: () => number;

  constructor(relays: readonly Relay[], now: () => number = () => performance.now()) {
    this.#relays = relays;
    this.#now = now;
  }

  async ask(question: DeliveryQuestion): Promise<RelayAnswers> {
    const awake = this.#relays.filter((relay) => this.#now() >= (this.#restUntil.get(relay) ?? 0));
    const answers = await Promise.all(awake.map((relay) => this.#one(relay, question)));
    const delivered = new Map<string, Delivered>();
    const failures: VigilError[] = [];
    for (const answer of answers) {
      if (answer instanceof Error) failures.push(answer);
      else if (answer !== null) delivered.set(`${answer.valueWei} ${answer.to}`, answer);
    }
    return { delivered: [...delivered.values()], failures };
  }

  async #one(relay: Relay, question: DeliveryQuestion): Promise<Delivered | null | VigilError> {
    try {
      return await relay.delivered(question);
    } catch (error) {
      if (!isVigilError(error)) throw error;
      if (error.code === 'RELAY_UNREACHABLE') this.#restUntil.set(relay, this.#now() + REST_MS);
      return error;
    }
  }
}
