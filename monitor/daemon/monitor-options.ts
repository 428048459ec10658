import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import type { TimeSource } from '../../core/chain/slot-clock.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { SignerDoor } from '../foreign/index.ts';
import type { MonitorState } from '../model/monitor-state.ts';
import type { Retention } from '../store/index.ts';
import type { WatchListOptions } from '../watched/index.ts';

export interface MonitorOptions {
  readonly spec: ChainSpec;
  /** At least one; may carry credentials. */
  readonly beaconNodes: readonly string[];
  readonly watch: WatchListOptions;
  readonly databasePath: string;
  /** `utc`, a time zone, or `epochs:N`. */
  readonly ledgerDay: string;
  readonly retention: Retention;
  /** Signers that are asked whether they signed what is on chain; none: nothing is compared. */
  readonly signers: readonly SignerDoor[];
  readonly executionNodes: readonly string[];
  readonly relays: readonly string[];
  /** Addresses that blocks of the watched pay, besides those their withdrawals go to. */
  readonly feeRecipients?: readonly string[];
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly perValidatorMetrics: number;
  /** Where the port is told. */
  readonly dataDir: string;
  readonly log: Logger;
  readonly time?: TimeSource;
  /** After every look at the chain, with what it found. */
  readonly onRound?: (state: MonitorState) => void;
  /** Told again and again while the start waits for a node. */
  readonly onWaiting?: () => void;
  /** Gives up the start. */
  readonly signal?: AbortSignal;
}

export interface RunningMonitor {
  readonly port: number;
  /** Reads the watch list anew, now. */
  reload(): Promise<void>;
  /**
   * How the monitor is, in a few words.
   * @throws when it stands still
   */
  alive(): Promise<string>;
  stop(): Promise<void>;
}
