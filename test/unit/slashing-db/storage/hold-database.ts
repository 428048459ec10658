import { SqliteStorage } from '../../../../slashing-db/storage/sqlite/sqlite-storage.ts';
import { GENESIS_VALIDATORS_ROOT } from '../../../support/slashing-fixtures.ts';

/** Child process: opens the database named by its argument and keeps it until killed. */
SqliteStorage.open(process.argv[2]!, GENESIS_VALIDATORS_ROOT);
process.send?.('open');
process.stdin.resume();
setInterval(() => undefined, 60_000);
