import type { Logger } from '../../core/log/logger.ts';
import { cachePlace } from '../keystore/cache/cache-place.ts';
import { sourceCachePath } from '../keystore/cache/key-caches.ts';
import { SealedCache } from '../keystore/cache/sealed-cache.ts';
import { awsStore } from './aws-secrets.ts';
import { azureStore } from './azure-secrets.ts';
import { directorySource } from './directory-source.ts';
import { gcpStore } from './gcp-secrets.ts';
import type { KeySource } from './key-source.ts';
import { depositCli, teku } from './layouts/by-file.ts';
import { lodestar, nimbus } from './layouts/by-pubkey.ts';
import type { ListKeystores } from './layouts/layout.ts';
import { lighthouse } from './layouts/lighthouse.ts';
import { prysmWallet } from './layouts/prysm-wallet.ts';
import { rawFileSource } from './raw-file-source.ts';
import { secretStoreSource } from './secret-store.ts';
import type { SourceConfig } from './sources-file.ts';
import { vaultStore } from './vault-kv.ts';
import type { LoadPackage } from './vendor-sdk.ts';

export interface SourceModules {
  readonly dataDir: string;
  readonly keyCache: boolean;
  readonly log: Logger;
  /** How the library of a vendor is loaded. */
  readonly load?: LoadPackage;
}

const LAYOUTS = { lighthouse, lodestar, nimbus };

/** Who asks twice about a source gets what has read its files before. */
const lists = new WeakMap<SourceConfig, ListKeystores>();

/** What finds the keystores of a source that is a folder of single ones; null for any other. */
export function laidOutBy(config: SourceConfig): ListKeystores | null {
  const list = lists.get(config) ?? listOf(config);
  if (list !== null) lists.set(config, list);
  return list;
}

function listOf(config: SourceConfig): ListKeystores | null {
  switch (config.type) {
    case 'lighthouse':
    case 'lodestar':
    case 'nimbus':
      return LAYOUTS[config.type](config.path, config.passwords);
    case 'teku':
      return () => teku(config.path, config.passwords);
    case 'deposit-cli':
      return () => depositCli(config.path, config['password-file']);
    case 'prysm':
    case 'raw-hex':
    case 'vault':
    case 'aws':
    case 'gcp':
    case 'azure':
      return null;
  }
}

/** A configured source. Nothing is read yet. */
export function openSource(config: SourceConfig, modules: SourceModules): KeySource {
  switch (config.type) {
    case 'lighthouse':
    case 'lodestar':
    case 'nimbus':
    case 'teku':
    case 'deposit-cli': {
      const list = laidOutBy(config) ?? (() => Promise.resolve([]));
      return directory(`${config.type} ${config.path}`, list, modules);
    }
    case 'prysm':
      return prysmWallet(config.path, config['password-file']);
    case 'raw-hex':
      return rawFileSource(config.file);
    case 'vault': {
      const { address, mount, path, field, namespace = null } = config;
      const tokenFile = config['token-file'];
      const where = { address, mount, path, field, tokenFile, namespace };
      return secretStoreSource(vaultStore({ ...where, timeoutMs: timeoutMs(config) }));
    }
    case 'aws':
      return secretStoreSource(awsStore({ ...config, timeoutMs: timeoutMs(config) }, modules.load));
    case 'gcp':
      return secretStoreSource(gcpStore({ ...config, timeoutMs: timeoutMs(config) }, modules.load));
    case 'azure': {
      const { vault, prefix = '' } = config;
      return secretStoreSource(azureStore({ vault, prefix, timeoutMs: timeoutMs(config) }, modules.load));
    }
  }
}

const timeoutMs = (config: { readonly 'timeout-seconds': number }): number =>
  config['timeout-seconds'] * 1000;

function directory(name: string, list: ListKeystores, { dataDir, keyCache, log }: SourceModules): KeySource {
  if (!keyCache) return directorySource(name, list, null);
  // One for each source: a cache opens only when all of its passwords are there.
  const path = sourceCachePath(dataDir, name);
  return directorySource(name, list, new SealedCache({ path, place: cachePlace(dataDir), log }));
}
