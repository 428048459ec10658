import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Pubkey, Root } from '../../core/units.ts';
import type { Guard, Outcome } from '../../slashing-db/index.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { ProxyDirectory } from './proxy-directory.ts';
import { newProxySecret, proxyKeyOf, type ProxyKey, type ProxyScheme } from './proxy-key.ts';
import { commitBoostSigningRoot, delegationSigningRoot } from './signing-root.ts';

/** How these signatures are called in the history and in the metrics. */
export const COMMIT_BOOST_TYPES = {
  CONSENSUS: 'COMMIT_BOOST',
  DELEGATION: 'COMMIT_BOOST_DELEGATION',
  PROXY: 'COMMIT_BOOST_PROXY',
} as const;

export interface ConsensusKeyWithProxies {
  readonly consensus: Pubkey;
  readonly proxyBls: readonly string[];
  readonly proxyEcdsa: readonly string[];
}

export interface Delegation {
  /** The new proxy's public key. */
  readonly proxy: string;
  /** 96 bytes, by the consensus key. */
  readonly signature: Uint8Array;
}

interface Modules {
  readonly spec: ChainSpec;
  readonly guard: Guard;
  readonly keyring: Keyring;
  readonly directory: ProxyDirectory;
  readonly log: Logger;
}

/**
 * Signatures for Commit-Boost's modules, by consensus keys and by proxy keys. Nothing here can be slashed, but all of
 * it passes the guard as the consensus key's: a key that is frozen, deleted or silenced does not speak, through a
 * proxy neither, and everything is in the history.
 */
export class CommitBoost {
  readonly #modules: Modules;
  /** By the proxy's public key; keys of both schemes differ in length. */
  readonly #proxies = new Map<string, { readonly delegator: Pubkey; readonly key: ProxyKey }>();

  constructor(modules: Modules) {
    this.#modules = modules;
  }

  /**
   * Opens the stored proxy keys. One that cannot be opened is logged: validators matter more than it does.
   * @returns how many there are
   * @throws KEY_PASSWORD_MISSING, KEYSTORE_BAD_PASSWORD, KEY_FILE_*
   */
  async load(): Promise<number> {
    const { directory, log } = this.#modules;
    for await (const loaded of directory.load()) {
      if ('error' in loaded) {
        const { code, hint, message } = loaded.error;
        log.error({ path: loaded.path, code, hint }, `a proxy key could not be opened: ${message}`);
      } else {
        this.#proxies.set(loaded.key.pubkey, loaded);
      }
    }
    return this.#proxies.size;
  }

  /** The keys that can sign now, sorted, each with its proxies. */
  pubkeys(): ConsensusKeyWithProxies[] {
    const proxies = Map.groupBy(this.#proxies.values(), ({ delegator }) => delegator);
    return this.#modules.keyring.pubkeys().map((consensus) => {
      const of = (scheme: ProxyScheme): string[] =>
        (proxies.get(consensus) ?? [])
          .filter(({ key }) => key.scheme === scheme)
          .map(({ key }) => key.pubkey)
          .sort();
      return { consensus, proxyBls: of('BLS'), proxyEcdsa: of('ECDSA') };
    });
  }

  /**
   * A new proxy key for a consensus key, which signs that it may speak for it. Durable when it resolves.
   * @returns null when the consensus key is not here
   */
  async generateProxyKey(
    delegator: Pubkey,
    scheme: ProxyScheme,
    client: string,
  ): Promise<Outcome<Delegation> | null> {
    const { spec, keyring, directory, log } = this.#modules;
    const secret = newProxySecret(scheme);
    try {
      const key = proxyKeyOf(scheme, secret);
      const signingRoot = delegationSigningRoot(delegator, key.pubkey, spec);
      const asked = { client, type: COMMIT_BOOST_TYPES.DELEGATION };
      // First the guard's word, or a key that may not sign would leave a keystore behind at every request.
      const outcome = await keyring.sign(delegator, { kind: 'unslashable', signingRoot }, asked);
      if (outcome === null || outcome.kind === 'refused') return outcome;
      await directory.add(delegator, key, secret);
      this.#proxies.set(key.pubkey, { delegator, key });
      log.info({ pubkey: delegator, proxy: key.pubkey, scheme }, 'proxy key made');
      return { ...outcome, signature: { proxy: key.pubkey, signature: outcome.signature } };
    } finally {
      secret.fill(0);
    }
  }

  /** Null when the key is not here. */
  signAsConsensus(pubkey: Pubkey, objectRoot: Root, client: string): Promise<Outcome<Uint8Array> | null> {
    const signingRoot = commitBoostSigningRoot(objectRoot, this.#modules.spec);
    const asked = { client, type: COMMIT_BOOST_TYPES.CONSENSUS };
    return this.#modules.keyring.sign(pubkey, { kind: 'unslashable', signingRoot }, asked);
  }

  /** The consensus key that a proxy key speaks for, or null. */
  delegatorOf(scheme: ProxyScheme, pubkey: string): Pubkey | null {
    const proxy = this.#proxies.get(pubkey);
    return proxy?.key.scheme === scheme ? proxy.delegator : null;
  }

  /** Null when the proxy key, or the consensus key that it speaks for, is not here. */
  async signAsProxy(
    scheme: ProxyScheme,
    pubkey: string,
    objectRoot: Root,
    client: string,
  ): Promise<Outcome<Uint8Array> | null> {
    const { spec, guard, keyring } = this.#modules;
    const proxy = this.#proxies.get(pubkey);
    if (proxy?.key.scheme !== scheme || !keyring.has(proxy.delegator)) return null;
    const signingRoot = commitBoostSigningRoot(objectRoot, spec);
    const asked = { client, type: COMMIT_BOOST_TYPES.PROXY };
    const sign = () => Promise.resolve(proxy.key.sign(signingRoot));
    return guard.release(proxy.delegator, { kind: 'unslashable', signingRoot }, sign, asked);
  }
}
