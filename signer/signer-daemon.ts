import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { mkdir, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { BeaconNode } from '../beacon/beacon-node.ts';
import type { ChainSpec } from '../core/chain/chain-spec.ts';
import type { Pubkey } from '../core/units.ts';
import { SlotClock } from '../core/chain/slot-clock.ts';
import type { Logger } from '../core/log/logger.ts';
import {
  fleetingFilesystem,
  openThreadedGuard,
  readHostIdentity,
  type OnMissingHistory,
  type OpenGuardOptions,
} from '../slashing-db/index.ts';
import { SigningPool, type SigningPoolOptions } from './bls/signing-pool.ts';
import { loadOrCreateToken } from './api-token.ts';
import { checkFrontDoor, openFrontDoor, OPEN_DOOR, type FrontDoorOptions } from './access/front-door.ts';
import { warnOfPlainTokens } from './access/warn-of-plain-tokens.ts';
import { assertSameNetwork } from './assert-same-network.ts';
import { beaconNodeCheck } from './watch/beacon-node-check.ts';
import { explainKey } from './explain/explanation.ts';
import { keySections } from './explain/key-sections.ts';
import { PolicyGate } from './policy/policy-gate.ts';
import { PolicyStore, type PolicySource } from './policy/policy-store.ts';
import { ChainWatch } from './watch/chain-watch.ts';
import { ClockWatch } from './watch/clock-watch.ts';
import { keyPast } from './watch/key-past.ts';
import { DoppelgangerWatch } from './watch/doppelganger-watch.ts';
import { ParsedBodies } from './desk/parsed-bodies.ts';
import { SignDesk } from './desk/sign-desk.ts';
import { openCommitBoost } from './commit-boost/open-commit-boost.ts';
import { ValidatorIndices } from './watch/validator-indices.ts';
import { daemonError } from './daemon-errors.ts';
import { proxyPasswordPath } from './data-directory.ts';
import { judgeHealth } from './health.ts';
import { createHttpServer } from './http/http-server.ts';
import { KeyManager } from './keys/key-manager.ts';
import { KeyReload } from './keys/key-reload.ts';
import { KeySettingsStore } from './keys/key-settings.ts';
import { Keyring } from './keys/keyring.ts';
import { logLoadProgress } from './keys/load-progress.ts';
import { warnOfNewDatabase } from './keys/warn-of-new-database.ts';
import { KeyDirectory } from './keystore/key-directory.ts';
import { writePrivateFile } from './keystore/private-file.ts';
import { createMetricsServer } from './metrics/metrics-server.ts';
import { registerWeb3SignerMetrics } from './metrics/web3signer-metrics.ts';
import { createStages } from './metrics/stages.ts';
import { createSignerMetrics } from './metrics/signer-metrics.ts';

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
  /** Folder of the proxy keys of Commit-Boost; without it that API is off. */
  readonly proxyKeystores?: string | null;
  /** Without it nothing is signed that has to be allowed. */
  readonly policy?: PolicySource;
  readonly log: Logger;
  /** A benchmark has threads of its own. */
  readonly signing?: SigningPoolOptions;
  readonly databaseThread?: URL;
  /** Ends a start that is still loading keys: it throws the signal's reason, with everything closed. */
  readonly signal?: AbortSignal;
}

export interface RunningSigner {
  readonly ports: { readonly http: number; readonly metrics: number; readonly admin?: number };
  /** Resolves when the signer can no longer sign safely: the process must exit. */
  readonly failed: Promise<Error>;
  /**
   * Reads again what may change while the signer runs: keystores, policy, access file, TLS files. Never throws: what is
   * broken changes nothing.
   */
  reload(): Promise<void>;
  /** Finishes the requests under way, closes the database, removes the ports file. */
  stop(): Promise<void>;
}

/** Starts the remote signer: database, keys, listeners, in that order; a failure on the way leaves nothing open. */
export async function startSigner(options: SignerOptions): Promise<RunningSigner> {
  const { dataDir, spec, log } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  // Looked at before anything else: opening keystores may take minutes.
  await checkFrontDoor(options.frontDoor ?? OPEN_DOOR);
  const clock = new SlotClock(spec, Date.now);
  const nodes = options.beaconNodes.map((url) => new BeaconNode(url));
  const policyStore = new PolicyStore(options.policy ?? { file: null, allow: [] }, log);

  const watch = new ClockWatch(nodes, clock, spec.slotDurationMs, log);
  const registry = new Registry();
  const stages = createStages(registry);
  const pool = new SigningPool({ ...options.signing, onSigned: stages.bls });
  // Closed from the last to the first: the guard waits for signatures that the pool still makes.
  const closers: (() => unknown)[] = [() => watch.stop(), () => pool.close()];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.reverse()) await close();
  };
  try {
    const doppelganger = new DoppelgangerWatch(
      nodes.length === 0 ? 0n : options.doppelgangerEpochs,
      (pubkey) => keyPast(guard, pubkey),
      () => clock.currentEpoch(),
    );
    // Before the guard puts floors down by this clock.
    await watch.check();
    const guard = await openThreadedGuard(
      {
        ...options.guard,
        clock,
        onMissingHistory: options.onMissingHistory,
        clockDoubt: () => watch.doubt,
        noHurry: () => pool.backlogged,
        onCommit: (waited, took) => {
          stages.guard_wait(waited);
          stages.commit(took);
        },
        silenced: (pubkey) => doppelganger.silenced(pubkey),
        onAnchorFailure: (path, error) => {
          log.error(
            { path, code: 'ANCHOR_FAILED', hint: ANCHOR_HINT },
            `the anchor cannot be kept: ${error.message}`,
          );
        },
      },
      options.databaseThread,
    );
    closers.push(() => guard.close());
    // Only now is it certain that no other signer lives here: what is left of a killed one must not mislead anybody.
    const portsFile = join(dataDir, 'vigil.ports');
    await rm(portsFile, { force: true });
    await assertSameNetwork(nodes, spec, log);

    const keyring = new Keyring(guard, pool);
    const keySettings = new KeySettingsStore(dataDir);
    await keySettings.load();
    const keyManager = new KeyManager({
      directory: new KeyDirectory(dataDir),
      guard,
      keyring,
      settings: keySettings,
      log,
      onRemoved: (pubkey) => doppelganger.forget(pubkey),
    });
    const reload = new KeyReload({ keyManager, log });
    closers.push(() => reload.stop());
    const token = await loadOrCreateToken(dataDir);
    const newDatabase = guard.listKeys().length === 0;
    const loaded = await keyManager.loadAll({ onProgress: logLoadProgress(log), signal: options.signal });
    options.signal?.throwIfAborted();
    pool.start();
    const keys = loaded.loaded + loaded.failed;
    if (newDatabase && keys > 0) warnOfNewDatabase(keys, options.onMissingHistory, log);

    warnOfFleetingDisk(options);
    warnOfUnknownHost(options);
    const indices = new ValidatorIndices();
    const chainWatch = new ChainWatch({
      indices,
      nodes,
      guard,
      doppelganger,
      clock,
      pubkeys: () => keyring.pubkeys(),
      log,
    });
    closers.push(() => chainWatch.stop());
    await chainWatch.assertDatabaseIsNewest();
    tellOfSilence(doppelganger.silent(keyring.pubkeys()).length, options);
    if (nodes.length > 0) chainWatch.start(quarterEpochMs(spec));

    const health = () =>
      judgeHealth({
        guard,
        keyring,
        pool,
        failedKeys: () => keyManager.failedKeys,
        further: () => beaconNodeCheck(nodes.length, watch.silentNodes),
      });
    const commitBoost = await openCommitBoost({
      ...{ keystores: options.proxyKeystores ?? null, passwordFile: proxyPasswordPath(dataDir) },
      ...{ spec, guard, keyring, log },
    });
    const metrics = createSignerMetrics(
      {
        keyring,
        guard,
        silentKeys: () => doppelganger.silent(keyring.pubkeys()).length,
      },
      registry,
      stages,
    );
    if (options.web3SignerMetrics === true) {
      registerWeb3SignerMetrics(registry, { metrics, loadedKeys: () => keyring.size });
    }
    const policy = new PolicyGate({
      policy: () => policyStore.current,
      indexOf: (pubkey) => indices.of(pubkey),
      keySettings: (pubkey) => keySettings.of(pubkey),
      guard,
    });
    const sections = keySections({
      spec,
      clock,
      statusOf: (pubkey) => guard.statusOf(pubkey),
      protection: () => guard.protection,
      onMissingHistory: options.onMissingHistory,
      presence: (pubkey) => (keyring.has(pubkey) ? 'loaded' : 'missing'),
      unavailable: () => guard.unavailable,
      silenced: (pubkey) => (keyring.has(pubkey) ? doppelganger.silenced(pubkey) : null),
      clockDoubt: () => guard.clockDoubt,
      rulesOf: (pubkey) => policy.rulesOf(pubkey),
      indexOf: (pubkey) => policy.indexOf(pubkey),
    });
    const door = await openFrontDoor(options.frontDoor ?? OPEN_DOOR, { token, metrics: metrics.access, log });
    closers.push(() => door.stop());
    const { gate, tls } = door;
    const { admin: adminAt = null, hostAllowlist } = options;
    const bodies = new ParsedBodies({ spec, clock }, metrics.stages);
    const desk = new SignDesk({ bodies, keyring, gate, policy, metrics, log });
    const modules = {
      desk,
      policy,
      explain: (pubkey: Pubkey) => explainKey(pubkey, 'signer', sections),
      spec,
      clock,
      guard,
      keyring,
      keyManager,
      keySettings,
      beaconNodes: nodes,
      commitBoost,
      gate,
      tls,
      metrics,
      health,
      reload,
      log,
      hostAllowlist,
    };
    const http = createHttpServer({ ...modules, surface: adminAt === null ? 'all' : 'signing' });
    const admin =
      adminAt === null
        ? null
        : createHttpServer({
            ...modules,
            surface: 'admin',
            hostAllowlist: [adminAt.host, ...hostAllowlist],
          });
    const metricsServer = createMetricsServer(metrics.registry, metrics.closedConnections);
    closers.push(
      () => http.close(),
      () => admin?.close(),
      () => metricsServer.close(),
    );
    await listen(http, 'http', options.httpHost, options.httpPort);
    if (admin !== null && adminAt !== null) await listen(admin, 'admin', adminAt.host, adminAt.port);
    warnOfPlainTokens(options);
    await listen(metricsServer, 'metrics', options.metricsHost, options.metricsPort);

    const ports = {
      http: (http.server.address() as AddressInfo).port,
      metrics: (metricsServer.server.address() as AddressInfo).port,
      ...(admin === null ? {} : { admin: (admin.server.address() as AddressInfo).port }),
    };
    await writePrivateFile(portsFile, `${JSON.stringify(ports)}\n`);
    closers.push(() => removeIfOurs(portsFile, ports));
    log.info({ network: spec.name, keys: loaded.loaded, ...ports }, 'signer is listening');
    const reloadAll = async (): Promise<void> => {
      policyStore.reload();
      reload.startOrFollow();
      await door.reload();
    };
    return { ports, failed: Promise.race([guard.poisoned, pool.failed]), reload: reloadAll, stop: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

const ANCHOR_HINT =
  'Make its folder writable for the signer; without an anchor a rollback goes unseen and every start puts a boot floor down.';

/** Often enough that a key is let go soon after the epoch that it had to wait for. */
const quarterEpochMs = (spec: ChainSpec): number => (spec.slotDurationMs * Number(spec.slotsPerEpoch)) / 4;

/** A container without a volume starts every time with an empty past. */
function warnOfFleetingDisk({ guard: { path }, log }: SignerOptions): void {
  const kind = fleetingFilesystem(path);
  if (kind === null) return;
  log.warn(
    { path, code: 'DATA_NOT_PERSISTENT', hint: 'Put the data directory on a disk or a volume.' },
    `the slashing database is on ${kind}: it may be gone after a restart`,
  );
}

/** Without it a copy of database and anchor on another host looks like this one after a boot. */
function warnOfUnknownHost({ guard: { host = readHostIdentity() }, log }: SignerOptions): void {
  if (host.machineId !== null || process.platform !== 'linux') return;
  log.warn(
    {
      code: 'HOST_UNKNOWN',
      hint: 'Mount the /etc/machine-id of the host into the container; until then every boot puts a boot floor down.',
    },
    'this machine has no /etc/machine-id: a copy of the database on another machine could not be told from it',
  );
}

function tellOfSilence(keys: number, { doppelgangerEpochs, log }: SignerOptions): void {
  if (keys === 0) return;
  log.warn(
    { keys, code: 'DOPPELGANGER_WATCH', hint: '--doppelganger-epochs 0 turns the watch off.' },
    `${keys} keys are silent for ${doppelgangerEpochs} epochs, while the beacon nodes are watched for a second signer`,
  );
}

/** Somebody who broke in beside us has written ports of its own. */
async function removeIfOurs(portsFile: string, ports: object): Promise<void> {
  const found = await readFile(portsFile, 'utf8').catch(() => null);
  if (found?.trim() === JSON.stringify(ports)) await rm(portsFile, { force: true });
}

async function listen(app: FastifyInstance, what: string, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw daemonError(
      'CANNOT_LISTEN',
      `${what} cannot listen on ${host}:${port} (${code ?? 'unknown'})`,
      error,
    );
  }
}
