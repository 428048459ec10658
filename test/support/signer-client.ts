import { request, type Agent, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { PublicKey, Signature, verify } from '@chainsafe/blst';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface SendOptions {
  readonly method?: string;
  /** Exactly these are sent, beside Host and Content-Length: `fetch` would add an Accept header. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is when text or bytes, else as JSON. */
  readonly body?: unknown;
  readonly agent?: Agent;
}

/** One request. The path goes out as it is written here, without any normalisation. */
export function send(url: string, path: string, options: SendOptions = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, agent } = options;
  const { hostname, port } = new URL(url);
  const payload = body === undefined ? null : asBytes(body);
  const length = payload === null ? {} : { 'content-length': payload.length };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { hostname, port, path, method, headers: { ...length, ...headers }, ...(agent && { agent }) },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(payload ?? undefined);
  });
}

export const JSON_HEADERS = { 'content-type': 'application/json', 'accept': 'application/json' };

export interface SignOptions {
  readonly identifier?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
}

/** Posts a sign request for the signer's first key. */
export function sign(
  signer: { readonly url: string; readonly pubkey: string },
  body: unknown,
  { identifier = signer.pubkey, headers = JSON_HEADERS, agent }: SignOptions = {},
): Promise<Answer> {
  const path = `/api/v1/eth2/sign/${identifier}`;
  return send(signer.url, path, { method: 'POST', headers, body, ...(agent && { agent }) });
}

export const json = ({ text }: Answer): Record<string, string> => JSON.parse(text) as Record<string, string>;

/** Checks a signature over a root with nothing of the signer in between. */
export function isSignatureOf(pubkey: string, root: string, signature: string): boolean {
  const bytes = (hex: string) => Buffer.from(hex.slice(2), 'hex');
  return verify(bytes(root), PublicKey.fromHex(pubkey), Signature.fromHex(signature));
}

const PATIENCE_MS = 5000;
/** Stands at the end of an exchange that the server did not end. */
export const LEFT_OPEN = '[the server left the connection open]';

/**
 * Writes raw bytes on a socket and gives back what came until the server closed the connection.
 * A server that does not close it is a failure of its own, and says so in the text.
 */
export function rawExchange(url: string, ...pieces: (string | Uint8Array)[]): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => {
      for (const piece of pieces) socket.write(piece);
    });
    socket.setTimeout(PATIENCE_MS, () => {
      text += LEFT_OPEN;
      socket.destroy();
    });
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    // The server may reset a connection on which it did not want to read on; what it said before counts.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}

function asBytes(body: unknown): Buffer {
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  return body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(JSON.stringify(body), 'utf8');
}
