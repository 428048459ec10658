/**
 * One run at a time: whoever asks while it runs gets another run after it, shared by all who asked meanwhile. Nobody is
 * answered by a run that began before the question.
 */
export class SingleFlight<Result = void> {
  readonly #work: () => Promise<Result>;
  #running: Promise<Result> | null = null;
  #next: Promise<Result> | null = null;

  /** @param work must not ask for itself */
  constructor(work: () => Promise<Result>) {
    this.#work = work;
  }

  run(): Promise<Result> {
    if (this.#running === null) return this.#start();
    this.#next ??= this.#running.then(
      () => this.#startNext(),
      () => this.#startNext(),
    );
    return this.#next;
  }

  /** Settles when nothing runs; never fails. */
  async idle(): Promise<void> {
    while (this.#running !== null) await (this.#next ?? this.#running).catch(() => undefined);
  }

  #startNext(): Promise<Result> {
    this.#next = null;
    return this.#start();
  }

  #start(): Promise<Result> {
    const running = this.#work().finally(() => {
      if (this.#running === running) this.#running = null;
    });
    this.#running = running;
    return running;
  }
}
