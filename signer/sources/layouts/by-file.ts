import { join, relative } from 'node:path';
import { findKeystoreFiles } from '../../keystore/find-keystores.ts';
import type { LaidOut } from './layout.ts';

/** `NAME.json` in one folder, `NAME.txt` in another or the same, sub-folders alike: Teku and Web3Signer. */
export async function teku(folder: string, passwords = folder): Promise<LaidOut[]> {
  return (await findKeystoreFiles([folder])).map((keystorePath) => ({
    pubkey: null,
    keystorePath,
    password: { path: join(passwords, relative(folder, keystorePath).replace(/\.json$/i, '.txt')) },
  }));
}

/** `validator_keys` of the deposit tools: keystore-*.json under one password. */
export async function depositCli(folder: string, passwordFile: string): Promise<LaidOut[]> {
  return (await findKeystoreFiles([folder])).map((keystorePath) => ({
    pubkey: null,
    keystorePath,
    password: { path: passwordFile },
  }));
}
