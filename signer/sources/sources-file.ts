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

const aws = z.strictObject({
  type: z.literal('aws'),
  region: text,
  /** Beginning of the names of the secrets. */
  prefix: text,
  endpoint: text.optional(),
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
  if (source.type !== 'vault' || source['allow-plain-http'] === 'yes') return;
  const { protocol, hostname } = new URL(source.address);
  if (protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(hostname)) return;
  throw sourceError(
    'KEY_SOURCES_INVALID',
    `${path}: ${source.address} would send keys over the network for all to read: use https, or allow-plain-http: yes`,
  );
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
