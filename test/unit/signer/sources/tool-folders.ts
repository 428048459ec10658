import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createLogger } from '../../../../core/log/logger.ts';
import type { Pubkey } from '../../../../core/units.ts';
import { openSource } from '../../../../signer/sources/open-source.ts';
import { readSourcesFile } from '../../../../signer/sources/sources-file.ts';
import { cheapKeystore } from '../keystore/cheap-keystore.ts';

export function folderFor(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-layouts-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** @param mode as the tool leaves it */
export function put(path: string, text: string | Uint8Array, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
}

export async function newKey(password: string) {
  const { pubkey, keystore } = await cheapKeystore(password);
  return { pubkey, text: JSON.stringify(keystore) };
}

/** What a file of key sources with this text gives. */
export async function load(folder: string, yaml: string, here: readonly Pubkey[] = []) {
  const file = join(folder, 'sources.yaml');
  writeFileSync(file, `sources:\n${yaml}`);
  const pubkeys: Pubkey[] = [];
  const failed: string[] = [];
  for (const config of await readSourcesFile(file)) {
    const log = createLogger('silent');
    const source = openSource(config, { dataDir: folder, keyCache: false, log });
    const options = { has: (pubkey: Pubkey) => here.includes(pubkey), signal: new AbortController().signal };
    for await (const key of source.load(options)) {
      if ('error' in key) failed.push(`${key.error.code} ${key.label.slice(folder.length + 1)}`);
      else pubkeys.push(key.pubkey);
    }
  }
  return { pubkeys: pubkeys.sort(), failed: failed.sort() };
}

/** A folder of keys as one tool keeps it, with where the files of a key are. */
export interface ToolFolder {
  readonly yaml: string;
  readonly keystoreOf: (pubkey: Pubkey, index: number) => string;
  /** Null where one password is for all. */
  readonly passwordOf: ((pubkey: Pubkey, index: number) => string) | null;
  /** Further files of that tool beside, and their content. */
  readonly beside: Readonly<Record<string, string>>;
  /** The permissions that the tool gives keystores. */
  readonly mode: number;
}

const DEPOSIT_DATA = '[{"pubkey":"aa","amount":32000000000,"deposit_cli_version":"1.2.0"}]';
const CHANGES = '[{"message":{"validator_index":"1"},"signature":"0x00"}]';
const DATABASE = 'SQLite format 3\u0000';

/** By the tools' own sources; Prysm has no files of single keys, see `layouts.test.ts`. */
export const TOOLS: Readonly<Record<string, ToolFolder>> = {
  'lighthouse': {
    yaml: '  - {type: lighthouse, path: validators}',
    keystoreOf: (pubkey) => `validators/${pubkey}/voting-keystore.json`,
    passwordOf: (pubkey) => `secrets/${pubkey}`,
    beside: {
      'validators/slashing_protection.sqlite': DATABASE,
      'validators/api-token.txt': 'api-token-0x00',
      'validators/validator_key_cache.json': '{"crypto":{},"uuids":[]}',
      'validators/logs/validator.log': 'INFO',
    },
    mode: 0o600,
  },
  'lodestar': {
    yaml: '  - {type: lodestar, path: keystores}',
    keystoreOf: (pubkey) => `keystores/${pubkey}/voting-keystore.json`,
    passwordOf: (pubkey) => `secrets/${pubkey}`,
    beside: {
      'keystores/.DS_Store': '',
      'remoteKeys/0xaa': '{"pubkey":"0xaa","url":"http://127.0.0.1:9000","readonly":false}',
      'validator-db/CURRENT': 'MANIFEST-000001',
    },
    mode: 0o600,
  },
  'nimbus': {
    yaml: '  - {type: nimbus, path: validators}',
    keystoreOf: (pubkey) => `validators/${pubkey}/keystore.json`,
    passwordOf: (pubkey) => `secrets/${pubkey}`,
    beside: {
      'validators/slashing_protection.sqlite3': DATABASE,
      [`validators/0x${'ab'.repeat(48)}/remote_keystore.json`]: '{"version":1,"type":"web3signer"}',
      [`validators/0x${'ab'.repeat(48)}/suggested_fee_recipient.hex`]: `0x${'00'.repeat(20)}`,
    },
    mode: 0o600,
  },
  'teku': {
    yaml: '  - {type: teku, path: key-manager/local, passwords: key-manager/local-passwords}',
    keystoreOf: (pubkey) => `key-manager/local/${pubkey.slice(2)}.json`,
    passwordOf: (pubkey) => `key-manager/local-passwords/${pubkey.slice(2)}.txt`,
    beside: {
      [`key-manager/local/${'ab'.repeat(48)}.json.lock`]: '4711',
      'key-manager/validator-api-bearer': 'deadbeef',
      'slashprotection/0.yml': 'lastSignedBlockSlot: "1"',
    },
    mode: 0o600,
  },
  'deposit-cli': {
    yaml: '  - {type: deposit-cli, path: validator_keys, password-file: password.txt}',
    keystoreOf: (_pubkey, index) => `validator_keys/keystore-m_12381_3600_${index}_0_0-1760000000.json`,
    passwordOf: null,
    beside: {
      'validator_keys/deposit_data-1760000000.json': DEPOSIT_DATA,
      'validator_keys/bls_to_execution_change-1760000000.json': CHANGES,
      'validator_keys/bls_to_execution_change_keystore_signature-1-1760000000.json': '{"message":{}}',
      'validator_keys/signed_exit_transaction-1-1760000000.json': '{"message":{},"signature":"0x00"}',
    },
    mode: 0o440,
  },
};

export const PASSWORD = 'pass wörd';

/** Three keys in the folder of a tool. */
export async function toolFolder(tool: ToolFolder) {
  const folder = folderFor();
  const keys = await Promise.all([1, 2, 3].map(() => newKey(PASSWORD)));
  const places = keys.map(({ pubkey }, index) => ({
    pubkey,
    text: keys[index]?.text ?? '',
    keystore: join(folder, tool.keystoreOf(pubkey, index)),
    password: join(folder, tool.passwordOf === null ? 'password.txt' : tool.passwordOf(pubkey, index)),
  }));
  for (const { keystore, password, text } of places) {
    put(keystore, text, tool.mode);
    put(password, PASSWORD);
  }
  for (const [name, text] of Object.entries(tool.beside)) put(join(folder, name), text);
  return { folder, places };
}
