import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import { createLogger, type Logger } from '../../core/log/logger.ts';
import type { Pubkey } from '../../core/units.ts';
import {
  OPEN_DOOR,
  openFrontDoor,
  type FrontDoor,
  type FrontDoorOptions,
} from '../../signer/access/front-door.ts';
import { loadOrCreateToken } from '../../signer/api-token.ts';
import { databasePath } from '../../signer/data-directory.ts';
import { judgeHealth } from '../../signer/health.ts';
import type { HttpLimits } from '../../signer/http/http-server.ts';
import { KeyManager, type LoadResult } from '../../signer/keys/key-manager.ts';
import { Keyring } from '../../signer/keys/keyring.ts';
import { KeyDirectory } from '../../signer/keystore/key-directory.ts';
import type { SignerMetrics } from '../../signer/metrics/signer-metrics.ts';
import { openGuard, type Guard, type OnMissingHistory } from '../../slashing-db/index.ts';
import { cheapKeystore } from '../unit/signer/keystore/cheap-keystore.ts';
import { NETWORK, NOW_SLOT, timeOfSlot } from './signer-network.ts';

// After the network, whose preset the SSZ types take when they are loaded.
const { createHttpServer } = await import('../../signer/http/http-server.ts');
const { createSignerMetrics } = await import('../../signer/metrics/signer-metrics.ts');

export const PASSWORD = 'correct horse battery staple';

export interface SignerFixtureOptions {
  readonly spec?: ChainSpec;
  /** Where the clock stands, in slots; `setSlot` moves it. */
  readonly nowSlot?: bigint;
  readonly onMissingHistory?: OnMissingHistory;
  readonly limits?: HttpLimits;
  /** Keys made and imported at the start, besides those that the data directory has. Default 1. */
  readonly keys?: number;
  /** A data directory of an earlier signer. Default: a new one, removed after the test. */
  readonly dataDir?: string;
  readonly clockDoubt?: () => string | null;
  /** Access file, TLS and rate limit. Default: none of them. */
  readonly frontDoor?: FrontDoorOptions;
  readonly log?: Logger;
}

export interface SignerFixture {
  readonly url: string;
  readonly dataDir: string;
  readonly guard: Guard;
  readonly keyring: Keyring;
  readonly keyManager: KeyManager;
  readonly metrics: SignerMetrics;
  readonly token: string;
  readonly door: FrontDoor;
  /** What the start found in the data directory. */
  readonly loaded: LoadResult;
  /** The keys imported at the start. */
  readonly pubkeys: readonly Pubkey[];
  readonly pubkey: Pubkey;
  setSlot(slot: bigint): void;
  /** Stops everything; also done by itself when the test ends. */
  close(): Promise<void>;
}

/** The signer's HTTP server with all real parts behind it: SQLite, keystores, BLS. Only the time is the test's. */
export async function startSignerFixture(options: SignerFixtureOptions = {}): Promise<SignerFixture> {
  const { spec = NETWORK, limits, clockDoubt = () => null } = options;
  const dataDir = options.dataDir ?? temporaryDirectory();
  let nowMs = timeOfSlot(options.nowSlot ?? NOW_SLOT, spec);
  const clock = new SlotClock(spec, () => nowMs);
  const log = options.log ?? createLogger('silent');
  const onMissingHistory = options.onMissingHistory ?? 'trust';
  const guard = openGuard({ path: databasePath(dataDir), spec, clock, onMissingHistory, clockDoubt });
  const keyring = new Keyring(guard);
  const keyManager = new KeyManager({ directory: new KeyDirectory(dataDir), guard, keyring, log });
  const token = await loadOrCreateToken(dataDir);
  const loaded = await keyManager.loadAll();
  const pubkeys: Pubkey[] = [];
  for (let made = 0; made < (options.keys ?? 1); made += 1) {
    const { keystore } = await cheapKeystore(PASSWORD);
    pubkeys.push((await keyManager.importKey(keystore, PASSWORD)).pubkey);
  }
  const metrics = createSignerMetrics({ keyring, guard, clockDoubt, silentKeys: () => 0 });
  const health = () => judgeHealth({ guard, keyring, failedKeys: () => keyManager.failedKeys, clockDoubt });
  const hostAllowlist = ['signer.example'];
  const door = await openFrontDoor(options.frontDoor ?? OPEN_DOOR, { token, metrics: metrics.access, log });
  onTestFinished(() => door.stop());
  const { gate, tls } = door;
  const modules = { spec, clock, guard, keyring, keyManager, gate, tls, metrics, health, log, hostAllowlist };
  const http = createHttpServer(modules, limits);
  await http.listen({ host: '127.0.0.1', port: 0 });

  let closing: Promise<void> | null = null;
  // Once only: a second close would take the lock away from whoever opened the directory since.
  const close = () => (closing ??= http.close().then(() => guard.close()));
  onTestFinished(close);
  return {
    door,
    url: `${tls === null ? 'http' : 'https'}://127.0.0.1:${(http.server.address() as AddressInfo).port}`,
    ...{ dataDir, guard, keyring, keyManager, metrics, token, loaded, pubkeys, close },
    pubkey: pubkeys[0] ?? ('' as Pubkey),
    setSlot: (slot) => (nowMs = timeOfSlot(slot, spec)),
  };
}

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'vigil-signer-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
