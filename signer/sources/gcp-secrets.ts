import { isVigilError } from '../../core/errors.ts';
import type { SecretStore } from './secret-store.ts';
import { sourceError } from './source-errors.ts';
import { importPackage, inTime, loadSdk, onceMade, type CallBounds } from './vendor-sdk.ts';

export interface GcpOptions {
  /** Id or number of the project. */
  readonly project: string;
  /** Beginning of the names of the secrets. */
  readonly prefix: string;
  readonly endpoint?: string | undefined;
  /** For one request, with all tries of it. */
  readonly timeoutMs: number;
}

interface Client {
  initialize(): Promise<unknown>;
  listSecrets(
    query: object,
    options: { autoPaginate: false; timeout: number },
  ): Promise<[{ name?: string }[], unknown, { nextPageToken?: string } | null]>;
  accessSecretVersion(
    query: { name: string },
    options: { timeout: number },
  ): Promise<[{ payload?: { data?: Uint8Array | string } }]>;
}

/** What is used of @google-cloud/secret-manager. */
interface Sdk {
  readonly SecretManagerServiceClient: new (options: object) => Client;
}

const PACKAGE = '@google-cloud/secret-manager';

/**
 * Google Cloud Secret Manager, the newest version of each secret, with the Application Default Credentials that the
 * library finds by itself. Over HTTP and JSON, not gRPC: a proxy and NODE_EXTRA_CA_CERTS then work as for the others.
 */
export function gcpStore(
  { project, prefix, endpoint, timeoutMs }: GcpOptions,
  load = importPackage,
): SecretStore {
  const name = `gcp ${project} ${prefix}`;
  const parent = `projects/${project}`;
  const sdk = onceMade(async () => (await loadSdk(load, name, PACKAGE)) as Sdk);
  const client = onceMade(async () => {
    const { SecretManagerServiceClient } = await sdk();
    const made = new SecretManagerServiceClient({
      fallback: true,
      projectId: project,
      ...addressOf(endpoint),
    });
    // Looks for credentials; the calls below would do it, and tell it from no other failure.
    await made.initialize().catch((error: unknown) => {
      throw sourceError('KEY_SOURCE_DENIED', `${name}: no credentials were found`, error);
    });
    return made;
  });
  const connect = async (bounds: CallBounds): Promise<Client> => {
    // Reading 37 MB of library is not what the time is for.
    await sdk();
    return inTime(bounds, client);
  };
  return {
    name,
    async list(signal) {
      const bounds = { label: name, timeoutMs, signal };
      const manager = await connect(bounds);
      const names: string[] = [];
      for (let pageToken = ''; ;) {
        const query = { parent, filter: `name:${prefix}`, pageSize: 1000, pageToken };
        const [page, , answer] = await inTime(bounds, () =>
          manager.listSecrets(query, { autoPaginate: false, timeout: timeoutMs }),
        ).catch(refused(name));
        // In answers the project is a number, whatever the question said.
        names.push(...page.flatMap((secret) => secret.name?.split('/').at(-1) ?? []));
        pageToken = answer?.nextPageToken ?? '';
        // The filter finds the text anywhere in a name.
        if (pageToken === '') return names.filter((one) => one.startsWith(prefix));
      }
    },
    async read(secret, signal) {
      const label = `${name}/${secret}`;
      const bounds = { label, timeoutMs, signal };
      const manager = await connect(bounds);
      const query = { name: `${parent}/secrets/${secret}/versions/latest` };
      const [answer] = await inTime(bounds, () =>
        manager.accessSecretVersion(query, { timeout: timeoutMs }),
      ).catch(refused(label));
      const { data } = answer.payload ?? {};
      if (data === undefined) throw sourceError('KEY_SOURCE_ANSWER', `${label} has no content`);
      const bytes = typeof data === 'string' ? Buffer.from(data, 'base64') : data;
      const text = Buffer.from(bytes).toString('utf8');
      bytes.fill(0);
      return text;
    },
  };
}

/** `endpoint` is for a private one, such as a regional one: scheme, host and port. */
function addressOf(endpoint: string | undefined): object {
  if (endpoint === undefined) return {};
  const { protocol, hostname, port } = new URL(endpoint);
  const ofScheme = protocol === 'http:' ? '80' : '443';
  return { apiEndpoint: hostname, protocol: protocol.slice(0, -1), port: Number(port || ofScheme) };
}

/** Statuses of google.rpc.Code. */
const CODES: Readonly<Record<number, ['KEY_SOURCE_DENIED' | 'KEY_SOURCE_ANSWER', string]>> = {
  5: ['KEY_SOURCE_ANSWER', 'there is nothing there (NOT_FOUND)'],
  7: ['KEY_SOURCE_DENIED', 'PERMISSION_DENIED'],
  9: ['KEY_SOURCE_ANSWER', 'its newest version is disabled or destroyed (FAILED_PRECONDITION)'],
  16: ['KEY_SOURCE_DENIED', 'UNAUTHENTICATED'],
};

const refused = (label: string) => (error: unknown) => {
  if (isVigilError(error)) throw error;
  const status = (error as { code?: unknown } | null)?.code;
  const known = typeof status === 'number' ? CODES[status] : undefined;
  if (known !== undefined) throw sourceError(known[0], `${label}: ${known[1]}`, error);
  const what = typeof status === 'number' ? `status ${status} of google.rpc.Code` : 'no answer';
  throw sourceError('KEY_SOURCE_UNREACHABLE', `${label}: ${what}`, error);
};
