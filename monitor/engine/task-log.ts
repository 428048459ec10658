import { isVigilError } from '../../core/errors.ts';
import type { Logger } from '../../core/log/logger.ts';
import { MONITOR_TASKS, type MonitorTask } from '../model/monitor-state.ts';

/** When each task last succeeded and how often it failed: what freshness is judged by. */
export class TaskLog {
  readonly #log: Logger;
  readonly #nowMs: () => number;
  readonly #lastSuccessMs = blank<number | null>(null);
  readonly #errors = blank(0);
  /** Told once, and again only after it changed. */
  readonly #lastTold = blank<string | null>(null);

  constructor(log: Logger, nowMs: () => number) {
    this.#log = log;
    this.#nowMs = nowMs;
  }

  get lastSuccessMs(): Readonly<Record<MonitorTask, number | null>> {
    return { ...this.#lastSuccessMs };
  }

  get errors(): Readonly<Record<MonitorTask, number>> {
    return { ...this.#errors };
  }

  /** Runs a step of a task; what Vigil raises on purpose is counted and logged, anything else is a bug and goes on. */
  async attempt(task: MonitorTask, step: () => Promise<void>): Promise<boolean> {
    try {
      await step();
    } catch (error) {
      this.#errors[task] += 1;
      const text = error instanceof Error ? error.message : String(error);
      if (!isVigilError(error)) {
        this.#log.error({ err: error, task }, 'the monitor stumbled');
      } else if (text !== this.#lastTold[task]) {
        this.#log.warn({ task, code: error.code }, text);
      }
      this.#lastTold[task] = text;
      return false;
    }
    if (this.#lastTold[task] !== null) this.#log.info({ task }, `${task} works again`);
    this.#lastTold[task] = null;
    this.#lastSuccessMs[task] = this.#nowMs();
    return true;
  }
}

const blank = <T>(value: T): Record<MonitorTask, T> =>
  Object.fromEntries(MONITOR_TASKS.map((task) => [task, value])) as Record<MonitorTask, T>;
