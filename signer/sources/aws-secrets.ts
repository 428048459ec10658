import type { SecretStore } from './secret-store.ts';
import { sourceError } from './source-errors.ts';

export interface AwsOptions {
  readonly region: string;
  /** Beginning of the names of the secrets. */
  readonly prefix: string;
  readonly endpoint?: string | undefined;
}

/** What is used of @aws-sdk/client-secrets-manager, which is not a dependency of Vigil. */
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
  { region, prefix, endpoint }: AwsOptions,
  load: () => Promise<unknown> = () => import(PACKAGE),
): SecretStore {
  const name = `aws ${region} ${prefix}`;
  const client = async () => {
    const { SecretsManager } = (await load().catch((error: unknown) => {
      throw sourceError('KEY_SOURCE_SDK_MISSING', `${name} needs the package ${PACKAGE}`, error);
    })) as Sdk;
    return new SecretsManager({ region, ...(endpoint === undefined ? {} : { endpoint }), maxAttempts: 3 });
  };
  let connected: ReturnType<typeof client> | null = null;
  const connect = () =>
    (connected ??= client().catch((error: unknown) => {
      connected = null;
      throw error;
    }));
  return {
    name,
    async list(signal) {
      const manager = await connect();
      const names: string[] = [];
      for (let token: string | undefined; ;) {
        const query = { Filters: [{ Key: 'name', Values: [prefix] }], MaxResults: 100, NextToken: token };
        const page = await manager.listSecrets(query, { abortSignal: signal }).catch(refused(name));
        names.push(...(page.SecretList ?? []).flatMap((secret) => secret.Name ?? []));
        token = page.NextToken;
        if (token === undefined) return names.filter((one) => one.startsWith(prefix));
      }
    },
    async read(secret, signal) {
      const manager = await connect();
      const answer = await manager
        .getSecretValue({ SecretId: secret }, { abortSignal: signal })
        .catch(refused(`${name}/${secret}`));
      if (answer.SecretString !== undefined) return answer.SecretString;
      throw sourceError('KEY_SOURCE_ANSWER', `${name}/${secret} is binary`);
    },
  };
}

const DENIED = ['AccessDeniedException', 'UnrecognizedClientException', 'CredentialsProviderError'];

const refused = (label: string) => (error: unknown) => {
  const kind = error instanceof Error ? error.name : 'unknown';
  const code = DENIED.includes(kind) ? 'KEY_SOURCE_DENIED' : 'KEY_SOURCE_UNREACHABLE';
  throw sourceError(code, `${label}: ${kind}`, error);
};
