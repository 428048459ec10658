import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseDocument, visit } from 'yaml';
import { z } from 'zod';
import { keyError } from '../../key-errors.ts';
import { readBoundedFile } from '../../keystore/read-bounded-file.ts';
import { sourceError } from '../source-errors.ts';
import { besides, keysFound, pubkeyFolders, type LaidOut } from './layout.ts';

/** 10,000 definitions are some megabytes. */
const MAX_BYTES = 256 * 1024 * 1024;
const DEFINITIONS = 'validator_definitions.yml';
const VOTING = 'voting-keystore.json';

/** Of a definition only what says where the key is; fee recipients and the like are for the validator client. */
const definition = z.looseObject({
  enabled: z.boolean(),
  type: z.string(),
  voting_public_key: z.string().regex(/^0x[0-9a-fA-F]{96}$/, 'must be 0x and 96 hex digits'),
  voting_keystore_path: z.string().nullish(),
  voting_keystore_password_path: z.string().nullish(),
  voting_keystore_password: z.string().nullish(),
});

/**
 * The `validators` folder of Lighthouse: the keys that validator_definitions.yml has enabled, or all folders named by a
 * public key where that file is missing. Passwords where the definition says, else in the `secrets` folder beside.
 * Source: Lighthouse, common/account_utils/src/validator_definitions.rs
 */
export async function lighthouse(
  folder: string,
  secrets = join(dirname(folder), 'secrets'),
): Promise<LaidOut[]> {
  const file = join(folder, DEFINITIONS);
  if (!existsSync(file)) {
    const folders = await pubkeyFolders(folder);
    const keys = folders.map(async ({ pubkey, path }) => ({
      pubkey,
      keystorePath: join(path, await keystoreIn(path)),
      password: { path: besides(path, secrets) },
    }));
    return keysFound(folder, await Promise.all(keys));
  }
  const text = Buffer.from(await readBoundedFile(file, MAX_BYTES)).toString('utf8');
  const read = z.array(definition).safeParse(yamlOf(text, file));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw sourceError('KEY_SOURCE_ANSWER', `${file}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  }
  if (read.data.length === 0) throw keyError('KEYSTORES_NOT_FOUND', `${file} defines no validator`);
  return read.data
    .filter(({ enabled, type }) => enabled && type === 'local_keystore')
    .flatMap((one) => {
      const pubkey = one.voting_public_key.toLowerCase();
      const named = one.voting_keystore_path ?? join(folder, pubkey, VOTING);
      const password = one.voting_keystore_password;
      return {
        pubkey,
        keystorePath: found(named, join(folder, pubkey, basename(named))),
        password:
          typeof password === 'string'
            ? { text: password }
            : { path: found(one.voting_keystore_password_path ?? '', join(secrets, pubkey)) },
      };
    });
}

/** An imported keystore keeps the name that the deposit tool gave it. */
async function keystoreIn(folder: string): Promise<string> {
  const names = await readdir(folder).catch((): string[] => []);
  const imported = names.filter((name) => /^keystore-m_12381_3600_[0-9]+_0_0-[0-9]+\.json$/.test(name));
  return imported.length === 1 && !names.includes(VOTING) ? (imported[0] ?? VOTING) : VOTING;
}

/** Definitions hold the paths of the machine or container that Lighthouse runs in. */
const found = (named: string, here: string): string => (named !== '' && existsSync(named) ? named : here);

/** As Lighthouse writes what is not set; in quotes it is a text like any other. */
const NOTHING = /^(?:~|null|Null|NULL)?$/;

/** `1.2` and `0x…` stay text, and so does a password. */
function yamlOf(text: string, file: string): unknown {
  try {
    const document = parseDocument(text, { schema: 'failsafe' });
    if (document.errors.length > 0) throw new Error('not YAML');
    visit(document, {
      Scalar: (_, node) => {
        if (node.type === 'PLAIN' && NOTHING.test(node.source ?? '')) node.value = null;
      },
    });
    const plain: unknown = document.toJS({ maxAliasCount: 0 });
    if (!Array.isArray(plain)) return plain;
    return plain.map((one: unknown) =>
      typeof one === 'object' && one !== null && 'enabled' in one
        ? { ...one, enabled: one.enabled === 'true' ? true : one.enabled === 'false' ? false : one.enabled }
        : one,
    );
  } catch {
    // The message of the parser quotes the file.
    throw sourceError('KEY_SOURCE_ANSWER', `${file} is not YAML`);
  }
}
