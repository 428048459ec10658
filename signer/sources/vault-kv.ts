import { z } from 'zod';
import { readBoundedFile } from '../keystore/read-bounded-file.ts';
import type { SecretStore } from './secret-store.ts';
import { sourceError } from './source-errors.ts';

export interface VaultOptions {
  /** Of HashiCorp Vault or OpenBao, such as https://vault.example:8200. */
  readonly address: string;
  /** Where version 2 of the key-value engine is mounted. */
  readonly mount: string;
  /** The folder in it whose secrets are keys. */
  readonly path: string;
  /** The field of a secret that holds the key. */
  readonly field: string;
  /** Read anew for every load, so that an agent may renew it. */
  readonly tokenFile: string;
  readonly namespace: string | null;
  /** For one request, the last byte of its answer included. */
  readonly timeoutMs: number;
}

/** A list of 100,000 names is some megabytes. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

const listAnswer = z.object({ data: z.object({ keys: z.array(z.string()) }) });
const readAnswer = z.object({ data: z.object({ data: z.record(z.string(), z.unknown()).nullable() }) });

/** HashiCorp Vault and OpenBao, key-value engine version 2, with a token out of a file. */
export function vaultStore(options: VaultOptions): SecretStore {
  const base = options.address.replace(/\/+$/, '');
  const folder = options.path.replace(/^\/+|\/+$/g, '');
  const urlOf = (kind: 'data' | 'metadata', name: string): string =>
    `${base}/v1/${encoded(options.mount)}/${kind}/${encoded(name === '' ? folder : `${folder}/${name}`)}`;
  const where = `vault ${base} ${options.mount}/${folder}`;
  return {
    name: where,
    async list(signal) {
      const answer = await ask(`${urlOf('metadata', '')}?list=true`, where, options, signal);
      const { keys } = parsed(listAnswer, answer, where).data;
      // A name that ends in a slash is a folder.
      return keys.filter((name) => !name.endsWith('/'));
    },
    async read(name, signal) {
      const label = `${where}/${name}`;
      const answer = await ask(urlOf('data', name), label, options, signal);
      const value = parsed(readAnswer, answer, label).data.data?.[options.field];
      if (typeof value === 'string') return value;
      throw sourceError('KEY_SOURCE_ANSWER', `${label} has no text in its field ${options.field}`);
    },
  };
}

const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** The JSON of a good answer. What a bad one says is not passed on: only its status. */
async function ask(
  url: string,
  label: string,
  { tokenFile, namespace, timeoutMs }: VaultOptions,
  signal: AbortSignal,
): Promise<unknown> {
  const token = Buffer.from(await readBoundedFile(tokenFile))
    .toString('utf8')
    .trim();
  if (!/^[\x21-\x7e]+$/.test(token)) throw sourceError('KEY_SOURCE_DENIED', `${tokenFile} holds no token`);
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      headers: {
        'x-vault-token': token,
        'x-vault-request': 'true',
        ...(namespace === null ? {} : { 'x-vault-namespace': namespace }),
      },
      // The token must not follow wherever an answer points.
      redirect: 'manual',
      signal: AbortSignal.any([timeout, signal]),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw statusError(response.status, label);
    }
    return JSON.parse(await textOf(response, label)) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError)
      throw sourceError('KEY_SOURCE_ANSWER', `${label}: the answer is not JSON`);
    if (timeout.aborted) {
      throw sourceError('KEY_SOURCE_UNREACHABLE', `${label}: no whole answer within ${timeoutMs} ms`, error);
    }
    if (error instanceof TypeError) {
      throw sourceError('KEY_SOURCE_UNREACHABLE', `${label}: no connection`, error);
    }
    throw error;
  }
}

function statusError(status: number, label: string) {
  if (status === 401 || status === 403) return sourceError('KEY_SOURCE_DENIED', `${label}: status ${status}`);
  if (status === 404)
    return sourceError('KEY_SOURCE_ANSWER', `${label}: there is nothing there (status 404)`);
  if (status >= 300 && status < 400) {
    return sourceError('KEY_SOURCE_ANSWER', `${label}: it redirects to another address; give that one`);
  }
  return sourceError('KEY_SOURCE_UNREACHABLE', `${label}: status ${status}`);
}

async function textOf(response: Response, label: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw sourceError('KEY_SOURCE_ANSWER', `${label}: the answer has no end`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed<T>(shape: z.ZodType<T>, answer: unknown, label: string): T {
  const read = shape.safeParse(answer);
  if (read.success) return read.data;
  throw sourceError('KEY_SOURCE_ANSWER', `${label}: not an answer of the key-value engine, version 2`);
}
