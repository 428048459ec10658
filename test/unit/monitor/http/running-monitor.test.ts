import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { monitorApiDocument } from '../../../../monitor/http/index.ts';
import { judgeOf } from '../../../support/openapi-validation.ts';
import { createSimulation } from '../../devnet/minimal-chain.ts';

const { DevnetBeaconNode } = await import('../../../../devnet/api/beacon-node.ts');
const { startMonitor } = await import('../../../../monitor/daemon/start-monitor.ts');

const document = monitorApiDocument();
const judge = judgeOf(document, true);

/** The daemon over a simulated chain, until it has written down its first epochs. */
async function runningMonitor() {
  const sim = createSimulation({ preset: 'minimal', validators: 32, seed: 'http', signatures: 'none' });
  sim.runEpochs(7);
  const node = new DevnetBeaconNode(sim);
  onTestFinished(() => node.close());
  const beaconNode = await node.listen();
  const dataDir = mkdtempSync(join(tmpdir(), 'vigil-running-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const monitor = await startMonitor({
    ...{ spec: sim.context.spec, beaconNodes: [beaconNode], dataDir, time: sim.clock.nowMs },
    watch: { words: ['0', '1', '2', '3'], file: null },
    databasePath: join(dataDir, 'monitor.sqlite'),
    ledgerDay: 'utc',
    retention: { keepDetailEpochs: 1000n, keepDays: 100n },
    ...{ signers: [], executionNodes: [], relays: [], host: '127.0.0.1', port: 0, perValidatorMetrics: 4 },
    log: pino({ level: 'silent' }),
  });
  onTestFinished(() => monitor.stop());
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${monitor.port}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  const json = async (path: string) => JSON.parse((await ask(path)).text) as Record<string, unknown>;
  await vi.waitUntil(
    async () => {
      const { finalizedEpoch, lastFinalEpoch, head } = await json('/api/v1/status');
      return (
        head !== null && lastFinalEpoch !== null && Number(lastFinalEpoch) + 2 === Number(finalizedEpoch)
      );
    },
    { timeout: 30_000 },
  );
  return { sim, dataDir, ask, json };
}

test('a running monitor is healthy and answers as documented', async () => {
  const { ask, json, dataDir } = await runningMonitor();
  expect(await ask('/healthz')).toMatchObject({ status: 200 });
  expect(JSON.parse(readFileSync(join(dataDir, 'monitor.ports'), 'utf8'))).toMatchObject({
    host: '127.0.0.1',
  });
  for (const [path, { get }] of Object.entries(document.paths)) {
    if (path === '/metrics') continue;
    const { status, text } = await ask(path.replace('{validator}', '2'));
    const { responses } = get as unknown as {
      responses: Record<string, { content: Record<string, { schema: unknown }> }>;
    };
    const { schema } = responses['200']!.content['application/json']!;
    expect([path, status, judge.problem(schema, JSON.parse(text))]).toEqual([path, 200, null]);
  }
  const { rows } = (await json('/api/v1/validators')) as { rows: object[] };
  expect(rows).toHaveLength(4);
  for (const row of rows) expect(row).toMatchObject({ status: 'active_ongoing', missedInRow: 0 });
  const { groups } = (await json('/api/v1/overview')) as { groups: object[] };
  expect(groups).toMatchObject([{ group: 'default', active: 4, comparison: 'well', effectiveness: 1 }]);
});

test('its metrics are those of the chain', async () => {
  const { ask, json } = await runningMonitor();
  const { text } = await ask('/metrics');
  const value = (series: string): number => {
    const line = text.split('\n').find((each) => each.startsWith(`${series} `));
    if (line === undefined) throw new Error(`${series} is not there`);
    return Number(line.slice(series.length + 1));
  };
  const { rows } = (await json('/api/v1/attestations')) as { rows: { results: Record<string, string> }[] };
  const perfect = value('vigil_monitor_attestations_total{group="default",result="perfect"}');
  expect(perfect).toBeGreaterThan(0);
  expect(perfect).toBe(Number(rows[0]!.results['perfect']));
  expect(value('vigil_monitor_attestations_total{group="default",result="missed"}')).toBe(0);
  expect(value('vigil_monitor_residual_gwei_total{group="default"}')).toBe(0);
  expect(value('vigil_monitor_rewards_gwei_total{group="default",kind="attestation"}')).toBeGreaterThan(0);
  expect(value('vigil_monitor_validators{group="default",status="active_ongoing"}')).toBe(4);
  expect(value('vigil_monitor_head_attestation_missed_ratio{group="default"}')).toBe(0);
  expect(value('vigil_monitor_healthy')).toBe(1);
  expect(value('vigil_monitor_validator_missing_in_row{index="3",group="default"}')).toBe(0);
  expect(text).toContain('vigil_process_resident_memory_bytes');
});
