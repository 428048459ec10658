import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface JsonServer {
  readonly url: string;
  /** `method path`, as they came. */
  readonly requests: { readonly path: string; readonly authorization: string | undefined }[];
}

export type Respond = (body: string, request: IncomingMessage, response: ServerResponse) => unknown;

/** A real server until the test ends; what `respond` returns is sent as JSON unless it ended the response itself. */
export async function jsonServer(respond: Respond): Promise<JsonServer> {
  const requests: { path: string; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', authorization: request.headers.authorization });
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = respond(Buffer.concat(chunks).toString('utf8'), request, response);
      if (answer !== undefined) response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
