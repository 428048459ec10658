import { z } from 'zod';
import { NodeAddress } from '../../beacon/index.ts';
import { exchange, redacted } from './exchange.ts';
import { executionError } from './execution-errors.ts';

export interface ClientLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** The receipts of a full block are a few megabytes, those of one full of logs some tens. */
export const NODE_LIMITS: ClientLimits = { timeoutMs: 10_000, maxBytes: 64 * 1024 * 1024 };

const rpcAnswer = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.number(),
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string() }).optional(),
});

/** JSON-RPC over HTTP of one execution node. */
export class ExecutionNode {
  /** Without credentials. */
  readonly name: string;
  readonly #address: NodeAddress;
  readonly #url: URL;
  readonly #limits: ClientLimits;
  #lastId = 0;

  constructor(url: string, limits: ClientLimits = NODE_LIMITS) {
    this.#address = new NodeAddress(url);
    this.name = this.#address.name;
    this.#url = this.#address.urlOf('');
    // Hosted nodes know the path with their key only as it was given.
    if (!new URL(url).pathname.endsWith('/')) this.#url.pathname = this.#url.pathname.replace(/\/$/, '');
    this.#limits = limits;
  }

  /**
   * @param shape of the result; one that is null is not found
   * @throws EXECUTION_UNREACHABLE, EXECUTION_REFUSED, EXECUTION_NOT_FOUND, EXECUTION_BAD_ANSWER
   */
  async call<T>(method: string, params: readonly unknown[], shape: z.ZodType<T>): Promise<T> {
    const where = `${this.name} ${method}`;
    this.#lastId += 1;
    const id = this.#lastId;
    const { status, json } = await this.#send({ jsonrpc: '2.0', id, method, params }, where);
    const read = rpcAnswer.safeParse(json);
    if (read.success && read.data.error !== undefined) {
      const { code, message } = read.data.error;
      throw executionError('EXECUTION_REFUSED', `${where}: ${code}, ${this.#redacted(message)}`);
    }
    if (status !== 200) {
      const later = status === 429 || status >= 500;
      throw executionError(
        later ? 'EXECUTION_UNREACHABLE' : 'EXECUTION_REFUSED',
        `${where}: status ${status}`,
      );
    }
    if (!read.success || read.data.id !== id || read.data.result === undefined) {
      throw executionError('EXECUTION_BAD_ANSWER', `${where}: it is no JSON-RPC answer to the question`);
    }
    if (read.data.result === null) throw executionError('EXECUTION_NOT_FOUND', `${where}: nothing is there`);
    const result = shape.safeParse(read.data.result);
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    const field = issue === undefined ? '' : `${issue.path.join('.')}: ${issue.message}`;
    throw executionError('EXECUTION_BAD_ANSWER', `${where}: ${this.#redacted(field)}`);
  }

  async #send(body: unknown, where: string) {
    try {
      return await exchange({ address: this.#address, url: this.#url, body, ...this.#limits });
    } catch (error) {
      throw executionError('EXECUTION_UNREACHABLE', `${where}: ${(error as Error).message}`, error);
    }
  }

  #redacted(text: string): string {
    return redacted(this.#address, this.#url, text);
  }
}
