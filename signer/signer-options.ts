import type { ChainSpec } from '../core/chain/chain-spec.ts';
import type { Logger } from '../core/log/logger.ts';
import type { OnMissingHistory, OpenGuardOptions } from '../slashing-db/index.ts';
import type { FrontDoorOptions } from './access/front-door.ts';
import type { SigningPoolOptions } from './bls/signing-pool.ts';
import type { LoadResult } from './keys/key-manager.ts';
import type { OnLoadProgress } from './keys/load-progress.ts';
import type { PolicySource } from './policy/policy-store.ts';

/** What a signer is started with. */
export interface SignerOptions {
  readonly dataDir: string;
  readonly spec: ChainSpec;
  readonly httpHost: string;
  readonly httpPort: number;
  /** Host names, besides localhost and IP addresses, that the signing API answers to; `*` for any. */
  readonly hostAllowlist: readonly string[];
  /** The listener of keymanager and admin API; without it they are served with the signing API. */
  readonly admin?: { readonly host: string; readonly port: number } | null;
  /** Access file, TLS and rate limit; default none of them. */
  readonly frontDoor?: FrontDoorOptions;
  readonly metricsHost: string;
  readonly metricsPort: number;
  /** Also Web3Signer's names in /metrics. */
  readonly web3SignerMetrics?: boolean;
  readonly beaconNodes: readonly string[];
  readonly guard: Omit<OpenGuardOptions, 'onMissingHistory'>;
  readonly onMissingHistory: OnMissingHistory;
  /** Epochs that keys are silent at start while the beacon nodes watch; 0 turns the watch off. */
  readonly doppelgangerEpochs: bigint;
  /** Whether secrets that were opened are kept sealed for the next start. Default: they are not. */
  readonly keyCache?: boolean;
  /** File of places outside of the data directory that keys are read from. */
  readonly keySources?: string | null;
  /** Whether keystores that come and go are noticed without a reload. Default: they are not. */
  readonly watchKeys?: boolean;
  /** Told how the opening of keystores goes on, instead of the log. */
  readonly onKeyProgress?: OnLoadProgress | undefined;
  /** Folder of the proxy keys of Commit-Boost; without it that API is off. */
  readonly proxyKeystores?: string | null;
  /** Without it nothing is signed that has to be allowed. */
  readonly policy?: PolicySource;
  readonly log: Logger;
  /** A benchmark has threads of its own. */
  readonly signing?: SigningPoolOptions;
  readonly databaseThread?: URL;
  /** Ends a start that is not through: it throws the signal's reason, with everything closed. */
  readonly signal?: AbortSignal;
}

export interface RunningSigner {
  readonly ports: { readonly http: number; readonly metrics: number; readonly admin?: number };
  /** Resolves when all keys that were found have been opened or have failed; the signer answers before. */
  readonly loaded: Promise<LoadResult>;
  /** Resolves when the signer can no longer sign safely: the process must exit. */
  readonly failed: Promise<Error>;
  /**
   * Reads again what may change while the signer runs: keystores, policy, access file, TLS files. Never throws: what is
   * broken changes nothing.
   */
  reload(): Promise<void>;
  /**
   * Makes a signature for nobody the way that all are made. Once at a time.
   * @returns how the signer is, in a few words
   * @throws SELF_TEST_FAILED
   */
  selfTest(): Promise<string>;
  /** Finishes the requests under way, closes the database, removes the ports file. */
  stop(): Promise<void>;
}
