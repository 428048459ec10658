import { describe, expect, it } from 'vitest';
import { EVERYTHING, openApiDocument } from '../../../../../signer/http/openapi/document.ts';
import { reachableFrom } from '../../../../../core/openapi/reachable-schemas.ts';
import { MESSAGE_TYPES } from '../../../../../signer/messages/index.ts';
import { judgeOf } from '../../../../support/openapi-validation.ts';

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly security: readonly Record<string, readonly string[]>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Response>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: unknown;
}

interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly schema: unknown }>>;
  readonly content?: Content;
}

type Content = Readonly<Record<string, { readonly schema: unknown }>>;

const document = openApiDocument(EVERYTHING);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method} ${path}`,
    path,
    method,
    operation: operation as unknown as Operation,
  })),
);

/** The fields that OpenAPI 3.1 has for an operation, as far as they are used. */
const FIELDS = [
  'operationId',
  'tags',
  'summary',
  'description',
  'security',
  'parameters',
  'requestBody',
  'responses',
];

describe('the document', () => {
  it('is of version 3.1, with what that must have', () => {
    expect(Object.keys(document).sort()).toEqual(['components', 'info', 'openapi', 'paths', 'tags']);
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({
      title: 'Vigil remote signer',
      license: { identifier: 'Apache-2.0' },
    });
    expect(document.info['version']).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('has names of components that may be referred to', () => {
    for (const name of Object.keys(document.components.schemas)) expect(name).toMatch(/^[A-Za-z0-9._-]+$/);
  });

  it('has schemas that a strict validator takes, with references that lead somewhere', () => {
    const judge = judgeOf(document, false);
    for (const name of Object.keys(document.components.schemas)) {
      // Of no type at all, so that only a schema that cannot be compiled makes this throw.
      judge.problem({ $ref: `#/components/schemas/${name}` }, undefined);
    }
    for (const { operation } of operations) {
      for (const schema of schemasOf(operation)) judge.problem(schema, undefined);
    }
  });

  it('finds the schema of a sign request by its type', () => {
    const { SignRequest } = document.components.schemas;
    const branches = (SignRequest?.['oneOf'] as { $ref: string }[]).map(({ $ref }) =>
      $ref.split('/').at(-1)!,
    );
    expect(branches).toEqual(MESSAGE_TYPES);
    for (const name of branches) {
      expect(document.components.schemas[name]).toMatchObject({ properties: { type: { const: name } } });
    }
  });

  it('does not come about with a reference that leads nowhere', () => {
    const part = { $ref: '#/components/schemas/Missing' };
    expect(() => reachableFrom(part, {})).toThrow('Missing');
    expect(() => reachableFrom({ $ref: '#/components/schemas/One' }, { One: part })).toThrow('Missing');
  });
});

describe('the operations', () => {
  it('have ids of their own', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z]+$/);
  });

  it.each(operations)('$name has what OpenAPI wants of it', ({ path, method, operation }) => {
    const { tags, security, parameters = [], requestBody, responses, summary } = operation;
    expect(FIELDS).toEqual(expect.arrayContaining(Object.keys(operation)));
    expect(['get', 'post', 'delete']).toContain(method);
    expect(summary).not.toMatch(/\.$/);
    expect(document.tags.map(({ name }) => name)).toEqual(expect.arrayContaining([...tags]));
    for (const way of security) {
      expect(Object.keys(document.components.securitySchemes)).toEqual(
        expect.arrayContaining(Object.keys(way)),
      );
    }

    const inPath = parameters.filter((parameter) => parameter.in === 'path');
    expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
    for (const { required } of inPath) expect(required).toBe(true);
    if (method === 'get') expect(requestBody).toBeUndefined();

    expect(Object.keys(responses).length).toBeGreaterThan(0);
    for (const [status, { description, content = {} }] of Object.entries(responses)) {
      expect(status).toMatch(/^[2-5][0-9]{2}$/);
      expect(description).not.toBe('');
      expect(['application/json', 'text/plain']).toEqual(expect.arrayContaining(Object.keys(content)));
    }
  });

  it('want credentials wherever keys are changed', () => {
    const open = operations.filter(({ operation: { security } }) => security.length === 0);
    expect(open.map(({ name }) => name).sort()).toEqual([
      'get /healthcheck',
      'get /openapi.json',
      'get /upcheck',
    ]);
    const optional = operations.filter(({ operation: { security } }) =>
      security.some((way) => Object.keys(way).length === 0),
    );
    expect(optional.map(({ name }) => name).sort()).toEqual([
      'get /api/v1/eth2/highWatermark',
      'get /api/v1/eth2/publicKeys',
      'get /reload',
      'post /api/v1/eth2/sign',
      'post /api/v1/eth2/sign/{identifier}',
      'post /reload',
    ]);
  });
});

function schemasOf({ parameters = [], requestBody, responses }: Operation): unknown[] {
  const contents = [
    requestBody?.content ?? {},
    ...Object.values(responses).map(({ content = {} }) => content),
  ];
  return [
    ...parameters.map(({ schema }) => schema),
    ...contents.flatMap((content) => Object.values(content).map(({ schema }) => schema)),
    ...Object.values(responses).flatMap(({ headers = {} }) =>
      Object.values(headers).map(({ schema }) => schema),
    ),
  ];
}
