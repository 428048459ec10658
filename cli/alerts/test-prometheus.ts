import { z } from 'zod';
import type { NodeAddress } from '../../beacon/index.ts';
import { ALERTS } from '../../monitor/alerting/index.ts';
import { askAlerting, type Station } from './alerting-api.ts';

const rules = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            name: z.string(),
            health: z.string(),
            lastError: z.string().optional(),
            state: z.string().optional(),
          }),
        ),
      }),
    ),
  }),
});
const targets = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({
        labels: z.record(z.string(), z.string()),
        health: z.string(),
        lastError: z.string(),
        scrapeUrl: z.string(),
      }),
    ),
  }),
});
const alertmanagers = z.object({
  data: z.object({ activeAlertmanagers: z.array(z.object({ url: z.string() })) }),
});

const OURS: ReadonlySet<string> = new Set(ALERTS.map(({ alert }) => alert));

/** Whether Prometheus has the rules, reaches the daemons and knows an Alertmanager. @throws ALERTING_NOT_REACHED */
export async function testPrometheus(address: NodeAddress): Promise<Station[]> {
  const { groups } = (await askAlerting(address, '/api/v1/rules?type=alert', rules)).data;
  const ours = groups.flatMap((group) => group.rules).filter(({ name }) => OURS.has(name));
  const broken = ours.filter(({ health }) => health === 'err');
  const watchdog = ours.find(({ name }) => name === 'VigilWatchdog');
  const { activeTargets } = (await askAlerting(address, '/api/v1/targets?state=active', targets)).data;
  const daemons = activeTargets.filter(({ labels }) => /^vigil-(monitor|signer)$/.test(labels['job'] ?? ''));
  const { activeAlertmanagers } = (await askAlerting(address, '/api/v1/alertmanagers', alertmanagers)).data;
  return [
    {
      station: 'rules loaded',
      ok: ours.length > 0 && broken.length === 0,
      found:
        broken.length === 0
          ? `${ours.length} alerts of Vigil`
          : broken.map(({ name, lastError }) => `${name}: ${lastError ?? 'fails'}`).join('; '),
    },
    {
      station: 'rules evaluated',
      ok: watchdog?.state === 'firing',
      found: `VigilWatchdog is ${watchdog?.state ?? 'not there'}`,
    },
    ...targetStations(daemons),
    {
      station: 'Alertmanager known',
      ok: activeAlertmanagers.length > 0,
      found: activeAlertmanagers.map(({ url }) => new URL(url).origin).join(', ') || 'none',
    },
  ];
}

function targetStations(
  found: readonly { labels: Record<string, string>; health: string; lastError: string; scrapeUrl: string }[],
): Station[] {
  if (found.length === 0) {
    return [
      { station: 'daemons scraped', ok: false, found: 'no target of job vigil-monitor or vigil-signer' },
    ];
  }
  return found.map(({ labels, health, lastError, scrapeUrl }) => ({
    station: `${labels['job']} scraped`,
    ok: health === 'up',
    found: `${labels['instance'] ?? scrapeUrl} is ${health}${lastError === '' ? '' : `: ${lastError}`}`,
  }));
}
