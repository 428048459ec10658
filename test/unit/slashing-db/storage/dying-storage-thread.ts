import { parentPort, workerData } from 'node:worker_threads';
import { openStorage } from '../../../../slashing-db/open-storage.ts';
import { serveStorage } from '../../../../slashing-db/storage/thread/serve-storage.ts';
import type { ThreadData } from '../../../../slashing-db/storage/thread/thread-messages.ts';

/** A database thread that dies of its first commit. */
if (parentPort !== null) {
  serveStorage(parentPort, (onAnchorFailure) => {
    const storage = openStorage({ ...(workerData as ThreadData), onAnchorFailure });
    storage.commit = () => process.exit(1);
    return storage;
  });
}
