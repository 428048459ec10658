import { workerData } from 'node:worker_threads';
import { runSignLoop, type SignLoopData } from '../../../../signer/bls/sign-loop.ts';

/** A signing thread that dies of its third job. */
let jobs = 0;
runSignLoop(workerData as SignLoopData, () => {
  jobs += 1;
  if (jobs === 3) throw new Error('out of memory, say');
  return new Uint8Array(96);
});
