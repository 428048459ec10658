import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { inParallel } from '../../keystore/load-in-parallel.ts';
import { inTurns } from '../in-turns.ts';
import { besides, keysFound, pubkeyFolders, type LaidOut, type ListKeystores } from './layout.ts';
import { ValidatorDefinitions } from './validator-definitions.ts';

const DEFINITIONS = 'validator_definitions.yml';
const VOTING = 'voting-keystore.json';
const LOOKS_AT_ONCE = 4;

/**
 * The `validators` folder of Lighthouse: the keys that validator_definitions.yml has enabled, or all folders named by a
 * public key where that file is missing. Passwords where the definition says, else in the `secrets` folder beside.
 * Source: Lighthouse, common/account_utils/src/validator_definitions.rs
 */
export function lighthouse(folder: string, secrets = join(dirname(folder), 'secrets')): ListKeystores {
  const file = join(folder, DEFINITIONS);
  const definitions = new ValidatorDefinitions(file);
  return async (has = () => false) => {
    const laidOut: LaidOut[] = [];
    if (!existsSync(file)) {
      const folders = keysFound(folder, await pubkeyFolders(folder)).filter(({ pubkey }) => !has(pubkey));
      const lookInto = async ({ pubkey, path }: (typeof folders)[0]): Promise<LaidOut> => ({
        pubkey,
        keystorePath: join(path, await keystoreIn(path)),
        password: { path: besides(path, secrets) },
      });
      for await (const one of inParallel(folders, LOOKS_AT_ONCE, lookInto)) laidOut.push(one);
      return laidOut;
    }
    for await (const { pubkey, keystorePath, passwordPath, password } of inTurns(await definitions.read())) {
      if (has(pubkey)) continue;
      const named = keystorePath ?? join(folder, pubkey, VOTING);
      laidOut.push({
        pubkey,
        keystorePath: found(named, join(folder, pubkey, basename(named))),
        password:
          password === null ? { path: found(passwordPath ?? '', join(secrets, pubkey)) } : { text: password },
      });
    }
    return laidOut;
  };
}

/** An imported keystore keeps the name that the deposit tool gave it. */
async function keystoreIn(folder: string): Promise<string> {
  const names = await readdir(folder).catch((): string[] => []);
  const imported = names.filter((name) => /^keystore-m_12381_3600_[0-9]+_0_0-[0-9]+\.json$/.test(name));
  return imported.length === 1 && !names.includes(VOTING) ? (imported[0] ?? VOTING) : VOTING;
}

/** Definitions hold the paths of the machine or container that Lighthouse runs in. */
const found = (named: string, here: string): string => (named !== '' && existsSync(named) ? named : here);
