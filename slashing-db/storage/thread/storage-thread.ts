import { parentPort, workerData } from 'node:worker_threads';
import { openStorage } from '../../open-storage.ts';
import { serveStorage } from './serve-storage.ts';
import type { ThreadData } from './thread-messages.ts';

/** Entry of the thread that owns the slashing database. */
if (parentPort !== null) {
  serveStorage(parentPort, (onAnchorFailure) =>
    openStorage({ ...(workerData as ThreadData), onAnchorFailure }),
  );
}
