import { OPERATIONS } from '../endpoints/operations.ts';
import { InvalidAnswer } from '../node/call.ts';
import { BeaconFailure, kindOfStatus } from '../node/failure.ts';
import type { NodeClient } from '../node/node-client.ts';
import { readEvent, type StreamedEvent } from './chain-event.ts';
import { isEventTopic, type EventTopic } from './event-topics.ts';
import { readServerSentEvents } from './sse-reader.ts';

export interface StreamOptions {
  /** Until the headers are there. */
  readonly openTimeoutMs: number;
  /** Without a byte, keep-alive comments included, the connection counts as dead. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

/**
 * Opens the stream of a node and gives its events until it ends, breaks, or says something that does not follow the
 * Beacon API. The first `next()` settles only once an event or the end has come, so `onOpen` tells when it stands.
 * @throws BeaconFailure; `refused` when the node does not take the topics, for all of which it is enough that it does
 * not know one
 */
export async function* streamEvents(
  client: NodeClient,
  topics: readonly EventTopic[],
  options: StreamOptions,
  onOpen: () => void,
): AsyncGenerator<StreamedEvent> {
  const path = `${OPERATIONS.eventstream.template}?topics=${topics.join(',')}`;
  const where = `${client.name}${path}`;
  const broken = new AbortController();
  let silence = setTimeout(() => broken.abort(), options.openTimeoutMs);
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => broken.abort(), options.idleMs);
  };
  const started = performance.now();
  try {
    client.metrics?.sent('eventstream');
    const response = await fetch(client.address.urlOf(path), {
      headers: { ...client.address.headers, accept: 'text/event-stream' },
      redirect: 'manual',
      signal: AbortSignal.any([broken.signal, options.signal]),
    });
    const { status, headers, body } = response;
    const type = headers.get('content-type') ?? '';
    if (status !== 200 || body === null) {
      await body?.cancel();
      throw new BeaconFailure(kindOfStatus(status), `${where}: status ${status}`);
    }
    if (!type.startsWith('text/event-stream')) {
      await body.cancel();
      throw new BeaconFailure(
        'invalid',
        `${where}: answers with ${type === '' ? 'no type' : 'another type'}`,
      );
    }
    client.metrics?.took('eventstream', (performance.now() - started) / 1000);
    client.metrics?.streaming(true);
    heard();
    onOpen();
    const onBytes = (length: number) => {
      client.metrics?.received('eventstream', length);
      heard();
    };
    for await (const { event, data } of readServerSentEvents(body, onBytes)) {
      if (!isEventTopic(event)) continue;
      const read = readEvent(event, data);
      client.metrics?.event(event);
      yield read;
    }
    throw new BeaconFailure('network', `${where}: the stream has ended`);
  } catch (error) {
    options.signal.throwIfAborted();
    const failure = asFailure(error, where, broken.signal.aborted);
    client.metrics?.failed('eventstream', failure.kind);
    throw failure;
  } finally {
    clearTimeout(silence);
    broken.abort();
    client.metrics?.streaming(false);
  }
}

function asFailure(error: unknown, where: string, silent: boolean): BeaconFailure {
  if (error instanceof BeaconFailure) return error;
  if (error instanceof InvalidAnswer)
    return new BeaconFailure('invalid', `${where}: ${error.message}`, error);
  return silent
    ? new BeaconFailure('timeout', `${where}: nothing was heard for too long`, error)
    : new BeaconFailure('network', `${where}: the connection broke`, error);
}
