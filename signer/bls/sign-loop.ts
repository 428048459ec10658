import { JobTable, type SharedJobs } from './job-table.ts';

/** What a signing thread is started with. */
export interface SignLoopData {
  readonly jobs: SharedJobs;
  readonly secretKeys: SharedArrayBuffer;
  /** This thread's number, from 0. */
  readonly worker: number;
}

/**
 * What a signing thread does until it is stopped: takes the most urgent job, signs, gives it back, sleeps when there
 * is none.
 * @param sign null when it cannot be signed; must not throw
 */
export function runSignLoop(
  { jobs, worker }: SignLoopData,
  sign: (keySlot: number, root: Uint8Array) => Uint8Array | null,
): void {
  const table = new JobTable(jobs);
  for (;;) {
    // Before the stop is looked at: whoever says it after this wakes the sleeper.
    const seen = table.news();
    if (table.stopped) return;
    const job = table.take();
    if (job === -1) table.sleep(seen);
    else table.finish(worker, job, table.claim(job) ? sign(table.keySlotOf(job), table.rootOf(job)) : null);
  }
}
