import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Guard } from '../../slashing-db/index.ts';
import type { Keyring } from '../keys/keyring.ts';
import { CommitBoost } from './commit-boost.ts';
import { ProxyDirectory } from './proxy-directory.ts';

export interface CommitBoostOptions {
  /** Null switches the API off. */
  readonly keystores: string | null;
  /** Made with the first proxy key. */
  readonly passwordFile: string;
  readonly spec: ChainSpec;
  readonly guard: Guard;
  readonly keyring: Keyring;
  readonly log: Logger;
}

/** Commit-Boost's side of the signer with its stored proxy keys. @throws what {@link CommitBoost.load} throws */
export async function openCommitBoost(options: CommitBoostOptions): Promise<CommitBoost | null> {
  const { keystores, passwordFile, log, ...modules } = options;
  if (keystores === null) return null;
  const directory = new ProxyDirectory({ keystores, passwordFile });
  const commitBoost = new CommitBoost({ ...modules, directory, log });
  const proxies = await commitBoost.load();
  log.info({ proxies }, 'the signer API of Commit-Boost is on');
  return commitBoost;
}
