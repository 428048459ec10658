import { BeaconFailure } from '../node/failure.ts';
import type { NodeClient } from '../node/node-client.ts';
import { streamEvents, type StreamOptions } from './event-stream.ts';
import type { EventTopic } from './event-topics.ts';

/**
 * Those of the topics that a node takes. One that it does not know spoils the whole request, and its message names the
 * culprit in words of its own, so each topic is tried alone.
 */
export async function acceptedTopics(
  client: NodeClient,
  topics: readonly EventTopic[],
  options: StreamOptions,
): Promise<EventTopic[]> {
  const accepted: EventTopic[] = [];
  for (const topic of topics) {
    if (await isAccepted(client, topic, options)) accepted.push(topic);
  }
  return accepted;
}

async function isAccepted(client: NodeClient, topic: EventTopic, options: StreamOptions): Promise<boolean> {
  const enough = new AbortController();
  const signal = AbortSignal.any([options.signal, enough.signal]);
  // That it opened is all there is to know: it is closed before anything came.
  const stream = streamEvents(client, [topic], { ...options, signal }, () => enough.abort());
  try {
    await stream.next();
  } catch (error) {
    options.signal.throwIfAborted();
    if (!enough.signal.aborted && !(error instanceof BeaconFailure && error.kind === 'refused')) throw error;
  }
  return enough.signal.aborted;
}
