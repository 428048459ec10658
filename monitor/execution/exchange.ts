import type { NodeAddress } from '../../beacon/index.ts';

export interface BoundedRequest {
  readonly address: NodeAddress;
  readonly url: URL;
  /** Sent as JSON; a request without one is a GET. */
  readonly body?: unknown;
  /** For everything, the last byte of the answer included. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export interface BoundedAnswer {
  readonly status: number;
  /** Undefined when it is no JSON. */
  readonly json: unknown;
}

/** One request and its whole answer, bounded in time and size. @throws Error that says why, without credentials */
export function exchange(request: BoundedRequest): Promise<BoundedAnswer> {
  const { address, url, timeoutMs } = request;
  const signal = AbortSignal.timeout(timeoutMs);
  return send(request, signal).catch((error: unknown) => {
    if (signal.aborted) throw new Error(`no whole answer within ${timeoutMs} ms`);
    const { message, cause } = error as Error;
    const why = cause instanceof Error && cause.message !== '' ? `${message}: ${cause.message}` : message;
    // The error itself may quote the URL; only its text is kept, without what must not be seen.
    throw new Error(redacted(address, url, why));
  });
}

async function send(
  { address, url, body, maxBytes }: BoundedRequest,
  signal: AbortSignal,
): Promise<BoundedAnswer> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...address.headers,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    // A redirect may lead anywhere, and would take the question along.
    redirect: 'manual',
    signal,
  });
  return { status: response.status, json: parsed(await read(response, maxBytes)) };
}

/** Keys of hosted nodes are parts of the path: each is a secret, not only all of them together. */
export function redacted(address: NodeAddress, url: URL, text: string): string {
  return url.pathname
    .split('/')
    .filter((part) => part.length >= 8)
    .reduce((shown, part) => shown.replaceAll(part, '***'), address.redact(text))
    .replace(/[^\x20-\x7e]+/g, ' ')
    .slice(0, 200);
}

async function read(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (response.body === null) return '';
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    // Leaving the loop cancels the rest.
    if (length > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
