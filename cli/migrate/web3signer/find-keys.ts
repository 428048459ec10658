import { resolve } from 'node:path';
import { parseUint64 } from '../../../core/uint64.ts';
import { cliError } from '../../cli-errors.ts';
import { readBulkDirectory } from './bulk-directories.ts';
import { DEFAULT_MAX_BYTES, readKeyConfigs } from './key-configs.ts';
import { joinFound, NO_KEYS, type FoundKeys } from './key-source.ts';
import type { Web3SignerConfig } from './read-config.ts';

export interface Place {
  /** The folder that Web3Signer was started in; null when the operator did not say. */
  readonly workingFolder: string | null;
  readonly configFile: string | null;
}

/** A path as Web3Signer would have resolved it: from the folder it was started in. */
export const pathFrom =
  ({ workingFolder }: Place) =>
  (text: string): string =>
    resolve(workingFolder ?? '.', text);

/** All keys that the configuration leads to, in the order in which Web3Signer would take them. */
export async function findKeys(config: Web3SignerConfig, place: Place): Promise<FoundKeys> {
  const pathOf = pathFrom(place);
  const path = (name: string): string | null => {
    const value = config.options.get(name)?.values.at(-1) ?? '';
    return value === '' ? null : pathOf(value);
  };
  const bulk = await readBulkDirectory({
    keystores: path('eth2.keystores-path'),
    passwords: path('eth2.keystores-passwords-path'),
    passwordFile: path('eth2.keystores-password-file'),
  });
  return joinFound(await keyConfigs(path('key-config-path'), config, place), bulk);
}

async function keyConfigs(named: string | null, config: Web3SignerConfig, place: Place): Promise<FoundKeys> {
  // Without the option Web3Signer reads the folder it was started in. That need not be the one we were started in.
  const folder = named ?? place.workingFolder;
  if (folder === null) return NO_KEYS;
  return readKeyConfigs(folder, maxBytes(config), place.configFile);
}

function maxBytes(config: Web3SignerConfig): number {
  const text = config.options.get('key-store-config-file-max-size')?.values.at(-1);
  if (text === undefined) return DEFAULT_MAX_BYTES;
  const size = parseUint64(text, 'key-store-config-file-max-size');
  if (size > 2n ** 30n)
    throw cliError('BAD_ARGUMENT', 'key-store-config-file-max-size must be at most 1 GiB');
  return Number(size);
}
