import { z } from 'zod';
import type { NodeAddress } from '../../beacon/index.ts';
import type { Severity } from '../../monitor/alerting/index.ts';
import { askAlerting, type Station } from './alerting-api.ts';

/** Long enough for every `group_wait`; then the Alertmanager takes it for resolved by itself. */
const LASTS_MS = 5 * 60_000;

const alerts = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    receivers: z.array(z.object({ name: z.string() })),
    status: z.object({
      state: z.string(),
      silencedBy: z.array(z.string()),
      inhibitedBy: z.array(z.string()),
    }),
  }),
);

export interface TestAlert {
  readonly severity: Severity;
  readonly group: string;
  readonly nowMs: number;
}

/**
 * Sends an alert that is marked as a test and asks where it went.
 * @param watchdog whether that of Prometheus has to be there
 * @throws ALERTING_NOT_REACHED
 */
export async function testAlertmanager(
  address: NodeAddress,
  { severity, group, nowMs }: TestAlert,
  watchdog: boolean,
): Promise<Station[]> {
  const labels = {
    ...{ alertname: 'VigilTestAlert', severity, area: 'monitor', group },
    // Each test is an alert of its own; another one of today must not be the reason for hearing nothing.
    test: new Date(nowMs).toISOString(),
  };
  const alert = {
    labels,
    annotations: {
      summary: `Test of the way of alerts, severity ${severity}`,
      description: 'Sent by `vigil alerts test`. Nothing is wrong.',
    },
    startsAt: new Date(nowMs).toISOString(),
    endsAt: new Date(nowMs + LASTS_MS).toISOString(),
  };
  await askAlerting(address, '/api/v2/alerts', z.unknown(), [alert]);
  const found = await alertsNamed(address, 'VigilTestAlert');
  const taken = found.find((one) => one.labels['test'] === labels.test);
  const heartbeat = watchdog ? await alertsNamed(address, 'VigilWatchdog') : [];
  return [
    ...(watchdog
      ? [
          {
            station: 'heartbeat arrived',
            ok: heartbeat.length > 0,
            found: `VigilWatchdog is ${heartbeat.length > 0 ? '' : 'not '}at the Alertmanager`,
          },
        ]
      : []),
    { station: 'test alert taken', ok: taken !== undefined, found: taken?.status.state ?? 'it is not there' },
    ...(taken === undefined ? [] : [toldTo(taken)]),
  ];
}

function toldTo({ receivers, status }: z.infer<typeof alerts>[number]): Station {
  const names = receivers.map(({ name }) => name).join(', ');
  const held = [
    ...(status.silencedBy.length > 0 ? ['silenced'] : []),
    ...(status.inhibitedBy.length > 0 ? ['inhibited'] : []),
  ];
  return {
    station: 'test alert goes to',
    ok: receivers.length > 0 && held.length === 0,
    found: held.length === 0 ? names : `${names}, but it is ${held.join(' and ')}`,
  };
}

const alertsNamed = (address: NodeAddress, name: string): Promise<z.infer<typeof alerts>> =>
  askAlerting(address, `/api/v2/alerts?filter=${encodeURIComponent(`alertname="${name}"`)}`, alerts);
