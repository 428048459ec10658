import type { FastifyInstance, HTTPMethods } from 'fastify';
import { describe, expect, it } from 'vitest';
import { documentedPath } from '../../../../support/openapi-validation.ts';
import { startCommitBoostSigner } from '../../../../support/signer-commit-boost.ts';
import { startSignerFixture, type SignerFixture } from '../../../../support/signer-fixture.ts';
import type { Surface } from '../../../../../signer/http/surface.ts';

const { openApiDocument } = await import('../../../../../signer/http/openapi/document.ts');

const METHODS: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** All paths that fastify has, as it prints them: a tree in which each line adds to the path of the one it hangs on. */
function pathsOf(app: FastifyInstance): string[] {
  const paths: string[] = [];
  const above: string[] = [];
  for (const line of app.printRoutes({ commonPrefix: false }).trimEnd().split('\n')) {
    const [, indent, part, methods] = /^([│ ]*)[├└]── (\S+)(?: \((.*)\))?$/.exec(line) ?? [];
    if (indent === undefined || part === undefined) throw new Error(`unexpected line: ${line}`);
    above.length = indent.length / 4;
    above.push(part);
    if (methods !== undefined) paths.push(above.join(''));
  }
  return paths;
}

/** What is answered with anything but 405, by asking. */
async function servedRoutes(app: FastifyInstance): Promise<string[]> {
  const served: string[] = [];
  for (const path of pathsOf(app)) {
    for (const method of METHODS) {
      const { statusCode } = await app.inject({ method, url: path.replace(/:\w+/g, 'x') });
      const absent = statusCode === 405 || (method === 'HEAD' && statusCode === 404);
      if (!absent) served.push(`${method} ${documentedPath(path)}`);
    }
  }
  return served.sort();
}

function documentedRoutes(surface: Surface, commitBoost: boolean): string[] {
  const { paths } = openApiDocument({ surface, commitBoost });
  return Object.entries(paths)
    .flatMap(([path, operations]) =>
      Object.keys(operations).flatMap((method) => [
        `${method.toUpperCase()} ${path}`,
        // The text of the document says so.
        ...(method === 'get' ? [`HEAD ${path}`] : []),
      ]),
    )
    .sort();
}

interface Listener {
  readonly surface: Surface;
  readonly commitBoost: boolean;
  readonly start: () => Promise<SignerFixture>;
}

const LISTENERS: readonly Listener[] = (['all', 'signing', 'admin'] as const).flatMap((surface) => [
  { surface, commitBoost: false, start: () => startSignerFixture({ surface }) },
  { surface, commitBoost: true, start: () => startCommitBoostSigner({ surface }) },
]);

describe.each(LISTENERS)('a listener for $surface, Commit-Boost $commitBoost', (listener) => {
  const { surface, commitBoost, start } = listener;

  it('serves what its document has, and its document has what it serves', async () => {
    const { app } = await start();
    const served = await servedRoutes(app);
    expect(served.length).toBeGreaterThan(8);
    expect(served).toEqual(documentedRoutes(surface, commitBoost));
  });

  it('gives out its own document', async () => {
    const { app } = await start();
    const answer = await app.inject({ url: '/openapi.json' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.json()).toEqual(openApiDocument({ surface, commitBoost }));
  });
});

it('says nothing of routes that are on another listener', () => {
  const signing = documentedRoutes('signing', false);
  const admin = documentedRoutes('admin', false);
  expect(signing.filter((route) => admin.includes(route))).toEqual(
    ['/healthcheck', '/openapi.json', '/upcheck'].flatMap((path) => [`GET ${path}`, `HEAD ${path}`]).sort(),
  );
  expect(new Set([...signing, ...admin])).toEqual(new Set(documentedRoutes('all', false)));
});

it('is not to be had as text', async () => {
  const { app } = await startSignerFixture();
  const answer = await app.inject({ url: '/openapi.json', headers: { accept: 'text/plain' } });
  expect(answer.statusCode).toBe(406);
});
