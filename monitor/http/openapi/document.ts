import manifest from '../../../package.json' with { type: 'json' };
import { reachableFrom } from '../../../core/openapi/reachable-schemas.ts';
import { object, oneOfWords, ref, array, type Schema } from '../../../core/openapi/schema.ts';
import { API_ERRORS, statusOfCode, type ApiErrorCode } from '../api-errors.ts';
import { API_PREFIX, ENDPOINTS } from '../endpoints.ts';
import type { Endpoint } from '../endpoint.ts';
import { SCHEMAS } from './schemas.ts';

export interface MonitorApiDocument {
  readonly openapi: string;
  readonly info: Schema;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const INFO_TEXT = `
What \`vigil monitor\` knows of the validators that it watches. Everything can be read and nothing changed.

- Wherever GET is answered, HEAD is too; any other method is 405 \`MONITOR_READ_ONLY\`, a path that does not exist 404
  \`MONITOR_NO_SUCH_PATH\`.
- Slots, epochs and amounts are decimal strings, validator indices and small counts are JSON numbers. Ranges include both
  ends. An epoch that never comes is null.
- Lists come in pages: \`next\` is the \`cursor\` of the next page, null on the last one. A parameter that a path does not
  take is an error.
- What is \`final\` does not change any more. What is of the \`head\` is provisional, and null while the head is old: what
  the monitor did not see is unknown, never missed.
`.trim();

/** The OpenAPI 3.1 document of the monitor's API. */
export function monitorApiDocument(): MonitorApiDocument {
  const paths = {
    ...Object.fromEntries(ENDPOINTS.map((each) => [API_PREFIX + each.path, { get: describe(each) }])),
    ...OTHER_PATHS,
  };
  return {
    openapi: '3.1.1',
    info: {
      title: 'Vigil monitor',
      version: manifest.version,
      description: INFO_TEXT,
      license: { name: manifest.license, identifier: manifest.license },
    },
    paths,
    components: { schemas: reachableFrom(paths, SCHEMAS) },
  };
}

function describe({ id, summary, description, name, query, answer, unknown }: Endpoint): Schema {
  const inQuery = Object.entries(query).map(([parameter, { description: text, schema }]) => ({
    ...{ name: parameter, in: 'query', required: false, description: text, schema },
  }));
  const inPath =
    name === null
      ? []
      : [
          {
            name: name.parameter,
            in: 'path',
            required: true,
            description: name.of.description,
            schema: name.of.schema,
          },
        ];
  const parameters = [...inPath, ...inQuery];
  return {
    operationId: id,
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: {
      200: json('The answer.', answer),
      ...failures(['MONITOR_BAD_PARAMETER', 'MONITOR_QUERY_INVALID', ...ALWAYS, ...unknown]),
    },
  };
}

const ALWAYS = [
  'MONITOR_ORIGIN_NOT_ALLOWED',
  'MONITOR_HOST_NOT_ALLOWED',
  'MONITOR_API_FAILED',
] as const satisfies ApiErrorCode[];

const QUERY_INVALID = 'the cursor is not one of this list';

function failures(codes: readonly (ApiErrorCode | 'MONITOR_QUERY_INVALID')[]): Record<string, Schema> {
  const byStatus = Map.groupBy(codes, (code) =>
    code === 'MONITOR_QUERY_INVALID' ? 400 : statusOfCode(code),
  );
  return Object.fromEntries(
    [...byStatus].map(([status, those]) => [
      status,
      json(
        those
          .map(
            (code) =>
              `\`${code}\`: ${code === 'MONITOR_QUERY_INVALID' ? QUERY_INVALID : API_ERRORS[code].summary}`,
          )
          .join('\n\n'),
        { ...ref('Error'), type: 'object', properties: { code: { enum: those } } },
      ),
    ]),
  );
}

function json(description: string, schema: Schema): Schema {
  return { description, content: { 'application/json': { schema } } };
}

const HEALTH = object({
  status: oneOfWords('UP', 'DOWN'),
  problems: array(ref('Problem')),
  ages: ref('Ages'),
});

const OTHER_PATHS: MonitorApiDocument['paths'] = {
  '/healthz': {
    get: {
      operationId: 'getHealth',
      summary: 'Whether the data is fresh',
      responses: {
        200: json('It is.', HEALTH),
        ...failures(ALWAYS),
        503: json('It is not, and why.', HEALTH),
      },
    },
  },
  '/metrics': {
    get: {
      operationId: 'getMetrics',
      summary: 'Metrics in the Prometheus text format',
      responses: {
        200: {
          description: 'docs/metrics.md lists them.',
          content: { 'text/plain': { schema: { type: 'string' } } },
        },
        ...failures(ALWAYS),
      },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'getDocument',
      summary: 'This document',
      responses: { 200: json('The document.', { type: 'object' }), ...failures(ALWAYS) },
    },
  },
};
