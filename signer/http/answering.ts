import type { IncomingHttpHeaders, ServerResponse } from 'node:http';

/** What an answer depends on, of a request of fastify or of Node itself. */
export interface Asking {
  readonly headers: IncomingHttpHeaders;
  readonly url?: string | undefined;
}

/** Where an answer goes: a reply of fastify, or one of Node. */
export interface Answering {
  code(status: number): Answering;
  header(name: string, value: string): Answering;
  type(contentType: string): Answering;
  send(body: string): unknown;
}

/** Node's own response, in the words of a reply. */
export function answeringOn(response: ServerResponse): Answering {
  const answering: Answering = {
    code: (status) => {
      response.statusCode = status;
      return answering;
    },
    header: (name, value) => {
      response.setHeader(name, value);
      return answering;
    },
    type: (contentType) => answering.header('content-type', contentType),
    send: (body) => response.setHeader('content-length', Buffer.byteLength(body)).end(body),
  };
  return answering;
}
