/** Benchmarks use it too, and know nothing of tests. */
export { freePort } from '../../bench/support/free-port.ts';
