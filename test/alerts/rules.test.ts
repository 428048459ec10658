import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import {
  ALERTS,
  DAEMONS,
  EpochTime,
  installSet,
  MAINNET_TIME,
  RULES_FILE,
} from '../../monitor/alerting/index.ts';
import { CASES } from './cases/index.ts';
import { promtoolTest, ruleAlone, RUNBOOKS } from './promtool-test.ts';
import { tool } from './tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigil-alerts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NETWORKS = {
  mainnet: MAINNET_TIME,
  gnosis: new EpochTime({ slotDurationMs: 5000, slotsPerEpoch: 16n }),
  devnet: new EpochTime({ slotDurationMs: 500, slotsPerEpoch: 8n }),
};

function install(network: keyof typeof NETWORKS, daemons: readonly (typeof DAEMONS)[number][]) {
  const into = mkdtempSync(join(folder, `${network}-`));
  const files = installSet({ time: NETWORKS[network], network, daemons, runbooks: RUNBOOKS });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(into, name), text);
  return { into, rules: join(into, RULES_FILE) };
}

test.each([
  ...Object.keys(NETWORKS).map((network) => [network, DAEMONS] as const),
  ['mainnet', ['monitor']] as const,
  ['mainnet', ['signer']] as const,
])('promtool takes the rules and the example for %s of %s', async (network, daemons) => {
  const { into, rules } = install(network as keyof typeof NETWORKS, daemons);
  expect(await tool('promtool', 'check', 'rules', rules)).toContain('SUCCESS');
  expect(await tool('promtool', 'check', 'config', join(into, 'prometheus.example.yml'))).toContain(
    'SUCCESS',
  );
});

test('every alert has a scene in which it fires and one in which it does not', () => {
  expect(Object.keys(CASES).toSorted()).toEqual(ALERTS.map(({ alert }) => alert).toSorted());
  for (const [alert, scenes] of Object.entries(CASES)) {
    const quiet = scenes.filter((scene) => 'quiet' in scene).length;
    expect([scenes.length > quiet, quiet > 0], alert).toEqual([true, alert !== 'VigilWatchdog']);
  }
});

describe('promtool runs the rules over made-up series', () => {
  const { into, rules } = install('mainnet', DAEMONS);
  it.each(ALERTS)('$alert', async (rule) => {
    const [alone, file] = [join(into, `${rule.alert}.yml`), join(into, `${rule.alert}.test.yml`)];
    writeFileSync(alone, ruleAlone(readFileSync(rules, 'utf8'), rule.alert));
    writeFileSync(file, promtoolTest(rule, CASES[rule.alert]!, alone, MAINNET_TIME));
    expect(await tool('promtool', 'test', 'rules', file)).toContain('SUCCESS');
  });
});
