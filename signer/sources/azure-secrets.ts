import { isVigilError } from '../../core/errors.ts';
import type { SecretStore } from './secret-store.ts';
import { sourceError } from './source-errors.ts';
import { importPackage, inTime, loadSdk, onceMade } from './vendor-sdk.ts';

export interface AzureOptions {
  /** https://NAME.vault.azure.net, or its like in another cloud. */
  readonly vault: string;
  /** Beginning of the names of the secrets; may be empty. */
  readonly prefix: string;
  /** For one request, with all tries of it. */
  readonly timeoutMs: number;
}

interface Properties {
  readonly name: string;
  readonly enabled?: boolean;
}

interface Client {
  listPropertiesOfSecrets(options: { abortSignal: AbortSignal }): {
    byPage(): AsyncIterableIterator<Properties[]>;
  };
  getSecret(name: string, options: { abortSignal: AbortSignal }): Promise<{ value?: string }>;
}

/** What is used of @azure/keyvault-secrets and @azure/identity. */
interface SecretsSdk {
  readonly SecretClient: new (vault: string, credential: unknown, options: object) => Client;
}
interface IdentitySdk {
  readonly DefaultAzureCredential: new () => object;
}

const SECRETS = '@azure/keyvault-secrets';
const IDENTITY = '@azure/identity';

/**
 * Azure Key Vault, the newest version of each enabled secret, with the credentials that the library finds by itself:
 * environment, workload identity, managed identity.
 */
export function azureStore({ vault, prefix, timeoutMs }: AzureOptions, load = importPackage): SecretStore {
  const name = `azure ${vault} ${prefix}`.trimEnd();
  const connect = onceMade(async () => {
    const { SecretClient } = (await loadSdk(load, name, SECRETS)) as SecretsSdk;
    const { DefaultAzureCredential } = (await loadSdk(load, name, IDENTITY)) as IdentitySdk;
    return new SecretClient(vault, new DefaultAzureCredential(), { retryOptions: { maxRetries: 2 } });
  });
  return {
    name,
    async list(signal) {
      const client = await connect();
      const names: string[] = [];
      // The signal for all pages together; how long one may take is said below.
      const pages = client.listPropertiesOfSecrets({ abortSignal: signal }).byPage();
      for (;;) {
        const page = await inTime({ label: name, timeoutMs, signal }, () => pages.next()).catch(
          refused(name),
        );
        if (page.done === true) return names;
        // One that is switched off cannot be read, and is meant not to be.
        const enabled = page.value.filter((secret) => secret.enabled !== false);
        names.push(...enabled.map((secret) => secret.name).filter((one) => one.startsWith(prefix)));
      }
    },
    async read(secret, signal) {
      const client = await connect();
      const label = `${name}/${secret}`;
      const answer = await inTime({ label, timeoutMs, signal }, (abortSignal) =>
        client.getSecret(secret, { abortSignal }),
      ).catch(refused(label));
      if (answer.value !== undefined) return answer.value;
      throw sourceError('KEY_SOURCE_ANSWER', `${label} has no value`);
    },
  };
}

/** Errors of @azure/identity, which carry no status of the vault. */
const NO_CREDENTIALS = [
  'CredentialUnavailableError',
  'AuthenticationError',
  'AggregateAuthenticationError',
  'AuthenticationRequiredError',
];

const refused = (label: string) => (error: unknown) => {
  if (isVigilError(error)) throw error;
  const kind = error instanceof Error ? error.name : 'unknown';
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (NO_CREDENTIALS.includes(kind))
    throw sourceError('KEY_SOURCE_DENIED', `${label}: no credentials that hold (${kind})`, error);
  if (status === 401 || status === 403)
    throw sourceError('KEY_SOURCE_DENIED', `${label}: status ${status}`, error);
  if (status === 404)
    throw sourceError('KEY_SOURCE_ANSWER', `${label}: there is nothing there (status 404)`, error);
  const what = typeof status === 'number' ? `status ${status}` : `no answer (${kind})`;
  throw sourceError('KEY_SOURCE_UNREACHABLE', `${label}: ${what}`, error);
};
