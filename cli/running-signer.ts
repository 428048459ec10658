import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request as requestPlain, type RequestOptions } from 'node:http';
import { request as requestTls, type RequestOptions as TlsRequestOptions } from 'node:https';
import { join } from 'node:path';
import { z } from 'zod';
import type { Settings } from '../core/config/settings.ts';
import { tlsSettings, type TlsSettings } from '../core/config/tls-settings.ts';
import { cliError } from './cli-errors.ts';

/** A freeze waits for signatures under way, never for longer than a few seconds. */
const TIMEOUT_MS = 30_000;

const portsFile = z.object({ http: z.number(), admin: z.number().optional() });

export interface SignerAnswer {
  readonly url: string;
  readonly status: number;
  readonly text: string;
}

export interface SignerRequest {
  /** Where the path is served. */
  readonly listener: 'http' | 'admin';
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/**
 * Asks the signer that runs in this data directory, wherever it listens.
 * @throws SIGNER_NOT_REACHED
 */
export async function reachSigner(
  settings: Settings,
  { listener, method, path, headers, body }: SignerRequest,
): Promise<SignerAnswer> {
  const ports = readPorts(settings['data-dir']);
  const admin = listener === 'admin' ? ports.admin : undefined;
  const port = admin ?? ports.http;
  const hostname = hostOf(admin === undefined ? settings['http-host'] : settings['admin-host']);
  const tls = tlsSettings(settings);
  const url = `${tls === null ? 'http' : 'https'}://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}${path}`;
  const payload = Buffer.from(body === undefined ? '' : JSON.stringify(body), 'utf8');
  const options = {
    ...{ hostname, port, path, method, agent: false as const },
    headers: {
      ...headers,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': payload.length }),
    },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  };
  try {
    return {
      url,
      ...(await exchange(tls === null ? options : { ...options, ...identity(tls) }, tls !== null, payload)),
    };
  } catch (error) {
    throw cliError('SIGNER_NOT_REACHED', `${url}: ${(error as Error).message}`, error);
  }
}

/**
 * We are on the signer's own machine with its own files: exactly its certificate is the one to trust, whatever names
 * are in it, and where clients must have one, the same certificate is ours.
 */
function identity({ cert, key, clientAuth }: TlsSettings): TlsRequestOptions {
  const chain = readFileSync(cert);
  return {
    ca: new X509Certificate(chain).toString(),
    allowPartialTrustChain: true,
    checkServerIdentity: () => undefined,
    ...(clientAuth === 'required' ? { cert: chain, key: readFileSync(key) } : {}),
  };
}

function exchange(
  options: RequestOptions & TlsRequestOptions,
  tls: boolean,
  payload: Uint8Array,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = (tls ? requestTls : requestPlain)(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

function readPorts(dataDir: string): z.infer<typeof portsFile> {
  try {
    return portsFile.parse(JSON.parse(readFileSync(join(dataDir, 'vigil.ports'), 'utf8')));
  } catch (error) {
    throw cliError('SIGNER_NOT_REACHED', `no signer that uses ${dataDir} listens`, error);
  }
}

/** A wildcard is for listening; to be reached the signer has this machine's own address. */
const hostOf = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);
