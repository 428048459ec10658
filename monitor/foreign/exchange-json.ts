import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestTls, type RequestOptions } from 'node:https';

export interface JsonRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** For everything, the last byte of the answer included. */
  readonly timeoutMs: number;
  /** Who is believed to be the other end, where that is not for the system's authorities to say. */
  readonly tls?: RequestOptions;
}

export interface JsonAnswer {
  readonly status: number;
  /** Undefined when it is no JSON. */
  readonly json: unknown;
}

/** The answer to the most messages that are asked about at once is a tenth of it. */
const MAX_BYTES = 64 * 1024 * 1024;

/** One request, with its whole answer. `fetch` would not let a certificate be pinned. @throws what failed */
export function exchangeJson({
  method,
  url,
  headers,
  body,
  timeoutMs,
  tls,
}: JsonRequest): Promise<JsonAnswer> {
  const payload = body === undefined ? null : Buffer.from(JSON.stringify(body), 'utf8');
  const options: RequestOptions = {
    method,
    agent: false,
    headers: {
      ...headers,
      accept: 'application/json',
      ...(payload === null
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(payload.length) }),
    },
    signal: AbortSignal.timeout(timeoutMs),
    ...tls,
  };
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestTls : requestPlain;
    const outgoing = send(url, options, (response) => {
      readJson(response).then(resolve, reject);
    });
    outgoing.on('error', reject);
    outgoing.end(payload ?? undefined);
  });
}

async function readJson(response: IncomingMessage): Promise<JsonAnswer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new Error(`the answer is longer than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  const { statusCode: status = 0 } = response;
  try {
    return { status, json: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
  } catch {
    return { status, json: undefined };
  }
}
