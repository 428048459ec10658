import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isVigilError } from '../../../core/errors.ts';
import { fileError, readBoundedFile } from '../../../signer/keystore/read-bounded-file.ts';
import { joinFound, type FoundKeys, type KeySource, type PassedOver } from './key-source.ts';
import { isMapping, parseYamlDocuments } from './parse-yaml.ts';
import { isSecpOnly, vaultInstruction } from './vault-keys.ts';

/** What Web3Signer reads at most of one file, unless it is told otherwise. */
export const DEFAULT_MAX_BYTES = 104_857_600;

/**
 * The keys that the key configuration files of one folder name: every *.yaml and *.yml in it, without sub-folders and
 * hidden files, each with one document or many. A file that cannot be used is told of and stops no other.
 * @param except a file that is something else, such as the configuration of Web3Signer itself
 */
export async function readKeyConfigs(
  folder: string,
  maxBytes: number,
  except: string | null,
): Promise<FoundKeys> {
  const found: FoundKeys[] = [];
  try {
    for (const file of await configFilesIn(folder)) {
      if (except !== null && resolve(file) === resolve(except)) continue;
      found.push(await readKeyConfig(file, folder, maxBytes));
    }
  } catch (error) {
    found.push(failure(folder, error));
  }
  return joinFound(...found);
}

async function configFilesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError(folder, error);
  });
  return entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && /\.ya?ml$/i.test(entry.name))
    .map(({ name }) => join(folder, name))
    .sort();
}

async function readKeyConfig(file: string, folder: string, maxBytes: number): Promise<FoundKeys> {
  try {
    const bytes = await readBoundedFile(file, maxBytes);
    const documents = documentsOf(Buffer.from(bytes).toString('utf8'));
    bytes.fill(0);
    if (typeof documents === 'string') return passedOver(file, 'failed', documents);
    if (documents.length === 0) return passedOver(file, 'failed', 'it is empty');
    return joinFound(
      ...documents.map((document, index) => {
        const label = documents.length === 1 ? file : `${file}#${index + 1}`;
        const read = readDocument(document, { label, file, folder });
        return 'status' in read ? { keys: [], passedOver: [read] } : { keys: [read], passedOver: [] };
      }),
    );
  } catch (error) {
    return failure(file, error);
  }
}

function documentsOf(text: string): unknown[] | string {
  try {
    return parseYamlDocuments(text);
  } catch (error) {
    return `it ${(error as Error).message}`;
  }
}

interface Place {
  readonly label: string;
  readonly file: string;
  /** Relative paths in a key file start here. */
  readonly folder: string;
}

/** Fields that are not known are passed over, as Web3Signer does; what decides about the key is read strictly. */
function readDocument(document: unknown, place: Place): KeySource | PassedOver {
  const { label } = place;
  const say = (status: PassedOver['status'], message: string): PassedOver => ({ label, status, message });
  if (!isMapping(document)) return say('failed', 'it is not a list of "name: value" lines');
  const type = lowered(document['type']);
  const keyType = document['keyType'] === undefined ? 'bls' : lowered(document['keyType']);
  if (type === null) return say('failed', 'it has no type');
  if (isSecpOnly(type) || keyType === 'secp256k1') {
    return say('skipped', 'a SECP256K1 key, which signs for the execution layer and not for a validator');
  }
  if (keyType !== 'bls') return say('failed', 'its keyType is neither BLS nor SECP256K1');
  if (type === 'file-raw') return rawKey(document, place) ?? say('failed', NOT_RAW);
  if (type === 'file-keystore') return keystore(document, place) ?? say('failed', NOT_KEYSTORE);
  const todo = vaultInstruction(type, document);
  return todo === null ? say('failed', 'its type is not known') : say('by-hand', todo);
}

const NOT_RAW = 'its privateKey is not 64 hex digits';
const NOT_KEYSTORE = 'it needs keystoreFile and keystorePasswordFile';

function rawKey(document: Record<string, unknown>, { label, file }: Place): KeySource | null {
  const digits = /^(?:0x)?([0-9a-f]{64})$/i.exec(stringOf(document['privateKey']))?.[1];
  if (digits === undefined) return null;
  return { kind: 'raw', label, file, secret: new Uint8Array(Buffer.from(digits, 'hex')) };
}

function keystore(document: Record<string, unknown>, { label, folder }: Place): KeySource | null {
  const keystoreFile = stringOf(document['keystoreFile']);
  const passwordFile = stringOf(document['keystorePasswordFile']);
  if (keystoreFile === '' || passwordFile === '') return null;
  return {
    kind: 'keystore',
    label,
    keystoreFile: resolve(folder, keystoreFile),
    passwordFile: resolve(folder, passwordFile),
    password: 'first-line',
  };
}

const stringOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

const lowered = (value: unknown): string | null => stringOf(value).toLowerCase() || null;

const passedOver = (label: string, status: PassedOver['status'], message: string): FoundKeys => ({
  keys: [],
  passedOver: [{ label, status, message }],
});

function failure(label: string, error: unknown): FoundKeys {
  if (!isVigilError(error)) throw error;
  return passedOver(label, 'failed', `${error.code}: ${error.message}`);
}
