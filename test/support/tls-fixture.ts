import { copyFileSync, chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { request } from 'node:https';
import { once } from 'node:events';
import type { TlsSettings } from '../../core/config/tls-settings.ts';
import type { Answer } from './signer-client.ts';
import { tempDirectory } from './temp-guard.ts';

const FIXTURES = new URL('../fixtures/tls/', import.meta.url);

export const pem = (name: string): string => readFileSync(new URL(`${name}.pem`, FIXTURES), 'utf8');

/** What a client shows: certificate and key of the fixtures by name, or nothing. */
export const shows = (name: string | null): ConnectionOptions =>
  name === null ? {} : { cert: pem(name), key: pem(`${name}.key`) };

/** Copies of a server's pair with the modes that it wants, in a folder of the running test. */
export function tlsFiles(server = 'server', options: Partial<TlsSettings> = {}): TlsSettings {
  const folder = tempDirectory();
  const paths = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem'), clientCa: null };
  putPair(paths, server);
  return { ...paths, clientAuth: 'none', ...options };
}

export const clientCa = (name = 'ca'): string => new URL(`${name}.pem`, FIXTURES).pathname;

/** Puts another pair in the place of the files. */
export function putPair(paths: Pick<TlsSettings, 'cert' | 'key'>, cert: string, key = cert): void {
  copyFileSync(new URL(`${cert}.pem`, FIXTURES), paths.cert);
  copyFileSync(new URL(`${key}.key.pem`, FIXTURES), paths.key);
  chmodSync(paths.key, 0o600);
}

export interface TlsSendOptions extends ConnectionOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One request over a TLS connection of its own to a server that must be of our CA. */
export function sendTls(url: string, path: string, options: TlsSendOptions = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, ...tls } = options;
  const { port } = new URL(url);
  const payload = body === undefined ? '' : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { ca: pem('ca'), ...tls, host: 'localhost', family: 4, port, path, method, headers, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

/** An open TLS connection. */
export async function connectTls(url: string, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({
    ...{ ca: pem('ca'), host: '127.0.0.1', port: Number(new URL(url).port), servername: 'localhost' },
    ...options,
  });
  await once(socket, 'secureConnect');
  return socket;
}
