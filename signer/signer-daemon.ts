import type { FastifyInstance } from 'fastify';
import { mkdir, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { BeaconNode } from '../beacon/beacon-node.ts';
import { beaconError } from '../beacon/errors.ts';
import type { ChainSpec } from '../core/chain/chain-spec.ts';
import { SlotClock } from '../core/chain/slot-clock.ts';
import { isVigilError } from '../core/errors.ts';
import type { Logger } from '../core/log/logger.ts';
import { openGuard, type OnMissingHistory, type OpenGuardOptions } from '../slashing-db/index.ts';
import { daemonError } from './daemon-errors.ts';
import { ClockWatch } from './clock-watch.ts';
import { judgeHealth } from './health.ts';
import { loadOrCreateToken } from './api-token.ts';
import { createHttpServer } from './http/http-server.ts';
import { KeyManager } from './keys/key-manager.ts';
import { Keyring } from './keys/keyring.ts';
import { KeyDirectory } from './keystore/key-directory.ts';
import { writePrivateFile } from './keystore/private-file.ts';
import { createMetricsServer } from './metrics/metrics-server.ts';
import { createSignerMetrics } from './metrics/signer-metrics.ts';

export interface SignerOptions {
  readonly dataDir: string;
  readonly spec: ChainSpec;
  readonly httpHost: string;
  readonly httpPort: number;
  readonly hostAllowlist: readonly string[];
  readonly metricsHost: string;
  readonly metricsPort: number;
  readonly beaconNodes: readonly string[];
  readonly guard: Omit<OpenGuardOptions, 'onMissingHistory'>;
  readonly onMissingHistory: OnMissingHistory;
  /** Epochs that keys are silent at start while the beacon nodes watch; 0 turns the watch off. */
  readonly doppelgangerEpochs: bigint;
  readonly log: Logger;
  /** Ends a start that is still loading keys. */
  readonly signal?: AbortSignal;
}

export interface RunningSigner {
  readonly ports: { readonly http: number; readonly metrics: number };
  /** Resolves when the signer can no longer sign safely: the process must exit. */
  readonly failed: Promise<Error>;
  /** Finishes the requests under way, closes the database, removes the ports file. */
  stop(): Promise<void>;
}

/** Starts the remote signer: database, keys, listeners, in that order; a failure on the way leaves nothing open. */
export async function startSigner(options: SignerOptions): Promise<RunningSigner> {
  const { dataDir, spec, log } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const clock = new SlotClock(spec, Date.now);
  const nodes = options.beaconNodes.map((url) => new BeaconNode(url));

  const watch = new ClockWatch(nodes, clock, spec.slotDurationMs, log);
  const closers: (() => unknown)[] = [() => watch.stop()];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.reverse()) await close();
  };
  try {
    const guard = openGuard({
      ...options.guard,
      clock,
      onMissingHistory: options.onMissingHistory,
      clockDoubt: () => watch.doubt,
      onAnchorFailure: (path, error) => {
        log.error({ path, code: 'ANCHOR_FAILED' }, `the anchor cannot be kept: ${error.message}`);
      },
    });
    closers.push(() => guard.close());
    // Only now is it certain that no other signer lives here: what is left of a killed one must not mislead anybody.
    const portsFile = join(dataDir, 'vigil.ports');
    await rm(portsFile, { force: true });
    await assertSameNetwork(nodes, spec, log);
    await watch.check();

    const keyring = new Keyring(guard);
    const keyManager = new KeyManager({ directory: new KeyDirectory(dataDir), guard, keyring, log });
    const token = await loadOrCreateToken(dataDir);
    const newDatabase = guard.listKeys().length === 0;
    const loaded = await keyManager.loadAll({ onProgress: progressLine(log), signal: options.signal });
    options.signal?.throwIfAborted();
    if (newDatabase && loaded.loaded > 0) warnOfNewDatabase(loaded.loaded, options);

    const health = () =>
      judgeHealth({ guard, keyring, failedKeys: () => keyManager.failedKeys, clockDoubt: () => watch.doubt });
    const metrics = createSignerMetrics({ keyring, guard });
    const http = createHttpServer({
      spec,
      clock,
      guard,
      keyring,
      keyManager,
      token,
      metrics,
      health,
      log,
      hostAllowlist: options.hostAllowlist,
    });
    const metricsServer = createMetricsServer(metrics.registry);
    closers.push(
      () => http.close(),
      () => metricsServer.close(),
    );
    await listen(http, 'http', options.httpHost, options.httpPort);
    await listen(metricsServer, 'metrics', options.metricsHost, options.metricsPort);

    const ports = {
      http: (http.server.address() as AddressInfo).port,
      metrics: (metricsServer.server.address() as AddressInfo).port,
    };
    await writePrivateFile(portsFile, `${JSON.stringify(ports)}\n`);
    closers.push(() => rm(portsFile, { force: true }));
    log.info({ network: spec.name, keys: loaded.loaded, ...ports }, 'signer is listening');
    return { ports, failed: guard.poisoned, stop: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Keys that are older than the database: it was lost, or they come from elsewhere without their history. */
function warnOfNewDatabase(keys: number, { onMissingHistory, log }: SignerOptions): void {
  const consequence = {
    floor: 'they sign from the next epoch on',
    refuse: 'they sign nothing before their history is imported',
    trust: 'THEY ARE TAKEN TO HAVE SIGNED NOTHING: if they have, they can be slashed',
  }[onMissingHistory];
  log[onMissingHistory === 'trust' ? 'error' : 'warn'](
    {
      keys,
      code: 'NEW_DATABASE_FOR_OLD_KEYS',
      hint: 'Stop the signer and import what they signed before: vigil slashing-db import FILE',
    },
    `the slashing database is new and knows nothing of the ${keys} keys in the data directory; ${consequence}`,
  );
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

/** A node of another network is refused; one that is down is not: the signer has to start without it. */
async function assertSameNetwork(nodes: readonly BeaconNode[], spec: ChainSpec, log: Logger): Promise<void> {
  for (const node of nodes) {
    try {
      const { genesisValidatorsRoot } = await node.genesis();
      if (genesisValidatorsRoot !== spec.genesisValidatorsRoot) {
        throw beaconError(
          'BEACON_WRONG_NETWORK',
          `${node.name} has genesis validators root ${genesisValidatorsRoot}`,
        );
      }
    } catch (error) {
      if (!isVigilError(error, 'BEACON_UNREACHABLE')) throw error;
      log.warn({ code: error.code, hint: error.hint }, error.message);
    }
  }
}

/** Opening scrypt keystores takes a second each; an operator who waits wants to see that it goes on. */
function progressLine(log: Logger): (done: number, total: number) => void {
  let last = Date.now();
  return (done, total) => {
    if (done !== total && Date.now() - last < 5000) return;
    last = Date.now();
    log.info({ done, total }, 'opening keystores');
  };
}
