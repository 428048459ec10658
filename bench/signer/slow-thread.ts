import { parentPort, workerData } from 'node:worker_threads';
import { openStorage } from '../../slashing-db/open-storage.ts';
import { serveStorage } from '../../slashing-db/storage/thread/serve-storage.ts';
import type { ThreadData } from '../../slashing-db/storage/thread/thread-messages.ts';
import { SlowStorage } from '../support/slow-storage.ts';

/** The database thread on a disk whose fsync takes 10 ms longer. */
if (parentPort !== null) {
  serveStorage(
    parentPort,
    (onAnchorFailure) => new SlowStorage(openStorage({ ...(workerData as ThreadData), onAnchorFailure }), 10),
  );
}
