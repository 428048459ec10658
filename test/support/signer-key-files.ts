import { readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cheapKeystore } from '../unit/signer/keystore/cheap-keystore.ts';
import { PASSWORD } from './signer-fixture.ts';

/** What an operator does to the files of a data directory by hand, while a signer runs over it. */
export const keystoreFile = (dataDir: string, pubkey: string): string =>
  join(dataDir, 'keys', `${pubkey}.json`);
export const passwordFile = (dataDir: string, pubkey: string): string => join(dataDir, 'secrets', pubkey);

/** Puts a keystore and its password there. */
export async function putKey(
  dataDir: string,
  pubkey: string,
  keystore: string,
  password: string,
): Promise<void> {
  for (const folder of ['secrets', 'keys'])
    await mkdir(join(dataDir, folder), { recursive: true, mode: 0o700 });
  await writeFile(passwordFile(dataDir, pubkey), password, { mode: 0o600 });
  await writeFile(keystoreFile(dataDir, pubkey), keystore, { mode: 0o600 });
}

/** A new key, stored but not loaded. @returns its pubkey */
export async function putNewKey(dataDir: string, password = PASSWORD): Promise<string> {
  const { pubkey, keystore } = await cheapKeystore(PASSWORD);
  await putKey(dataDir, pubkey, JSON.stringify(keystore), password);
  return pubkey;
}

/** The scrypt vector of EIP-2335: what takes a while to open. @returns its pubkey */
export async function putSlowKey(dataDir: string): Promise<string> {
  const file = new URL('../fixtures/keystores/eip2335-scrypt.json', import.meta.url);
  const keystore = readFileSync(file, 'utf8');
  const pubkey = `0x${(JSON.parse(keystore) as { pubkey: string }).pubkey}`;
  await putKey(dataDir, pubkey, keystore, '𝔱𝔢𝔰𝔱𝔭𝔞𝔰𝔰𝔴𝔬𝔯𝔡🔑');
  return pubkey;
}

/** Takes a key's keystore away; the result puts it back. */
export async function takeKeyAway(dataDir: string, pubkey: string): Promise<() => Promise<void>> {
  const path = keystoreFile(dataDir, pubkey);
  const text = await readFile(path);
  await rm(path);
  return () => writeFile(path, text, { mode: 0o600 });
}

/** Takes the whole folder of keystores away; the result puts it back. */
export async function takeFolderAway(dataDir: string): Promise<() => Promise<void>> {
  const path = join(dataDir, 'keys');
  await rename(path, `${path}.away`);
  return async () => {
    await rm(path, { recursive: true, force: true });
    await rename(`${path}.away`, path);
  };
}
