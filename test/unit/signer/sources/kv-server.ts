import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export const TOKEN = 'hvs.loopback-test-token';

/** What the server does instead of an answer, by the last part of the path; `list` for the list. */
export type Fault = 'silent' | 'forbidden' | 'missing' | 'sealed' | 'no-json' | 'cut' | 'redirect';

/**
 * A server of version 2 of the key-value engine of Vault and OpenBao, as far as reading goes: paths, token header, shapes
 * and status codes of its HTTP API. Over loopback HTTP; secrets and faults can change while it runs.
 */
export async function startKvServer(mount = 'secret', folder = 'validators') {
  const secrets = new Map<string, Record<string, unknown>>();
  const faults = new Map<string, Fault>();
  const asked: string[] = [];
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://kv');
    const name = decodeURIComponent(pathname.split('/').at(-1) ?? '');
    const isList = pathname === `/v1/${mount}/metadata/${folder}` && searchParams.get('list') === 'true';
    asked.push(isList ? 'list' : name);
    const fault = faults.get(isList ? 'list' : name);
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (fault === 'silent') return void held.push(response);
    if (fault === 'sealed') return answer(503, { errors: ['Vault is sealed'] });
    if (fault === 'missing') return answer(404, { errors: [] });
    if (fault === 'no-json') return void response.end('<html>');
    if (fault === 'redirect') return void response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end();
    if (fault === 'cut') {
      response.writeHead(200, { 'content-length': '1000' }).write('{"data":');
      return void setImmediate(() => response.destroy());
    }
    if (fault === 'forbidden' || request.headers['x-vault-token'] !== TOKEN) {
      return answer(403, { errors: ['1 error occurred:\n\t* permission denied\n\n'] });
    }
    if (isList) return answer(200, { data: { keys: [...secrets.keys(), 'folder/'] } });
    const data = secrets.get(name);
    if (pathname !== `/v1/${mount}/data/${folder}/${encodeURIComponent(name)}` || data === undefined) {
      return answer(404, { errors: [] });
    }
    return answer(200, { data: { data, metadata: { version: 1, destroyed: false } } });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    for (const response of held) response.destroy();
    server.closeAllConnections();
    server.close();
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { address, secrets, faults, asked };
}
