import { isVigilError } from '../../core/errors.ts';
import type { SecretStore } from './secret-store.ts';
import { sourceError } from './source-errors.ts';
import { importPackage, inTime, loadSdk, onceMade } from './vendor-sdk.ts';

export interface AwsOptions {
  readonly region: string;
  /** Beginning of the names of the secrets. */
  readonly prefix: string;
  readonly endpoint?: string | undefined;
  /** For one request, with all tries of it. */
  readonly timeoutMs: number;
}

/** What is used of @aws-sdk/client-secrets-manager. */
interface Sdk {
  readonly SecretsManager: new (options: object) => {
    listSecrets(
      query: object,
      options: { abortSignal: AbortSignal },
    ): Promise<{ SecretList?: { Name?: string }[]; NextToken?: string }>;
    getSecretValue(
      query: { SecretId: string },
      options: { abortSignal: AbortSignal },
    ): Promise<{ SecretString?: string }>;
  };
}

const PACKAGE = '@aws-sdk/client-secrets-manager';

/** AWS Secrets Manager, with the credentials that the SDK finds by itself: environment, profile, instance. */
export function awsStore(
  { region, prefix, endpoint, timeoutMs }: AwsOptions,
  load = importPackage,
): SecretStore {
  const name = `aws ${region} ${prefix}`;
  const connect = onceMade(async () => {
    const { SecretsManager } = (await loadSdk(load, name, PACKAGE)) as Sdk;
    return new SecretsManager({ region, ...(endpoint === undefined ? {} : { endpoint }), maxAttempts: 3 });
  });
  return {
    name,
    async list(signal) {
      const manager = await connect();
      const names: string[] = [];
      for (let token: string | undefined; ;) {
        const query = { Filters: [{ Key: 'name', Values: [prefix] }], MaxResults: 100, NextToken: token };
        const page = await inTime({ label: name, timeoutMs, signal }, (abortSignal) =>
          manager.listSecrets(query, { abortSignal }),
        ).catch(refused(name));
        names.push(...(page.SecretList ?? []).flatMap((secret) => secret.Name ?? []));
        token = page.NextToken;
        if (token === undefined) return names.filter((one) => one.startsWith(prefix));
      }
    },
    async read(secret, signal) {
      const manager = await connect();
      const label = `${name}/${secret}`;
      const answer = await inTime({ label, timeoutMs, signal }, (abortSignal) =>
        manager.getSecretValue({ SecretId: secret }, { abortSignal }),
      ).catch(refused(label));
      if (answer.SecretString !== undefined) return answer.SecretString;
      throw sourceError('KEY_SOURCE_ANSWER', `${label} is binary`);
    },
  };
}

const DENIED = ['AccessDeniedException', 'UnrecognizedClientException', 'CredentialsProviderError'];

const refused = (label: string) => (error: unknown) => {
  if (isVigilError(error)) throw error;
  const kind = error instanceof Error ? error.name : 'unknown';
  if (DENIED.includes(kind)) throw sourceError('KEY_SOURCE_DENIED', `${label}: ${kind}`, error);
  const code = kind === 'ResourceNotFoundException' ? 'KEY_SOURCE_ANSWER' : 'KEY_SOURCE_UNREACHABLE';
  throw sourceError(code, `${label}: ${kind}`, error);
};
