import { isVigilError } from '../../core/errors.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { SeenMessage } from './seen-message.ts';
import { LOOKUP_CHUNK, type SignerHistory, type SignerSays } from './signer-history.ts';

/** All signers together, and why one of them could not be asked. */
export class SignerPanel {
  readonly signers: readonly SignerHistory[];
  /** By signer: why it could not be asked the last time. */
  readonly problems = new Map<string, Error>();
  readonly #log: Logger;

  constructor(signers: readonly SignerHistory[], log: Logger) {
    this.signers = signers;
    this.#log = log;
  }

  /** Every message with one answer of each signer, null from those that gave none. Never fails. */
  async ask(messages: readonly SeenMessage[]): Promise<Map<SeenMessage, readonly (SignerSays | null)[]>> {
    const answers = await Promise.all(this.signers.map((signer) => this.#askOne(signer, messages)));
    return new Map(messages.map((message, at) => [message, answers.map((ofSigner) => ofSigner[at] ?? null)]));
  }

  /** Said once, not at every retry. */
  problem({ name }: SignerHistory, error: Error): void {
    const before = this.problems.get(name);
    this.problems.set(name, error);
    if (before !== undefined && codeOf(before) === codeOf(error)) return;
    const hint = isVigilError(error) ? error.hint : undefined;
    this.#log.warn({ signer: name, code: codeOf(error), hint }, error.message);
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
      if (messages.length > 0) this.problems.delete(signer.name);
    } catch (error) {
      this.problem(signer, error as Error);
    }
    return answers;
  }
}

const codeOf = (error: Error): string => (isVigilError(error) ? error.code : 'INTERNAL');
