import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { OPERATIONS, type Operation } from './endpoints/operations.ts';
import { EVENT_TOPICS, type EventTopic } from './events/event-topics.ts';
import { FAILURE_KINDS, type FailureKind } from './node/failure.ts';

/** What is counted of one node. */
export interface NodeMetrics {
  sent(operation: Operation): void;
  /** With an answer or without. */
  took(operation: Operation, seconds: number): void;
  received(operation: Operation, bytes: number): void;
  failed(operation: Operation, kind: FailureKind): void;
  event(topic: EventTopic): void;
  streaming(connected: boolean): void;
  judged(facts: {
    readonly truth: boolean;
    readonly score: number;
    readonly headSlot: bigint | null;
    readonly syncDistance: bigint | null;
  }): void;
  selected(yes: boolean): void;
}

export interface BeaconMetrics {
  ofNode(name: string): NodeMetrics;
}

/** Registers the metrics of `beacon/`; one series per node and operation, none per validator. */
export function createBeaconMetrics(registry: Registry): BeaconMetrics {
  const registers = [registry];
  const perEndpoint = ['node', 'endpoint'] as const;
  const requests = new Counter({
    name: 'vigil_beacon_requests_total',
    help: 'Requests sent to a beacon node, every try counted.',
    labelNames: perEndpoint,
    registers,
  });
  const failures = new Counter({
    name: 'vigil_beacon_request_failures_total',
    help: 'Requests to a beacon node that gave nothing, by kind: no answer, a refusal, or an answer that was not taken.',
    labelNames: ['node', 'endpoint', 'kind'] as const,
    registers,
  });
  const seconds = new Histogram({
    name: 'vigil_beacon_request_seconds',
    help: 'Time from a request to a beacon node to the last byte of its answer (of a stream: to the first) or to its failure.',
    labelNames: perEndpoint,
    // From a header on the same machine (2 ms) to the rewards of an epoch that an archive node has to compute.
    buckets: [0.002, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const bytes = new Counter({
    name: 'vigil_beacon_response_bytes_total',
    help: 'Bytes of answers of a beacon node, after decompression.',
    labelNames: perEndpoint,
    registers,
  });
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `vigil_beacon_${name}`, help, labelNames: ['node'] as const, registers });
  const truth = gauge(
    'node_truth',
    '1 while the node is a source of truth: ours, synced, verified, at the head.',
  );
  const score = gauge('node_score', 'How well the node serves, 0 to 100; calls go to the highest.');
  const selected = gauge('node_selected', '1 for the node that calls go to first.');
  const headSlot = gauge('node_head_slot', 'Slot of the head of the node at the last check.');
  const syncDistance = gauge(
    'node_sync_distance_slots',
    'Slots that the node says it is behind, at the last check.',
  );
  const streaming = gauge('stream_connected', '1 while events of the node are streamed.');
  const events = new Counter({
    name: 'vigil_beacon_events_total',
    help: 'Events that a beacon node streamed, by topic.',
    labelNames: ['node', 'topic'] as const,
    registers,
  });
  return {
    ofNode(node) {
      // From zero, so that the first failure is an increase that an alert can see.
      for (const endpoint of Object.keys(OPERATIONS)) {
        requests.inc({ node, endpoint }, 0);
        bytes.inc({ node, endpoint }, 0);
        seconds.zero({ node, endpoint });
        for (const kind of FAILURE_KINDS) failures.inc({ node, endpoint, kind }, 0);
      }
      for (const topic of EVENT_TOPICS) events.inc({ node, topic }, 0);
      for (const each of [truth, score, selected, streaming]) each.set({ node }, 0);
      return {
        sent: (endpoint) => requests.inc({ node, endpoint }),
        took: (endpoint, time) => seconds.observe({ node, endpoint }, time),
        received: (endpoint, length) => bytes.inc({ node, endpoint }, length),
        failed: (endpoint, kind) => failures.inc({ node, endpoint, kind }),
        event: (topic) => events.inc({ node, topic }),
        streaming: (connected) => streaming.set({ node }, connected ? 1 : 0),
        judged(facts) {
          truth.set({ node }, facts.truth ? 1 : 0);
          score.set({ node }, facts.score);
          // Nothing known is no zero: a series that ends says it better.
          if (facts.headSlot === null) headSlot.remove({ node });
          else headSlot.set({ node }, Number(facts.headSlot));
          if (facts.syncDistance === null) syncDistance.remove({ node });
          else syncDistance.set({ node }, Number(facts.syncDistance));
        },
        selected: (yes) => selected.set({ node }, yes ? 1 : 0),
      };
    },
  };
}
