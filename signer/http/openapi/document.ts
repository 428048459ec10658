import manifest from '../../../package.json' with { type: 'json' };
import type { Surface } from '../surface.ts';
import { ADMIN } from './groups/admin.ts';
import { COMMIT_BOOST } from './groups/commit-boost.ts';
import { HEALTH } from './groups/health.ts';
import { HISTORY } from './groups/history.ts';
import { KEY_SETTINGS } from './groups/key-settings.ts';
import { KEYSTORE_ROUTES } from './groups/keystores.ts';
import { RELOAD } from './groups/reload.ts';
import { SIGN_BATCH } from './groups/sign-batch.ts';
import { SIGNING } from './groups/signing.ts';
import { INFO_TEXT } from './info-text.ts';
import { describeOperation, TAGS, type Operation } from './operation.ts';
import { reachableFrom } from '../../../core/openapi/reachable-schemas.ts';
import type { Schema } from './schema.ts';
import { COMMON_SCHEMAS } from './common-schemas.ts';
import { signRequestSchemas } from './sign-requests.ts';

/** What a listener serves. */
export interface Served {
  readonly surface: Surface;
  readonly commitBoost: boolean;
}

export const EVERYTHING: Served = { surface: 'all', commitBoost: true };

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: Schema;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
  readonly components: {
    readonly securitySchemes: Schema;
    readonly schemas: Readonly<Record<string, Schema>>;
  };
}

/**
 * The OpenAPI 3.1 document of a listener. Sign requests are described with the list lengths of the preset that the
 * process works with.
 */
export function openApiDocument(served: Served): OpenApiDocument {
  const operations = operationsOf(served);
  const paths: Record<string, Record<string, Schema>> = {};
  for (const operation of operations) {
    const path = (paths[operation.path] ??= {});
    path[operation.method] = describeOperation(operation);
  }
  const names = Object.keys(TAGS) as (keyof typeof TAGS)[];
  return {
    openapi: '3.1.1',
    info: {
      title: 'Vigil remote signer',
      version: manifest.version,
      description: INFO_TEXT,
      license: { name: manifest.license, identifier: manifest.license },
    },
    tags: names
      .filter((name) => operations.some(({ tag }) => tag === name))
      .map((name) => ({ name, description: TAGS[name] })),
    paths,
    components: {
      securitySchemes: SECURITY_SCHEMES,
      schemas: reachableFrom(paths, { ...COMMON_SCHEMAS, ...signRequestSchemas() }),
    },
  };
}

function operationsOf({ surface, commitBoost }: Served): Operation[] {
  return [
    ...HEALTH,
    ...(surface === 'admin'
      ? []
      : [...SIGNING, ...SIGN_BATCH, ...RELOAD, ...(commitBoost ? COMMIT_BOOST : [])]),
    ...(surface === 'signing' ? [] : [...KEYSTORE_ROUTES, ...KEY_SETTINGS, ...ADMIN, ...HISTORY]),
  ];
}

const SECURITY_SCHEMES: Schema = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'The token of api-token.txt in the data directory, or that of a client of the access file.',
  },
  mutualTls: {
    type: 'mutualTLS',
    description: 'The certificate of a client of the access file, where the signer has TLS and asks for it.',
  },
};
