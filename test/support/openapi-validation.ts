import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { FastifyInstance } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import type { OpenApiDocument } from '../../signer/http/openapi/document.ts';

/** Judges values by the schemas of a document. */
export interface Judge {
  /** What is wrong with a value, or null. @throws when the schema itself is none */
  problem(schema: unknown, value: unknown): string | null;
}

/** What a document has to have for it, of whichever API. */
interface Described {
  readonly components: Pick<OpenApiDocument['components'], 'schemas'>;
}

type Json = Record<string, unknown>;

interface Media {
  readonly schema: unknown;
}

interface Answered {
  readonly content?: Readonly<Record<string, Media>>;
}

/**
 * The schemas of a document, in a validator of its own that knows no keyword but those of the standard.
 * @param closed no object may have a member that its schema does not name: for what the signer itself sends
 */
export function judgeOf({ components }: Described, closed: boolean): Judge {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, discriminator: true });
  const prepare = (schema: unknown): object => {
    const text = JSON.stringify(schema).replaceAll('#/components/schemas/', 'document#/$defs/');
    return (closed ? close(JSON.parse(text)) : JSON.parse(text)) as object;
  };
  ajv.addSchema({ $id: 'document', $defs: prepare(components.schemas) });
  const compiled = new Map<string, ValidateFunction>();
  return {
    problem: (schema, value) => {
      const key = JSON.stringify(schema);
      const validate = compiled.get(key) ?? ajv.compile(prepare(schema));
      compiled.set(key, validate);
      return validate(value) ? null : ajv.errorsText(validate.errors);
    },
  };
}

function close(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(close);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, close(value)]));
  const open = 'properties' in copy && copy['type'] === 'object' && !('$ref' in copy);
  return open && !('additionalProperties' in copy) ? { ...copy, additionalProperties: false } : copy;
}

export interface SentAnswer {
  readonly method: string;
  /** As fastify has it, with `:name`; null when no route was found. */
  readonly route: string | null;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly payload: string;
}

/** Where an answer is not what the document says of it, or null. */
export function answerProblem(document: OpenApiDocument, judge: Judge, sent: SentAnswer): string | null {
  const { method, route, status, payload } = sent;
  const path = route === null ? null : documentedPath(route);
  const where = `${method} ${path ?? '(no route)'} ${status}`;
  const contentType = sent.contentType?.split(';')[0];
  const content = contentOf(document, path, method, status);
  if (typeof content === 'string') return `${where}: ${content}`;
  if (content === null) return payload === '' ? null : `${where}: the answer is not empty`;
  const media = content[contentType ?? ''];
  if (media === undefined) return `${where}: ${contentType ?? 'no content type'} is not in the document`;
  const value: unknown = contentType === 'application/json' ? JSON.parse(payload) : payload;
  const problem = judge.problem(media.schema, value);
  return problem === null ? null : `${where}: ${problem}: ${payload.slice(0, 300)}`;
}

/** As OpenAPI writes the path of a route of fastify. */
export const documentedPath = (route: string): string => route.replace(/:(\w+)/g, '{$1}');

/** What may be in an answer; null when nothing may. */
function contentOf(
  { paths }: OpenApiDocument,
  path: string | null,
  method: string,
  status: number,
): Readonly<Record<string, Media>> | null | string {
  const operations = path === null ? undefined : paths[path];
  const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
  const operation = operations?.[verb];
  if (operation === undefined) {
    // The text of the document says so of every path.
    if (status === 405 && operations !== undefined) return errorContent('METHOD_NOT_ALLOWED');
    if (path === null) return notFoundContent(status);
    return 'the route is not in the document';
  }
  const responses = operation['responses'] as Readonly<Record<string, Answered>>;
  const response = responses[status];
  if (response === undefined) return 'the status is not in the document';
  return response.content ?? null;
}

/** Without a route only the hooks before all routes and the answer that there is none can have spoken. */
const notFoundContent = (status: number) =>
  [400, 403, 404, 415].includes(status)
    ? errorContent(
        'NOT_FOUND',
        'MALFORMED_REQUEST',
        'HOST_NOT_ALLOWED',
        'ORIGIN_NOT_ALLOWED',
        'UNSUPPORTED_MEDIA_TYPE',
      )
    : 'without a route there is no such answer';

const errorContent = (...codes: string[]) => ({
  'application/json': {
    schema: {
      $ref: '#/components/schemas/Error',
      type: 'object',
      properties: { code: { enum: codes } },
    } as Json,
  },
  'text/plain': { schema: { type: 'string', pattern: `^(${codes.join('|')}): ` } },
});

/** What may be answered without fastify. */
const DIRECT = /^\/api\/v1\/eth2\/sign\/0x[0-9a-f]{96}$/;

/** As it was written: an answer whose head is written at once has no list of its headers. */
const headOf = (response: ServerResponse): string => (response as unknown as { _header: string })._header;

/**
 * Holds every answer that a server sends during a test to the document, whoever asked and whatever for: the test fails
 * when one is not described. To be called before the server listens.
 */
export function holdAnswersTo(document: () => OpenApiDocument, app: FastifyInstance): void {
  let known: { document: OpenApiDocument; judge: Judge } | null = null;
  const problems = new Set<string>();
  const hold = (sent: SentAnswer): void => {
    known ??= prepared(document());
    const problem = answerProblem(known.document, known.judge, sent);
    if (problem !== null) problems.add(problem);
  };
  const byFastify = new WeakSet<IncomingMessage>();
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    byFastify.add(raw);
    done();
  });
  app.addHook('onSend', async ({ method, routeOptions }, reply, payload) => {
    if (method === 'HEAD' && reply.statusCode < 400) return payload;
    hold({
      method,
      route: routeOptions.url ?? null,
      status: reply.statusCode,
      contentType: reply.getHeader('content-type') as string | undefined,
      payload: typeof payload === 'string' ? payload : '',
    });
    return payload;
  });
  app.server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const end = response.end.bind(response) as (payload?: unknown) => ServerResponse;
    response.end = (payload?: unknown): ServerResponse => {
      const ended = end(payload);
      if (byFastify.has(request) || !DIRECT.test(request.url ?? '')) return ended;
      hold({
        method: request.method ?? '',
        route: '/api/v1/eth2/sign/:identifier',
        status: response.statusCode,
        contentType: /^content-type: (.*)\r$/im.exec(headOf(response))?.[1],
        payload: typeof payload === 'string' ? payload : '',
      });
      return ended;
    };
  });
  onTestFinished(() => {
    if (problems.size > 0)
      throw new Error(`answers that the OpenAPI document does not describe:\n${[...problems].join('\n')}`);
  });
}

function prepared(document: OpenApiDocument) {
  return { document, judge: judgeOf(document, true) };
}
