import { operationShape } from '../endpoints/operations.ts';
import type { NodeMetrics } from '../metrics.ts';
import { CallSlots } from './call-slots.ts';
import { InvalidAnswer, type Answer, type ApiRequest, type Call } from './call.ts';
import { exchange, type RawAnswer } from './exchange.ts';
import { BeaconFailure } from './failure.ts';
import type { NodeAddress } from './node-address.ts';
import { withRetries, type RetryPolicy } from './retry.ts';

export interface NodeClientOptions {
  /** For one request; what a node computes over a whole epoch may take `slowTimeoutMs`. */
  readonly timeoutMs: number;
  readonly slowTimeoutMs: number;
  readonly retry: RetryPolicy;
  readonly maxConcurrent: number;
}

/**
 * Ten seconds are most of a slot: an answer that takes longer is late for everything. Two tries, because with several
 * nodes the next one is asked rather than the same one again.
 */
export const DEFAULT_CLIENT_OPTIONS: NodeClientOptions = {
  timeoutMs: 10_000,
  slowTimeoutMs: 60_000,
  retry: { attempts: 2, baseMs: 250, maxMs: 2000 },
  maxConcurrent: 8,
};

/** The HTTP API of one beacon node: every call bounded in time, size and number, every answer checked. */
export class NodeClient {
  readonly address: NodeAddress;
  readonly metrics: NodeMetrics | null;
  readonly #options: NodeClientOptions;
  readonly #slots: CallSlots;

  constructor(
    address: NodeAddress,
    options: Partial<NodeClientOptions> = {},
    metrics: NodeMetrics | null = null,
  ) {
    this.address = address;
    this.metrics = metrics;
    this.#options = { ...DEFAULT_CLIENT_OPTIONS, ...options };
    this.#slots = new CallSlots(this.#options.maxConcurrent);
  }

  /** Where it is, without credentials. */
  get name(): string {
    return this.address.name;
  }

  /**
   * The answer of this node, whatever its state; whether to believe it is for {@link BeaconNodes} to say.
   * @throws BeaconFailure (BEACON_UNREACHABLE, BEACON_NOT_FOUND, BEACON_REFUSED, BEACON_BAD_ANSWER), or the reason of
   * `signal`
   */
  async ask<T>(call: Call<T>, signal?: AbortSignal): Promise<Answer<T>> {
    let path = '';
    const send = (request: ApiRequest): Promise<RawAnswer> => {
      path = request.path;
      return this.#send(request, signal);
    };
    try {
      return await call.run(send);
    } catch (error) {
      if (!(error instanceof InvalidAnswer)) throw error;
      this.metrics?.failed(call.operation, 'invalid');
      const said = this.address.redact(error.message);
      throw new BeaconFailure('invalid', `${this.name}${path}: ${said}`, error.cause);
    }
  }

  #send(request: ApiRequest, signal: AbortSignal | undefined): Promise<RawAnswer> {
    const once = { ...this.#options.retry, attempts: 1 };
    const policy = request.idempotent ? this.#options.retry : once;
    // The pause between two tries holds no slot.
    return withRetries(policy, () => this.#slots.run(() => this.#exchange(request, signal)), signal);
  }

  async #exchange(request: ApiRequest, signal: AbortSignal | undefined): Promise<RawAnswer> {
    signal?.throwIfAborted();
    const { operation, path, accept, body, okStatuses } = request;
    const { method, maxBytes, slow } = operationShape(operation);
    const started = performance.now();
    const timeoutMs = slow === true ? this.#options.slowTimeoutMs : this.#options.timeoutMs;
    const text = body === undefined ? undefined : JSON.stringify(body);
    this.metrics?.sent(operation);
    try {
      const common = { method, path, accept, maxBytes, timeoutMs, okStatuses, signal };
      const answer = await exchange(this.address, { ...common, body: text });
      this.metrics?.received(operation, answer.bytes.length);
      return answer;
    } catch (error) {
      if (error instanceof BeaconFailure) this.metrics?.failed(operation, error.kind);
      throw error;
    } finally {
      this.metrics?.took(operation, (performance.now() - started) / 1000);
    }
  }
}
