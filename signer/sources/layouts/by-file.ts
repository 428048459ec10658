import { basename, dirname, join, relative } from 'node:path';
import { findKeystoreFiles } from '../../keystore/find-keystores.ts';
import type { LaidOut } from './layout.ts';

/**
 * `NAME.json` in one folder, `NAME.txt` in another or the same, sub-folders alike: Teku and Web3Signer. Either may be a
 * single file, as Teku takes them too.
 */
export async function teku(path: string, passwords?: string): Promise<LaidOut[]> {
  const files = await findKeystoreFiles([path], { unreadable: 'list' });
  const single = files.length === 1 && files[0] === path;
  const folder = single ? dirname(path) : path;
  return files.map((keystorePath) => {
    const name = relative(folder, keystorePath).replace(/\.json$/i, '.txt');
    const oneFile = single && passwords !== undefined && basename(passwords).toLowerCase().endsWith('.txt');
    return {
      pubkey: null,
      keystorePath,
      password: { path: oneFile ? passwords : join(passwords ?? folder, name) },
    };
  });
}

/** `validator_keys` of the deposit tools: keystore-*.json under one password. */
export async function depositCli(folder: string, passwordFile: string): Promise<LaidOut[]> {
  return (await findKeystoreFiles([folder], { unreadable: 'list' })).map((keystorePath) => ({
    pubkey: null,
    keystorePath,
    password: { path: passwordFile },
  }));
}
