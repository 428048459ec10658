import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { BeaconNodes, configSpec, createBeaconMetrics } from '../../beacon/index.ts';
import type { ConfigValues } from '../../core/chain/config-values.ts';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import { startMonitorHttp } from '../http/index.ts';
import { createMonitorMetrics } from '../metrics/index.ts';
import { engineParts } from './engine-parts.ts';
import { Monitor } from './monitor.ts';
import type { MonitorOptions, RunningMonitor } from './monitor-options.ts';

/**
 * Starts the monitor: node, database, watch list, then rounds for as long as it lasts. Before a node is a source of
 * truth there is nothing to start with, so that is waited for.
 */
export async function startMonitor(options: MonitorOptions): Promise<RunningMonitor> {
  const { spec, log, time = Date.now } = options;
  const closers: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const each of closers.reverse()) await each();
  };
  try {
    await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
    const clock = new SlotClock(spec, time);
    const registry = new Registry();
    collectDefaultMetrics({ register: registry, prefix: 'vigil_' });
    const metrics = createBeaconMetrics(registry);
    const nodes = new BeaconNodes({ urls: options.beaconNodes }, { spec, clock, log, metrics });
    closers.push(() => nodes.stop());
    await nodes.start();
    const values = await untilAnswered(nodes, options);
    const parts = engineParts({ ...options, nodes, values });
    const { store } = parts;
    closers.push(() => store.close());
    const duties = createMonitorMetrics(registry, {
      perValidatorLimit: options.perValidatorMetrics,
      statusOf: (index) => store.statusOf(index),
      nowMs: time,
      unresolvedBlocks: () => store.query.unresolvedPayments(),
      feeRecipients: options.feeRecipients ?? [],
    });
    const monitor = new Monitor(options, { ...parts, clock, metrics: duties });
    closers.push(() => monitor.stop());
    await monitor.start();
    const { dataDir, host, port: wanted } = options;
    const http = await startMonitorHttp({
      ...{ dataDir, host, port: wanted, registry, log, metrics: duties, hostAllowlist: [host] },
      view: { state: () => monitor.state(), store, nowMs: time },
    });
    closers.push(() => http.close());
    const { port } = http;
    log.info(
      { network: spec.name, watched: monitor.state().watched.length, host, port },
      'the monitor watches',
    );
    return { port, reload: () => monitor.reload(), alive: () => monitor.alive(), stop: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The constants of the network, from the first node that is a source of truth. */
async function untilAnswered(
  nodes: BeaconNodes,
  { log, spec, signal, onWaiting = () => undefined }: MonitorOptions,
): Promise<ConfigValues> {
  // It may be waited for long; what is in the way is said when it changes.
  let said = '';
  for (;;) {
    try {
      return (await nodes.ask(configSpec(), signal)).data;
    } catch (error) {
      signal?.throwIfAborted();
      const { message } = error as Error;
      if (message !== said) log.warn(message);
      said = message;
      onWaiting();
      // Whoever gives the start up hears the reason, not that a timer was stopped.
      await delay(spec.slotDurationMs, undefined, signal === undefined ? {} : { signal }).catch(
        () => undefined,
      );
      signal?.throwIfAborted();
    }
  }
}
