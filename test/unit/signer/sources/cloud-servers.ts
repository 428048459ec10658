import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { onTestFinished, vi } from 'vitest';
import { tempDirectory } from '../../../support/temp-guard.ts';

/**
 * The three cloud vendors' secret managers, as far as reading goes: each a server on this machine that speaks the
 * protocol of its vendor, and that the vendor's own library talks to, two names a page. Credentials come to the library as
 * on a machine of that vendor's, out of its environment or a metadata server.
 */
export interface Cloud {
  /** By name, without the prefix; can change while the server runs. */
  readonly secrets: Map<string, string>;
  /** What it does instead of an answer, by name; `list` for the list. */
  readonly faults: Map<string, Fault>;
  /** Names, or `list`, in the order of the requests that carried good credentials. */
  readonly asked: string[];
  /** Requests with credentials that are none. */
  readonly strangers: () => number;
  /** What names it in a file of key sources, without timeout. */
  readonly config: string;
}
export type Fault = 'forbidden' | 'missing' | 'broken' | 'silent' | 'slow' | 'binary';

/** How late the slow answer is: no timeout of a test comes near. */
const SLOW_MS = 300;
const PREFIX = 'vigil-';
const TOKEN = 'loopback-test-token';

export const CLOUDS = { aws: startAws, gcp: startGcp, azure: startAzure };

type Json = Readonly<Record<string, unknown>>;
interface Dialect {
  /** What is asked for: `list` and from where, or a secret. Null when it is neither. */
  readonly understand: (request: IncomingMessage, text: string) => Asked | null;
  readonly isAuthorised: (request: IncomingMessage) => boolean;
  readonly list: (names: string[], next: number | null) => Json;
  readonly secret: (name: string, value: string | Uint8Array) => Json;
  /** Status and body for a fault and for a stranger. */
  readonly refuse: (
    why: 'forbidden' | 'missing' | 'broken' | 'stranger',
    response: ServerResponse,
  ) => [number, Json];
}
type Asked = { readonly list: number } | { readonly name: string };

function cloudOf(dialect: Dialect) {
  const secrets = new Map<string, string>();
  const faults = new Map<string, Fault>();
  const asked: string[] = [];
  let strangers = 0;
  const held: ServerResponse[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse, text: string): void => {
    const send = (status: number, body: Json): void => {
      const type = dialect === aws ? 'application/x-amz-json-1.1' : 'application/json';
      response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
    };
    if (!dialect.isAuthorised(request)) {
      strangers += 1;
      return send(...dialect.refuse('stranger', response));
    }
    const what = dialect.understand(request, text);
    if (what === null) return send(...dialect.refuse('missing', response));
    const name = 'list' in what ? 'list' : what.name.replace(PREFIX, '');
    asked.push(name);
    const fault = faults.get(name);
    const good = (): void => {
      if ('list' in what) {
        const names = [...secrets.keys()].map((one) => (one.startsWith('/') ? one.slice(1) : PREFIX + one));
        const next = what.list + 2;
        return send(200, dialect.list(names.slice(what.list, next), next < names.length ? next : null));
      }
      const value = secrets.get(name);
      if (value === undefined) return send(...dialect.refuse('missing', response));
      send(200, dialect.secret(what.name, fault === 'binary' ? Buffer.from('00ff80c1', 'hex') : value));
    };
    if (fault === 'silent') return void held.push(response);
    if (fault === 'slow') return void setTimeout(good, SLOW_MS);
    if (fault === undefined || fault === 'binary') return good();
    send(...dialect.refuse(fault, response));
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => answer(request, response, text));
  };
  onTestFinished(() => held.forEach((response) => response.destroy()));
  return { handle, cloud: { secrets, faults, asked, strangers: () => strangers } };
}

async function port(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function environment(variables: Record<string, string>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

/** AWS JSON 1.1: one path, the operation in a header; credentials of the environment. */
const aws: Dialect = {
  isAuthorised: ({ headers }) =>
    /^AWS4-HMAC-SHA256 Credential=test-id\/\d{8}\/eu-central-1\/secretsmanager\//.test(
      headers.authorization ?? '',
    ),
  understand: ({ headers }, text) => {
    const query = JSON.parse(text) as { SecretId?: string; NextToken?: string };
    if (headers['x-amz-target'] === 'secretsmanager.ListSecrets')
      return { list: Number(query.NextToken ?? 0) };
    return query.SecretId === undefined ? null : { name: query.SecretId };
  },
  list: (names, next) => ({
    SecretList: names.map((Name) => ({ Name })),
    ...(next === null ? {} : { NextToken: String(next) }),
  }),
  secret: (Name, value) =>
    typeof value === 'string'
      ? { Name, SecretString: value }
      : { Name, SecretBinary: Buffer.from(value).toString('base64') },
  refuse: (why) =>
    (
      ({
        forbidden: [400, { __type: 'AccessDeniedException', Message: 'no' }],
        stranger: [400, { __type: 'UnrecognizedClientException', Message: 'no' }],
        missing: [400, { __type: 'ResourceNotFoundException', Message: 'no' }],
        broken: [500, { __type: 'InternalServiceError', Message: 'no' }],
      }) satisfies Record<typeof why, [number, Json]>
    )[why],
};

async function startAws(): Promise<Cloud> {
  const { handle, cloud } = cloudOf(aws);
  environment({ AWS_ACCESS_KEY_ID: 'test-id', AWS_SECRET_ACCESS_KEY: 'test-secret' });
  const endpoint = `http://127.0.0.1:${await port(createServer(handle))}`;
  return { ...cloud, config: `type: aws, region: eu-central-1, prefix: ${PREFIX}, endpoint: "${endpoint}"` };
}

/** Google's REST; a token of the metadata server that its machines have. */
const gcp: Dialect = {
  isAuthorised: ({ headers }) => headers.authorization === `Bearer ${TOKEN}`,
  understand: ({ url }) => {
    const { pathname, searchParams } = new URL(url ?? '', 'http://gcp');
    if (pathname === '/v1/projects/stake-1/secrets') {
      return searchParams.get('filter') === `name:${PREFIX}`
        ? { list: Number(searchParams.get('pageToken') ?? 0) }
        : null;
    }
    const name = /^\/v1\/projects\/stake-1\/secrets\/([^/]+)\/versions\/latest:access$/.exec(pathname)?.[1];
    return name === undefined ? null : { name };
  },
  list: (names, next) => ({
    secrets: names.map((name) => ({ name: `projects/123456789/secrets/${name}` })),
    ...(next === null ? {} : { nextPageToken: String(next) }),
  }),
  secret: (name, value) => ({
    name: `projects/123456789/secrets/${name}/versions/3`,
    payload: { data: Buffer.from(value).toString('base64') },
  }),
  refuse: (why) => {
    const [code, status] = {
      forbidden: [403, 'PERMISSION_DENIED'] as const,
      stranger: [401, 'UNAUTHENTICATED'] as const,
      missing: [404, 'NOT_FOUND'] as const,
      broken: [500, 'INTERNAL'] as const,
    }[why];
    return [code, { error: { code, status, message: 'no' } }];
  },
};

async function startGcp(): Promise<Cloud> {
  const { handle, cloud } = cloudOf(gcp);
  const metadata = createServer((request, response) => {
    const path = request.url ?? '';
    const head = { 'metadata-flavor': 'Google', 'content-type': 'application/json' };
    if (path.includes('/token')) {
      const token = { access_token: TOKEN, expires_in: 3600, token_type: 'Bearer' };
      return void response.writeHead(200, head).end(JSON.stringify(token));
    }
    if (path.includes('universe-domain')) return void response.writeHead(200, head).end('googleapis.com');
    response.writeHead(200, head).end('');
  });
  environment({
    GCE_METADATA_HOST: `127.0.0.1:${await port(metadata)}`,
    // Else its library looks for the address of a real one as well, for seconds.
    METADATA_SERVER_DETECTION: 'assume-present',
    // A command-line tool of Google's that this machine may have is not asked, and leaves nothing behind if it is.
    CLOUDSDK_CONFIG: tempDirectory(),
    GOOGLE_CLOUD_PROJECT: 'stake-1',
    GOOGLE_APPLICATION_CREDENTIALS: '',
  });
  const endpoint = `http://127.0.0.1:${await port(createServer(handle))}`;
  return { ...cloud, config: `type: gcp, project: stake-1, prefix: ${PREFIX}, endpoint: "${endpoint}"` };
}

/** Key Vault's REST over TLS, which its library insists on; a token of a managed identity, asked for when told to. */
const azure: Dialect = {
  isAuthorised: ({ headers }) => headers.authorization === `Bearer ${TOKEN}`,
  understand: ({ url }) => {
    const { pathname, searchParams } = new URL(url ?? '', 'https://azure');
    if (/^\/secrets\/?$/.test(pathname)) return { list: Number(searchParams.get('$skiptoken') ?? 0) };
    const name = /^\/secrets\/([^/]+)\/?$/.exec(pathname)?.[1];
    return name === undefined ? null : { name };
  },
  list: (names, next) => ({
    value: names.map((name) => ({
      id: `https://${VAULT_HOST}/secrets/${name}`,
      attributes: { enabled: !name.endsWith('-off') },
    })),
    nextLink:
      next === null ? null : `https://${VAULT_HOST}:${azurePort}/secrets?api-version=7.6&$skiptoken=${next}`,
  }),
  secret: (name, value) => ({
    id: `https://${VAULT_HOST}/secrets/${name}/1`,
    value: value.toString(),
    attributes: { enabled: true },
  }),
  refuse: (why, response) => {
    if (why === 'stranger') {
      const authorization = 'https://login.microsoftonline.com/00000000-0000-0000-0000-000000000001';
      response.setHeader(
        'www-authenticate',
        `Bearer authorization="${authorization}", resource="https://vault.localhost"`,
      );
    }
    const [status, code] = {
      forbidden: [403, 'Forbidden'] as const,
      stranger: [401, 'Unauthorized'] as const,
      missing: [404, 'SecretNotFound'] as const,
      broken: [500, 'InternalError'] as const,
    }[why];
    return [status, { error: { code, message: 'no' } }];
  },
};
const VAULT_HOST = 'stake.vault.localhost';
let azurePort = 0;

async function startAzure(): Promise<Cloud> {
  const { handle, cloud } = cloudOf(azure);
  environment({
    AZURE_TOKEN_CREDENTIALS: 'prod',
    AZURE_POD_IDENTITY_AUTHORITY_HOST: await (identityServer ??= startIdentityServer()),
  });
  const read = (name: string): string =>
    readFileSync(new URL(`../../../fixtures/tls/${name}`, import.meta.url), 'utf8');
  trust(read('key-vault.pem'));
  resolveHere(VAULT_HOST);
  const server = createTlsServer({ key: read('key-vault.key.pem'), cert: read('key-vault.pem') }, handle);
  azurePort = await port(server);
  return { ...cloud, config: `type: azure, vault: "https://${VAULT_HOST}:${azurePort}", prefix: ${PREFIX}` };
}

/** One for the process: its address is what the library remembers from the first time on. */
let identityServer: Promise<string> | null = null;
async function startIdentityServer(): Promise<string> {
  const server = createServer((request, response) => {
    const resource = 'https://vault.localhost';
    const token = { access_token: TOKEN, expires_in: 86_400, resource, token_type: 'Bearer' };
    const status = request.headers['metadata'] === 'true' ? 200 : 400;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(token));
  }).unref();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** As NODE_EXTRA_CA_CERTS does, which is read at the start of the process only. */
function trust(certificate: string): void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, certificate]);
  onTestFinished(() => setDefaultCACertificates(before));
}

/** Not every resolver knows names under localhost. */
function resolveHere(name: string): void {
  const { lookup } = dns;
  const here = ((host: string, options: object, callback: (...answer: unknown[]) => void) =>
    host === name
      ? lookup('127.0.0.1', options, callback as never)
      : lookup(host, options, callback as never)) as typeof dns.lookup;
  const spy = vi.spyOn(dns, 'lookup').mockImplementation(here);
  onTestFinished(() => spy.mockRestore());
}
