import { JobTable, type SharedJobs } from './job-table.ts';

/** What a signing thread is started with. */
export interface SignLoopData {
  readonly jobs: SharedJobs;
  readonly secretKeys: SharedArrayBuffer;
  /** This thread's number, from 0. */
  readonly worker: number;
}

/**
 * Jobs between two turns of the thread's event loop. Only there the native memory of collected blst objects is given
 * back: a thread that never came by would grow by a kilobyte with each signature.
 */
const JOBS_A_TURN = 256;

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
  const turn = (): void => {
    for (let done = 0; done < JOBS_A_TURN;) {
      // Before the stop is looked at: whoever says it after this wakes the sleeper.
      const seen = table.news();
      if (table.stopped) return;
      const job = table.take();
      if (job === -1) {
        table.sleep(seen);
        continue;
      }
      table.finish(worker, job, table.claim(job) ? sign(table.keySlotOf(job), table.rootOf(job)) : null);
      done += 1;
    }
    setImmediate(turn);
  };
  turn();
}
