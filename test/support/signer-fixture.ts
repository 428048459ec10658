import type { FastifyInstance } from 'fastify';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { BeaconNode } from '../../beacon/beacon-node.ts';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import { createLogger, type Logger } from '../../core/log/logger.ts';
import type { Pubkey } from '../../core/units.ts';
import { SigningPool } from '../../signer/bls/signing-pool.ts';
import {
  OPEN_DOOR,
  openFrontDoor,
  type FrontDoor,
  type FrontDoorOptions,
} from '../../signer/access/front-door.ts';
import { loadOrCreateToken } from '../../signer/api-token.ts';
import { databasePath, proxyPasswordPath } from '../../signer/data-directory.ts';
import { judgeHealth, type HealthCheck } from '../../signer/health.ts';
import type { HttpLimits } from '../../signer/http/http-server.ts';
import type { Surface } from '../../signer/http/surface.ts';
import { KeyManager, type LoadResult } from '../../signer/keys/key-manager.ts';
import { KeyReload } from '../../signer/keys/key-reload.ts';
import { KeySettingsStore } from '../../signer/keys/key-settings.ts';
import { Keyring } from '../../signer/keys/keyring.ts';
import { KeyDirectory } from '../../signer/keystore/key-directory.ts';
import { explainKey } from '../../signer/explain/explanation.ts';
import { keySections } from '../../signer/explain/key-sections.ts';
import { GATED_TYPES } from '../../core/config/gated-types.ts';
import { generalPolicy, type Policy } from '../../signer/policy/policy.ts';
import { PolicyGate } from '../../signer/policy/policy-gate.ts';
import type { KeySettings } from '../../signer/policy/rules-of-key.ts';
import type { SignDesk as Desk } from '../../signer/desk/sign-desk.ts';
import type { SignerMetrics } from '../../signer/metrics/signer-metrics.ts';
import { openGuard, type Guard, type OnMissingHistory } from '../../slashing-db/index.ts';
import { cheapKeystore } from '../unit/signer/keystore/cheap-keystore.ts';
import { holdAnswersTo } from './openapi-validation.ts';
import { NETWORK, NOW_SLOT, timeOfSlot } from './signer-network.ts';

// After the network, whose preset the SSZ types take when they are loaded.
const { ParsedBodies } = await import('../../signer/desk/parsed-bodies.ts');
const { SignDesk } = await import('../../signer/desk/sign-desk.ts');
const { createHttpServer } = await import('../../signer/http/http-server.ts');
const { openApiDocument } = await import('../../signer/http/openapi/document.ts');
const { openCommitBoost } = await import('../../signer/commit-boost/open-commit-boost.ts');
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
  /** Checks that other parts of a daemon add to `/healthcheck`. */
  readonly further?: () => readonly HealthCheck[];
  /** URLs. */
  readonly beaconNodes?: readonly string[];
  /** Folder of proxy keys; without it Commit-Boost's API is off. */
  readonly proxyKeystores?: string;
  /** Default: nothing is allowed that has to be. Asked anew for every request. */
  readonly policy?: () => Policy;
  readonly keySettings?: (pubkey: Pubkey) => KeySettings;
  /** Default: no index is known. */
  readonly indexOf?: (pubkey: Pubkey) => bigint | null;
  /** Access file, TLS and rate limit. Default: none of them. */
  readonly frontDoor?: FrontDoorOptions;
  readonly log?: Logger;
  /** Which of the APIs are served. Default: all. */
  readonly surface?: Surface;
}

export interface SignerFixture {
  /** Listens already. */
  readonly app: FastifyInstance;
  readonly url: string;
  readonly dataDir: string;
  readonly guard: Guard;
  readonly pool: SigningPool;
  readonly keyring: Keyring;
  readonly keyManager: KeyManager;
  readonly reload: KeyReload;
  readonly keySettings: KeySettingsStore;
  readonly metrics: SignerMetrics;
  readonly desk: Desk;
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
  const { spec = NETWORK, limits, clockDoubt = () => null, further = () => [] } = options;
  const dataDir = options.dataDir ?? temporaryDirectory();
  let nowMs = timeOfSlot(options.nowSlot ?? NOW_SLOT, spec);
  const clock = new SlotClock(spec, () => nowMs);
  const log = options.log ?? createLogger('silent');
  const onMissingHistory = options.onMissingHistory ?? 'trust';
  const guard = openGuard({ path: databasePath(dataDir), spec, clock, onMissingHistory, clockDoubt });
  const pool = new SigningPool({ threads: 1 });
  pool.start();
  const keyring = new Keyring(guard, pool);
  const keySettings = new KeySettingsStore(dataDir);
  const directory = new KeyDirectory(dataDir);
  const keyManager = new KeyManager({ directory, guard, keyring, settings: keySettings, log });
  const token = await loadOrCreateToken(dataDir);
  await keySettings.load();
  const loaded = await keyManager.loadAll();
  const pubkeys: Pubkey[] = [];
  for (let made = 0; made < (options.keys ?? 1); made += 1) {
    const { keystore } = await cheapKeystore(PASSWORD);
    pubkeys.push((await keyManager.importKey(keystore, PASSWORD)).pubkey);
  }
  const metrics = createSignerMetrics({ keyring, guard, silentKeys: () => 0 });
  const failedKeys = () => keyManager.failedKeys;
  const health = () => judgeHealth({ guard, keyring, pool, failedKeys, further });
  const reload = new KeyReload({ keyManager, log });
  const hostAllowlist = ['signer.example'];
  const { policy: policyNow = () => generalPolicy([]), indexOf = () => null } = options;
  const settingsOf = options.keySettings ?? ((pubkey: Pubkey) => keySettings.of(pubkey));
  const policy = new PolicyGate({ policy: policyNow, indexOf, guard, keySettings: settingsOf });
  const sections = keySections({
    ...{ spec, clock, onMissingHistory, clockDoubt, indexOf },
    statusOf: (pubkey) => guard.statusOf(pubkey),
    protection: () => guard.protection,
    presence: (pubkey) => (keyring.has(pubkey) ? 'loaded' : 'missing'),
    unavailable: () => guard.unavailable,
    silenced: () => null,
    rulesOf: (pubkey) => policy.rulesOf(pubkey),
    accessPolicy: () => door.accessPolicy(),
  });
  const explain = (pubkey: Pubkey) => Promise.resolve(explainKey(pubkey, 'signer', sections));
  const commitBoost = await openCommitBoost({
    ...{ keystores: options.proxyKeystores ?? null, passwordFile: proxyPasswordPath(dataDir) },
    ...{ spec, guard, keyring, log },
  });
  const beaconNodes = (options.beaconNodes ?? []).map((url) => new BeaconNode(url));
  const door = await openFrontDoor(options.frontDoor ?? OPEN_DOOR, { token, metrics: metrics.access, log });
  onTestFinished(() => door.stop());
  const { gate, tls } = door;
  const bodies = new ParsedBodies({ spec, clock }, metrics.stages);
  const desk = new SignDesk({ bodies, keyring, gate, policy, metrics, log });
  const common = { desk, spec, clock, guard, keyring, log, keySettings, beaconNodes, commitBoost, gate, tls };
  const modules = { ...common, keyManager, metrics, health, reload, hostAllowlist, policy, explain };
  const { surface = 'all' } = options;
  const http = createHttpServer({ ...modules, surface }, limits);
  holdAnswersTo(() => openApiDocument({ surface, commitBoost: commitBoost !== null }), http);
  await http.listen({ host: '127.0.0.1', port: 0 });

  let closing: Promise<void> | null = null;
  // Once only: a second close would take the lock away from whoever opened the directory since.
  const close = () =>
    (closing ??= http
      .close()
      .then(() => reload.stop())
      .then(() => guard.close())
      .then(() => pool.close()));
  onTestFinished(close);
  return {
    app: http,
    door,
    url: `${tls === null ? 'http' : 'https'}://127.0.0.1:${(http.server.address() as AddressInfo).port}`,
    ...{
      dataDir,
      guard,
      pool,
      keyring,
      keyManager,
      keySettings,
      reload,
      metrics,
      desk,
      token,
      loaded,
      pubkeys,
      close,
    },
    pubkey: pubkeys[0] ?? ('' as Pubkey),
    setSlot: (slot) => (nowMs = timeOfSlot(slot, spec)),
  };
}

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'vigil-signer-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A policy for tests whose subject is not the policy. */
export const everythingAllowed = (): Policy => generalPolicy(GATED_TYPES);
