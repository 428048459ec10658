import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { BeaconNodes } from '../../beacon/index.ts';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import { DevnetBeaconNode } from '../../devnet/api/beacon-node.ts';
import type { Simulation } from '../../devnet/simulation/simulation.ts';

export interface NodesOnDevnet {
  readonly nodes: BeaconNodes;
  /** In the order of preference. */
  readonly served: readonly DevnetBeaconNode[];
  /** Path and query of every request but the checks of the nodes' health, since it was last emptied. */
  readonly asked: string[];
}

/** Beacon nodes of one simulated chain over HTTP, and the monitor's own way of asking them, with one try each. */
export async function nodesOn(sim: Simulation, count = 1): Promise<NodesOnDevnet> {
  const asked: string[] = [];
  const served = Array.from({ length: count }, () => new DevnetBeaconNode(sim));
  for (const { server } of served) {
    // Of the socket itself, so that requests which a fault befalls are seen too.
    server.server.on('request', ({ url = '' }) => {
      if (!/\/node\/|\/config\/|\/beacon\/genesis/.test(url)) asked.push(url);
    });
  }
  const urls = await Promise.all(served.map((node) => node.listen()));
  const nodes = new BeaconNodes(
    { urls, client: { timeoutMs: 5000, retry: { attempts: 1, baseMs: 1, maxMs: 1 } } },
    {
      ...{ spec: sim.context.spec, clock: new SlotClock(sim.context.spec, sim.clock.nowMs) },
      log: pino({ level: 'silent' }),
    },
  );
  onTestFinished(async () => {
    nodes.stop();
    await Promise.all(served.map((node) => node.close()));
  });
  return { nodes, served, asked };
}
