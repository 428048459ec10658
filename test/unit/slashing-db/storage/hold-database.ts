import { openTestStorage } from '../../../support/test-storage.ts';

/** Child process: opens the database named by its argument and keeps it until killed. */
openTestStorage(process.argv[2]!);
process.send?.('open');
process.stdin.resume();
setInterval(() => undefined, 60_000);
