import { isVigilError } from '../../core/errors.ts';
import { executionError } from './execution-errors.ts';
import type { ExecutionNode } from './execution-node.ts';

/** So long a node that did not answer is left alone: an epoch of blocks must not wait for it once each. */
const REST_MS = 30_000;

/** Several execution nodes asked as one: in the order given, the next when one fails. */
export class ExecutionNodes {
  readonly #nodes: readonly ExecutionNode[];
  readonly #restUntil = new Map<ExecutionNode, number>();
  readonly #now: () => number;

  constructor(nodes: readonly ExecutionNode[], now: () => number = () => performance.now()) {
    this.#nodes = nodes;
    this.#now = now;
  }

  get count(): number {
    return this.#nodes.length;
  }

  /**
   * @param question all of it is put to the same node, so that the answers are of one state
   * @throws what the last node failed with, EXECUTION_UNREACHABLE when all of them rest
   */
  async ask<T>(question: (node: ExecutionNode) => Promise<T>): Promise<T> {
    let last: unknown = executionError('EXECUTION_UNREACHABLE', 'no execution node answered a moment ago');
    for (const node of this.#nodes) {
      if (this.#now() < (this.#restUntil.get(node) ?? 0)) continue;
      try {
        return await question(node);
      } catch (error) {
        if (!isVigilError(error)) throw error;
        if (error.code === 'EXECUTION_UNREACHABLE') this.#restUntil.set(node, this.#now() + REST_MS);
        last = error;
      }
    }
    throw last;
  }
}
