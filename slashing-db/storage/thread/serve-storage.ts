import type { MessagePort } from 'node:worker_threads';
import type { Storage } from '../storage-port.ts';
import { unpackRecords, type PackedRecords } from './packed-records.ts';
import { sendable, type Answer, type Request } from './thread-messages.ts';

/** Opens a storage and does what is asked for through the port, until it is closed. */
export function serveStorage(
  port: MessagePort,
  open: (onAnchorFailure: (path: string, error: Error) => void) => Storage,
): void {
  const answer = (message: Answer): void => {
    port.postMessage(message);
  };
  let storage: Storage;
  try {
    storage = open((path, error) => {
      answer({ kind: 'anchor-failed', path, error: sendable(error) });
    });
  } catch (error) {
    answer({ kind: 'failed', error: sendable(error) });
    return;
  }
  answer({ kind: 'opened', state: storage.load(), mark: storage.mark() });
  port.on('message', (request: Request) => {
    if (request.kind === 'search') {
      const { id } = request;
      storage.search(request.search).then(
        (found) => answer({ kind: 'found', id, found }),
        (error: unknown) => answer({ kind: 'search-failed', id, error: sendable(error) }),
      );
      return;
    }
    const done = request.kind === 'commit' ? commit(storage, request.records) : storage.close();
    done.then(
      () => {
        answer({ kind: 'done', mark: storage.mark() });
        if (request.kind === 'close') port.close();
      },
      (error: unknown) => {
        answer({ kind: 'failed', error: sendable(error) });
      },
    );
  });
}

/** Async, so that records that cannot be read fail the commit and nothing else. */
const commit = async (storage: Storage, records: PackedRecords): Promise<void> =>
  storage.commit(unpackRecords(records));
