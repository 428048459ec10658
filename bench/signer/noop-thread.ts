import { workerData } from 'node:worker_threads';
import { runSignLoop, type SignLoopData } from '../../signer/bls/sign-loop.ts';

/** A signing thread that signs nothing: what is left is the cost of everything around a signature. */
const nothing = new Uint8Array(96).fill(0xc0);
runSignLoop(workerData as SignLoopData, () => nothing);
