import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ALERTS, renderAlertmanager } from '../../monitor/alerting/index.ts';
import { tool } from './tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigil-alertmanager-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'alertmanager.yml');
writeFileSync(file, renderAlertmanager());

test('amtool takes the example', async () => {
  expect(await tool('amtool', 'check-config', file)).toContain('SUCCESS');
});

const RECEIVER = { critical: 'pager', warning: 'team', info: 'quiet', none: 'dead-mans-switch' };

test.each(Object.entries(RECEIVER))('alerts of severity %s go to %s', async (severity, receiver) => {
  const of = ALERTS.filter((alert) => alert.severity === severity);
  expect(of).not.toEqual([]);
  const [{ alert, area } = of[0]!] = of;
  const labels = [`alertname=${alert}`, `severity=${severity}`, `area=${area}`, 'group=home'];
  const told = await tool('amtool', 'config', 'routes', 'test', `--config.file=${file}`, ...labels);
  expect(told.trim()).toBe(receiver);
});

test('what others alert about goes to the team', async () => {
  const told = await tool(
    'amtool',
    'config',
    'routes',
    'test',
    `--config.file=${file}`,
    'alertname=DiskFull',
  );
  expect(told.trim()).toBe('team');
});
