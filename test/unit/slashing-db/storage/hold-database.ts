import { openTestStorage } from '../../../support/test-storage.ts';

/** Child process: opens the database named by its argument and keeps it until killed. */
const held = openTestStorage(process.argv[2]!);
process.send?.('open');
process.stdin.resume();
// Refers to it: the collector closes a connection that nobody refers to, and with it goes the lock.
setInterval(() => held.mark(), 60_000);
