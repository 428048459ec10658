import { Registry } from 'prom-client';
import { mkdir } from 'node:fs/promises';
import { BeaconNode } from '../beacon/beacon-node.ts';
import type { ChainSpec } from '../core/chain/chain-spec.ts';
import type { Pubkey } from '../core/units.ts';
import { SlotClock } from '../core/chain/slot-clock.ts';
import { openThreadedGuard } from '../slashing-db/index.ts';
import { SigningPool } from './bls/signing-pool.ts';
import { loadOrCreateToken } from './api-token.ts';
import { checkFrontDoor, openFrontDoor, OPEN_DOOR } from './access/front-door.ts';
import { warnOfPlainTokens } from './access/warn-of-plain-tokens.ts';
import { assertSameNetwork } from './assert-same-network.ts';
import { beaconNodeCheck } from './watch/beacon-node-check.ts';
import { explainHere } from './explain/explanation.ts';
import { keySections } from './explain/key-sections.ts';
import { PolicyGate } from './policy/policy-gate.ts';
import { PolicyStore } from './policy/policy-store.ts';
import { ChainWatch } from './watch/chain-watch.ts';
import { ClockWatch } from './watch/clock-watch.ts';
import { keyPast } from './watch/key-past.ts';
import { DoppelgangerWatch } from './watch/doppelganger-watch.ts';
import { ParsedBodies } from './desk/parsed-bodies.ts';
import { SignDesk } from './desk/sign-desk.ts';
import { openCommitBoost } from './commit-boost/open-commit-boost.ts';
import { ValidatorIndices } from './watch/validator-indices.ts';
import { proxyPasswordPath } from './data-directory.ts';
import { guardNews } from './guard-news.ts';
import { judgeHealth } from './health.ts';
import { createHttpServer } from './http/http-server.ts';
import { KeyManager } from './keys/key-manager.ts';
import { keysBefore } from './keys/keys-before.ts';
import { KeyReload } from './keys/key-reload.ts';
import { KeySettingsStore } from './keys/key-settings.ts';
import { Keyring } from './keys/keyring.ts';
import { startLoading } from './keys/background-load.ts';
import { joinProgress, logLoadProgress } from './keys/load-progress.ts';
import { watchKeys } from './keys/key-watch.ts';
import { warnOfNewDatabase } from './keys/warn-of-new-database.ts';
import { keyCacheOf, removeKeyCaches } from './keystore/cache/key-caches.ts';
import { KeyDirectory } from './keystore/key-directory.ts';
import { listen } from './listen.ts';
import { createMetricsServer } from './metrics/metrics-server.ts';
import { registerWeb3SignerMetrics } from './metrics/web3signer-metrics.ts';
import { createStages } from './metrics/stages.ts';
import { droppedRefusalsCounter } from './metrics/dropped-refusals.ts';
import { createSignerMetrics } from './metrics/signer-metrics.ts';
import { PortsFile } from './ports-file.ts';
import { SelfTest } from './self-test.ts';
import { tellOfExposedFiles } from './sources/exposed-files.ts';
import { openSources } from './sources/open-sources.ts';
import type { RunningSigner, SignerOptions } from './signer-options.ts';
import { tellOfSilence, warnOfFleetingDisk, warnOfUnknownHost } from './tell-operator.ts';

/**
 * Starts the remote signer: database, listeners, then keys, while it answers already; a failure on the way leaves nothing
 * open.
 */
export async function startSigner(options: SignerOptions): Promise<RunningSigner> {
  const { dataDir, spec, log } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await checkFrontDoor(options.frontDoor ?? OPEN_DOOR);
  const clock = new SlotClock(spec, Date.now);
  const nodes = options.beaconNodes.map((url) => new BeaconNode(url));
  const policyStore = new PolicyStore(options.policy ?? { file: null, allow: [] }, log);

  const watch = new ClockWatch(nodes, clock, spec.slotDurationMs, log);
  const registry = new Registry();
  const stages = createStages(registry);
  const droppedRefusals = droppedRefusalsCounter(registry);
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
    const cache = options.keyCache === true ? keyCacheOf(dataDir, log) : null;
    const directory = new KeyDirectory(dataDir, cache);
    // The slashing database has a thread of its own: this one would wait for it.
    closers.push(directory.readAhead());
    // Before the guard puts floors down by this clock.
    await watch.check();
    const guard = await openThreadedGuard(
      {
        ...options.guard,
        clock,
        onMissingHistory: options.onMissingHistory,
        clockDoubt: () => watch.doubt,
        noHurry: () => pool.backlogged,
        silenced: (pubkey) => doppelganger.silenced(pubkey),
        ...guardNews(stages, droppedRefusals, log),
      },
      options.databaseThread,
    );
    closers.push(() => guard.close());
    // Only now is it certain that no other signer lives here.
    const portsFile = new PortsFile(dataDir);
    await portsFile.clear();
    await assertSameNetwork(nodes, spec, log);

    const keyring = new Keyring(guard, pool);
    const keySettings = new KeySettingsStore(dataDir);
    await keySettings.load();
    if (cache === null) await removeKeyCaches(dataDir);
    closers.push(() => cache?.close());
    const keyManager = new KeyManager({
      directory,
      guard,
      keyring,
      settings: keySettings,
      log,
      onRemoved: (pubkey) => {
        doppelganger.forget(pubkey);
        return keeper.forget(pubkey);
      },
    });
    const progress = joinProgress(options.onKeyProgress ?? logLoadProgress(log));
    const {
      keeper,
      watched,
      configs,
      reload: askElsewhere,
    } = await openSources(options.keySources ?? null, {
      ...{ dataDir, log, keyCache: options.keyCache ?? false },
      has: (pubkey) => keyring.has(pubkey),
      isDeleted: (pubkey) => guard.statusOf(pubkey).state === 'deleted',
      adopt: (pubkey, secretKey) => keyManager.adopt(pubkey, secretKey),
      isAdopted: (pubkey) => keyManager.isAdopted(pubkey),
      onProgress: progress(),
      known: {
        has: (pubkey) => guard.statusOf(pubkey).state === 'active',
        list: () => guard.listKeys().flatMap(({ pubkey, state }) => (state === 'active' ? [pubkey] : [])),
      },
    });
    keyring.awaitElsewhere(keeper);
    closers.push(() => keeper.stop());
    const reload = new KeyReload({ keyManager, log, askElsewhere });
    closers.push(() => reload.stop());
    const token = await loadOrCreateToken(dataDir);
    const newDatabase = guard.listKeys().length === 0;
    // A key source may have them: it says so itself when it does not.
    const before = options.keySources
      ? []
      : await keysBefore(guard, directory, Boolean(options.guard.shared));
    const found = await keyManager.findKeys(before);
    const keys = found.wanted.length;
    options.signal?.throwIfAborted();
    pool.start();
    // Nothing can be asked for before the listeners are open, below.
    const loading = startLoading(found, { keyManager, log, onProgress: progress() });
    closers.push(() => loading.stop());
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
      // Those that are not open yet too: what the chain knows of them counts before they sign.
      pubkeys: () => keyring.allPubkeys(),
      log,
    });
    closers.push(() => chainWatch.stop());
    await chainWatch.assertDatabaseIsNewest();
    tellOfSilence(doppelganger.silent(keyring.allPubkeys()).length, options);
    if (nodes.length > 0) chainWatch.start(quarterEpochMs(spec));

    const health = () =>
      judgeHealth({
        guard,
        keyring,
        pool,
        failedKeys: () => keyManager.failedKeys,
        further: () => [...keeper.checks, ...beaconNodeCheck(nodes.length, watch.silentNodes)],
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
      droppedRefusals,
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
    const door = await openFrontDoor(options.frontDoor ?? OPEN_DOOR, { token, metrics: metrics.access, log });
    closers.push(() => door.stop());
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
      accessPolicy: door.accessPolicy,
    });
    const { gate, tls } = door;
    const { admin: adminAt = null, hostAllowlist } = options;
    const bodies = new ParsedBodies({ spec, clock }, metrics.stages);
    const desk = new SignDesk({ bodies, keyring, gate, policy, metrics, log });
    const modules = {
      desk,
      policy,
      explain: (pubkey: Pubkey) => explainHere(guard, pubkey, sections),
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
      ownKeys: options.guard.shared ? () => keyManager.ownPubkeys : null,
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
    const httpPort = await listen(http, 'http', options.httpHost, options.httpPort);
    const adminPort =
      admin === null || adminAt === null ? null : await listen(admin, 'admin', adminAt.host, adminAt.port);
    warnOfPlainTokens(options);
    const ports = {
      http: httpPort,
      metrics: await listen(metricsServer, 'metrics', options.metricsHost, options.metricsPort),
      ...(adminPort === null ? {} : { admin: adminPort }),
    };
    closers.push(await portsFile.write(ports));
    options.signal?.throwIfAborted();
    log.info({ network: spec.name, keys, ...ports }, 'signer is listening');
    const loaded = Promise.all([loading.done, keeper.load()]).then(([own]) => own);
    void loaded.then(() => tellOfExposedFiles(dataDir, configs(), log));
    if (options.watchKeys === true) {
      const keyWatch = await watchKeys(dataDir, watched, () => reload.startOrFollow());
      closers.push(keyWatch);
    }
    const reloadAll = async (): Promise<void> => {
      policyStore.reload();
      reload.startOrFollow();
      await door.reload();
    };
    const test = new SelfTest(guard, pool);
    const selfTest = async (): Promise<string> => {
      await test.run();
      const down = health().checks.filter(({ status }) => status === 'DOWN');
      const coming = keyring.coming === 0 ? '' : `, ${keyring.coming} still to open`;
      return `${keyring.size} keys${coming}; ${down.map(({ id }) => id).join(', ') || 'all checks'} ${down.length === 0 ? 'up' : 'DOWN'}`;
    };
    const failed = Promise.race([guard.poisoned, pool.failed]);
    return { ports, loaded, failed, reload: reloadAll, selfTest, stop: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Often enough that a key is let go soon after the epoch that it had to wait for. */
const quarterEpochMs = (spec: ChainSpec): number => (spec.slotDurationMs * Number(spec.slotsPerEpoch)) / 4;
