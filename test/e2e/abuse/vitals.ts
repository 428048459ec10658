import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const MEGABYTE = 1024 * 1024;

/** What the kernel tells of a process, which needs no answer of its own. */
export class Vitals {
  readonly #pid: number;

  constructor(pid: number) {
    this.#pid = pid;
  }

  get openFiles(): number {
    return readdirSync(`/proc/${this.#pid}/fd`).length;
  }

  get residentMegabytes(): number {
    return this.#megabytes('VmRSS');
  }

  /** The most that was resident since the last {@link forgetPeak}. */
  get peakMegabytes(): number {
    return this.#megabytes('VmHWM');
  }

  forgetPeak(): void {
    writeFileSync(`/proc/${this.#pid}/clear_refs`, '5');
  }

  #megabytes(field: string): number {
    const status = readFileSync(`/proc/${this.#pid}/status`, 'utf8');
    const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    if (kilobytes === undefined) throw new Error(`/proc does not tell ${field}`);
    return Math.round((Number(kilobytes) * 1024) / MEGABYTE);
  }
}
