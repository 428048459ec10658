/** Benchmarks use it too, and know nothing of tests. */
export * from '../../bench/support/postgres-server.ts';
