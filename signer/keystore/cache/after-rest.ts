/** Does something once nothing has asked for it for a while; never twice at a time. */
export class AfterRest {
  readonly #restMs: number;
  readonly #act: () => Promise<void>;
  readonly #notNow: () => boolean;
  #timer: NodeJS.Timeout | null = null;
  #acting: Promise<void> | null = null;
  #stopped = false;

  /**
   * @param act must not reject
   * @param notNow whether it has to wait as long again
   */
  constructor(restMs: number, act: () => Promise<void>, notNow: () => boolean) {
    this.#restMs = restMs;
    this.#act = act;
    this.#notNow = notNow;
  }

  ask(): void {
    if (this.#stopped) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#acting !== null || this.#notNow()) this.ask();
      else this.#acting = this.#act().finally(() => (this.#acting = null));
    }, this.#restMs).unref();
  }

  /** Nothing begins any more; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#acting;
  }
}
