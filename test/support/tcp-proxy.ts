/** Benchmarks use it too, and know nothing of tests. */
export { TcpProxy } from '../../bench/support/tcp-proxy.ts';
