import type { Logger } from '../../core/log/logger.ts';
import { Courier } from './courier.ts';
import { Feeder, type Alive } from './feeder.ts';
import { watchdogIntervalMs } from './watchdog-interval.ts';

/** What a daemon tells the service manager that started it (sd_notify(3)). Without one all of it does nothing. */
export interface ServiceManager {
  /** While the start goes on and shows progress: it may take this much longer than the unit allows. */
  starting(status: string, allowSeconds: number): void;
  /** The start is through; from here on the watchdog is fed for as long as `alive` resolves. */
  ready(alive: Alive): Promise<void>;
  /** Tells when a reload begins and when it is over. */
  reloading(reload: () => Promise<void>): Promise<void>;
  stopping(status: string): Promise<void>;
}

const NOBODY: ServiceManager = {
  starting: () => undefined,
  ready: () => Promise.resolve(),
  reloading: (reload) => reload(),
  stopping: () => Promise.resolve(),
};

/** To be called first of all: see {@link Courier}. */
export function serviceManager(log: Logger, environment = process.env): ServiceManager {
  const socket = environment['NOTIFY_SOCKET'];
  if (socket === undefined || socket === '') return NOBODY;
  const manager = new Systemd(new Courier(socket, environment['PATH']), log, watchdogIntervalMs(environment));
  // Nobody started from here may speak for us.
  delete environment['NOTIFY_SOCKET'];
  return manager;
}

const HINT = 'Is systemd-notify installed, and does the unit say NotifyAccess=all?';

class Systemd implements ServiceManager {
  readonly #courier: Courier;
  readonly #log: Logger;
  readonly #intervalMs: number | null;
  #feeder: Feeder | null = null;
  #status = '';
  #silent = false;

  constructor(courier: Courier, log: Logger, intervalMs: number | null) {
    this.#courier = courier;
    this.#log = log;
    this.#intervalMs = intervalMs;
  }

  starting(status: string, allowSeconds: number): void {
    void this.#tell(`STATUS=${oneLine(status)}`, `EXTEND_TIMEOUT_USEC=${allowSeconds}000000`);
  }

  async ready(alive: Alive): Promise<void> {
    if (this.#intervalMs === null) {
      await this.#tell('READY=1', 'STATUS=running');
      return;
    }
    const feeder = new Feeder(this.#intervalMs, alive, {
      onAlive: (status) => {
        this.#status = oneLine(status);
        return this.#tell('WATCHDOG=1', `STATUS=${this.#status}`);
      },
      onFailure: (error) => {
        this.#log.error({ err: error }, 'the self-test failed; the watchdog is not fed');
        return this.#tell(`STATUS=self-test failed: ${oneLine(error.message)}`);
      },
    });
    this.#feeder = feeder;
    await this.#tell('READY=1');
    feeder.start();
  }

  async reloading(reload: () => Promise<void>): Promise<void> {
    // The clock that systemd calls monotonic is the one of hrtime.
    const usec = process.hrtime.bigint() / 1000n;
    await this.#tell('RELOADING=1', `MONOTONIC_USEC=${usec}`, 'STATUS=reloading');
    try {
      await reload();
    } finally {
      await this.#tell('READY=1', `STATUS=${this.#status || 'running'}`);
    }
  }

  async stopping(status: string): Promise<void> {
    this.#feeder?.stop();
    await this.#tell('STOPPING=1', `STATUS=${oneLine(status)}`);
    this.#courier.close();
  }

  /** Never throws: a service manager that does not hear us is no reason not to work. It is told once. */
  async #tell(...lines: string[]): Promise<void> {
    try {
      await this.#courier.send(lines);
    } catch (error) {
      if (!this.#silent) {
        const { message } = error as Error;
        this.#log.error(
          { code: 'NOTIFY_FAILED', hint: HINT },
          `the service manager cannot be told: ${message}`,
        );
      }
      this.#silent = true;
    }
  }
}

const oneLine = (text: string): string => text.replaceAll(/[\n\r\0]+/g, ' ').trim() || '-';
