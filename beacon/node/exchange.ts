import { BeaconFailure, kindOfStatus } from './failure.ts';
import type { NodeAddress } from './node-address.ts';

/** One HTTP request to one node. */
export interface Exchange {
  readonly method: 'GET' | 'POST';
  /** `/eth/v1/…`, with its query. */
  readonly path: string;
  readonly accept: string;
  /** JSON. */
  readonly body?: string | undefined;
  /** For everything, the last byte of the body included. */
  readonly timeoutMs: number;
  /** Of the body, after decompression: a small gzip may unfold to gigabytes. */
  readonly maxBytes: number;
  /** Statuses that are answers; 200 when left out. */
  readonly okStatuses?: readonly number[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RawAnswer {
  readonly status: number;
  /** Lower case, without parameters. */
  readonly contentType: string;
  /** `Eth-Consensus-Version`. */
  readonly consensusVersion: string | null;
  /** What SSZ has no room for, from the headers of clients that send it: null where they do not. */
  readonly executionOptimistic: boolean | null;
  readonly finalized: boolean | null;
  readonly bytes: Uint8Array;
}

/** Enough for the message in an error body. */
const MAX_ERROR_BYTES = 8192;

/**
 * Sends one request and reads its answer, whole or not at all.
 * @throws BeaconFailure, or the reason of `signal` when the caller gave up
 */
export async function exchange(address: NodeAddress, request: Exchange): Promise<RawAnswer> {
  const { method, path, accept, body, timeoutMs, maxBytes, okStatuses = [200], signal } = request;
  const timeout = AbortSignal.timeout(timeoutMs);
  const where = `${address.name}${path}`;
  try {
    const response = await fetch(address.urlOf(path), {
      method,
      headers: {
        ...address.headers,
        accept,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body ?? null,
      // A redirect would turn a POST into a GET, and may lead anywhere.
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    const { status, headers } = response;
    if (!okStatuses.includes(status)) {
      const said = address.redact(await errorMessage(response));
      const why = status >= 300 && status < 400 ? 'it redirects to another address; give that one' : said;
      throw new BeaconFailure(kindOfStatus(status), `${where}: status ${status}${why && `: ${why}`}`);
    }
    const bytes = await readLimited(response, maxBytes);
    if (bytes === null) {
      throw new BeaconFailure('too-large', `${where}: the answer is longer than ${maxBytes} bytes`);
    }
    return {
      status,
      contentType: (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
      consensusVersion: headers.get('eth-consensus-version'),
      executionOptimistic: flag(headers.get('eth-execution-optimistic')),
      finalized: flag(headers.get('eth-finalized')),
      bytes,
    };
  } catch (error) {
    if (error instanceof BeaconFailure) throw error;
    signal?.throwIfAborted();
    if (timeout.aborted) {
      throw new BeaconFailure('timeout', `${where}: no whole answer within ${timeoutMs} ms`, error);
    }
    throw new BeaconFailure('network', `${where}: ${address.redact(reasonOf(error))}`, error);
  }
}

const flag = (text: string | null) => (text === null ? null : text.toLowerCase() === 'true');

/** `fetch failed` says nothing; the cause below it does. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? `${message}: ${cause.message}` : message;
}

/** The body, or null when it is longer than allowed; not a byte more than that is kept. */
async function readLimited(response: Response, maxBytes: number): Promise<Uint8Array | null> {
  if (response.body === null) return new Uint8Array();
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
    await response.body.cancel();
    return null;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    // Leaving the loop cancels the rest of the body.
    if (length > maxBytes) return null;
    chunks.push(chunk);
  }
  // No Buffer, whose `slice` shares what that of a Uint8Array copies.
  const whole = Buffer.concat(chunks);
  return new Uint8Array(whole.buffer, whole.byteOffset, whole.length);
}

/** What the node says of its refusal, in one line fit for a log. */
async function errorMessage(response: Response): Promise<string> {
  const bytes = await readLimited(response, MAX_ERROR_BYTES).catch(() => null);
  if (bytes === null) return '';
  const text = new TextDecoder().decode(bytes);
  let said = text;
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string') said = message;
  } catch {
    // An error page of a proxy: its text will do.
  }
  return said
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 200);
}
