import type { Epoch, Root } from '../../core/units.ts';

/**
 * Answers that hold for one branch of the chain. They are asked for while the chain's head is near, when every node
 * still has the states, and used again at finality if the branch was the right one: the tag is the root of the block
 * that decided the answer. After a re-organisation the tag differs and the question is asked again.
 */
export class TaggedMemo<T> {
  readonly #entries = new Map<string, { readonly epoch: Epoch; readonly answer: Promise<T> }>();

  /** @param key what is asked, besides epoch and tag; a failure is not kept */
  get(epoch: Epoch, tag: Root, key: string, ask: () => Promise<T>): Promise<T> {
    const name = `${epoch}/${tag}/${key}`;
    const held = this.#entries.get(name);
    if (held !== undefined) return held.answer;
    const answer = ask();
    this.#entries.set(name, { epoch, answer });
    answer.catch(() => {
      if (this.#entries.get(name)?.answer === answer) this.#entries.delete(name);
    });
    return answer;
  }

  forgetBefore(epoch: Epoch): void {
    for (const [name, entry] of this.#entries) if (entry.epoch < epoch) this.#entries.delete(name);
  }
}
