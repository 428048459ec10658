import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { readBoundedFile } from '../keystore/read-bounded-file.ts';
import { sourceError } from './source-errors.ts';

const text = z.string().min(1);
const seconds = z
  .string()
  .regex(/^[1-9][0-9]{0,2}$/, 'must be 1 to 999 seconds')
  .transform(Number);

const inFolders = (type: 'lighthouse' | 'lodestar' | 'nimbus' | 'teku') =>
  z.strictObject({ type: z.literal(type), path: text, passwords: text.optional() });
const underOnePassword = (type: 'prysm' | 'deposit-cli') =>
  z.strictObject({ 'type': z.literal(type), 'path': text, 'password-file': text });

/** Version 2 of the key-value engine; see `vault-kv.ts`. */
const vault = z.strictObject({
  'type': z.literal('vault'),
  'address': z
    .url({ protocol: /^https?$/ })
    .refine((url) => !/[?#@]/.test(url), 'must be scheme, host and port only'),
  'mount': text.default('secret'),
  'path': text,
  'field': text.default('value'),
  'token-file': text,
  'namespace': text.optional(),
  'timeout-seconds': seconds.default(10),
  /** Keys would cross the network for all to read. */
  'allow-plain-http': z.enum(['yes', 'no']).default('no'),
});

/** Scheme, host and port of a service; credentials and keys go there. */
const origin = z
  .url({ protocol: /^https?$/ })
  .refine((url) => /^https?:\/\/[^/?#@]+\/?$/.test(url), 'must be scheme, host and port only');

/** `prefix` is the beginning of the names of the secrets. */
const aws = z.strictObject({
  'type': z.literal('aws'),
  'region': text,
  'prefix': text,
  'endpoint': origin.optional(),
  'timeout-seconds': seconds.default(10),
});
const gcp = z.strictObject({
  'type': z.literal('gcp'),
  'project': z.string().regex(/^[a-z0-9.:-]+$/, 'must be the id or the number of a project'),
  'prefix': z.string().regex(/^[A-Za-z0-9_-]+$/, 'must be letters, digits, - and _'),
  'endpoint': origin.optional(),
  'timeout-seconds': seconds.default(10),
});
const azure = z.strictObject({
  'type': z.literal('azure'),
  'vault': origin,
  'prefix': z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, 'must be letters, digits and -')
    .optional(),
  'timeout-seconds': seconds.default(10),
});

const sourceSchema = z.discriminatedUnion('type', [
  inFolders('lighthouse'),
  inFolders('lodestar'),
  inFolders('nimbus'),
  inFolders('teku'),
  underOnePassword('prysm'),
  underOnePassword('deposit-cli'),
  z.strictObject({ type: z.literal('raw-hex'), file: text }),
  vault,
  aws,
  gcp,
  azure,
]);

export type SourceConfig = z.infer<typeof sourceSchema>;

const fileSchema = z.strictObject({ sources: z.array(sourceSchema).min(1) });

/** Of the fields, those that are paths: relative ones start at the file's own folder. */
const PATHS = ['passwords', 'password-file', 'file', 'token-file'];

/**
 * What a file of key sources names, docs/keys.md has the format.
 * @throws KEY_SOURCES_INVALID, KEY_FILE_*
 */
export async function readSourcesFile(path: string): Promise<SourceConfig[]> {
  const bytes = await readBoundedFile(path);
  // Failsafe: every scalar stays text, or a name of digits would become a number.
  const document = parseDocument(Buffer.from(bytes).toString('utf8'), { schema: 'failsafe' });
  const [problem] = document.errors;
  if (problem !== undefined) throw sourceError('KEY_SOURCES_INVALID', `${path}: ${problem.message}`);
  const read = fileSchema.safeParse(document.toJS());
  if (!read.success) {
    const [issue] = read.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw sourceError(
      'KEY_SOURCES_INVALID',
      `${path}: ${where || 'the file'}: ${issue?.message ?? 'is not right'}`,
    );
  }
  for (const source of read.data.sources) assertPrivateWay(source, path);
  return read.data.sources.map((source) => withPaths(source, dirname(resolve(path))));
}

function assertPrivateWay(source: SourceConfig, path: string): void {
  const address = addressOf(source);
  if (address === undefined) return;
  const { protocol, hostname } = new URL(address);
  if (protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(hostname)) return;
  const or = source.type === 'vault' ? ', or allow-plain-http: yes' : '';
  throw sourceError(
    'KEY_SOURCES_INVALID',
    `${path}: ${address} would send keys over the network for all to read: use https${or}`,
  );
}

function addressOf(source: SourceConfig): string | undefined {
  if (source.type === 'vault') return source['allow-plain-http'] === 'yes' ? undefined : source.address;
  if (source.type === 'aws' || source.type === 'gcp') return source.endpoint;
  return source.type === 'azure' ? source.vault : undefined;
}

function withPaths(source: SourceConfig, folder: string): SourceConfig {
  const isPath = (name: string): boolean =>
    PATHS.includes(name) || (name === 'path' && source.type !== 'vault');
  const entries = Object.entries(source).map(([name, value]) => [
    name,
    typeof value === 'string' && isPath(name) ? resolve(folder, value) : value,
  ]);
  return Object.fromEntries(entries) as SourceConfig;
}
