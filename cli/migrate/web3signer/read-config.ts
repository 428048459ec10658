import { readBoundedFile } from '../../../signer/keystore/read-bounded-file.ts';
import { cliError } from '../../cli-errors.ts';
import { canonicalName, OPTION_NAMES } from './option-names.ts';
import { isMapping, parseYamlDocuments } from './parse-yaml.ts';

/** One option as it was set. A single value is a list of one; `secret` material may be among the values. */
export interface SetOption {
  /** As `http-listen-port` or `eth2.network`, whichever alias was used. */
  readonly name: string;
  readonly values: readonly string[];
  readonly from: 'file' | 'environment';
}

export interface Web3SignerConfig {
  readonly options: ReadonlyMap<string, SetOption>;
  /** Names that no option of Web3Signer has, as they were written. */
  readonly unknown: readonly string[];
}

export interface ConfigSources {
  readonly file: string | null;
  /** Null: WEB3SIGNER_* variables do not count. */
  readonly environment: Readonly<Record<string, string | undefined>> | null;
}

/** As in Web3Signer itself, the environment goes before the file. @throws BAD_ARGUMENT naming the file */
export async function readWeb3SignerConfig({ file, environment }: ConfigSources): Promise<Web3SignerConfig> {
  const fromFile = file === null ? NOTHING : await readFileOptions(file);
  const fromEnvironment = environment === null ? NOTHING : environmentOptions(environment);
  return {
    options: new Map([...fromFile.options, ...fromEnvironment.options]),
    unknown: [...fromFile.unknown, ...fromEnvironment.unknown],
  };
}

const NOTHING: Web3SignerConfig = { options: new Map(), unknown: [] };

async function readFileOptions(file: string): Promise<Web3SignerConfig> {
  const options = new Map<string, SetOption>();
  const unknown: string[] = [];
  for (const [written, value] of Object.entries(await readMapping(file))) {
    const name = canonicalName(written);
    if (name === null) unknown.push(written);
    else if (options.has(name)) throw bad(file, `says "${name}" twice, under two names`);
    else options.set(name, { name, values: valuesOf(value, written, file), from: 'file' });
  }
  return { options, unknown };
}

async function readMapping(file: string): Promise<Record<string, unknown>> {
  const text = Buffer.from(await readBoundedFile(file)).toString('utf8');
  const [content, ...more] = documentsOf(text, file);
  if (content === undefined) return {};
  if (more.length > 0 || !isMapping(content)) throw bad(file, 'must be one list of "name: value" lines');
  return content;
}

function documentsOf(text: string, file: string): unknown[] {
  try {
    return parseYamlDocuments(text);
  } catch (error) {
    throw bad(file, (error as Error).message);
  }
}

function valuesOf(value: unknown, written: string, file: string): string[] {
  if (typeof value === 'string') return [value];
  if (value === null) return [''];
  if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string')) return value;
  throw bad(file, `must give "${written}" one value, or a list of them`);
}

const PREFIX = 'WEB3SIGNER_';

function environmentOptions(environment: Readonly<Record<string, string | undefined>>): Web3SignerConfig {
  const names = new Map(OPTION_NAMES.map((name) => [variableName(name), name]));
  const options = new Map<string, SetOption>();
  const unknown: string[] = [];
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || value === undefined) continue;
    const written = names.get(variable);
    const name = written === undefined ? null : canonicalName(written);
    if (name === null) unknown.push(variable);
    else options.set(name, { name, values: [value], from: 'environment' });
  }
  return { options, unknown };
}

/** `eth2.network` is WEB3SIGNER_ETH2_NETWORK. */
const variableName = (name: string): string => PREFIX + name.replaceAll(/[.-]/g, '_').toUpperCase();

const bad = (file: string, what: string) => cliError('BAD_ARGUMENT', `${file} ${what}`);
