import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveSettings } from '../../../core/config/resolve-settings.ts';
import { environmentName, SETTING_NAMES, type SettingName } from '../../../core/config/settings.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'vigil-environment-'));
const resolve = (environment: Record<string, string>) =>
  resolveSettings({ flags: { 'data-dir': dataDir }, environment }).settings;

test.each([
  ['VIGIL_HTPP_PORT', 'did you mean VIGIL_HTTP_PORT?'],
  ['VIGIL_NETWROK', 'did you mean VIGIL_NETWORK?'],
  ['VIGIL_BEACON_NODES', 'did you mean VIGIL_BEACON_NODE?'],
  ['VIGIL_HTTP-PORT', 'did you mean VIGIL_HTTP_PORT?'],
  ['VIGIL_', ''],
  ['VIGIL_FROBNICATE_EVERYTHING', ''],
  // What Kubernetes sets is a URL; this is somebody who meant the port of the signer.
  ['VIGIL_PORT', ''],
])('%s is refused by name', (name, suggestion) => {
  expect(() => resolve({ [name]: '9100' })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', exitCode: 2 }),
  );
  expect(() => resolve({ [name]: '9100' })).toThrow(`${name} is not a setting`);
  expect(() => resolve({ [name]: '9100' })).toThrow(suggestion);
});

test('a variable of the launcher is never suggested', () => {
  expect(() => resolve({ VIGIL_LAUNCHER_PIDS: '1' })).toThrow(/is not a setting$/);
});

const VALUES: Partial<Record<SettingName, string>> = {
  'data-dir': dataDir,
  'network': 'hoodi',
  'genesis-validators-root': `0x${'12'.repeat(32)}`,
  'http-host': 'localhost',
  'http-host-allowlist': 'signer.lan,*',
  'metrics-host': 'localhost',
  'beacon-node': 'http://127.0.0.1:5052',
  'on-missing-history': 'refuse',
  'anchor': '/a,/b',
  'slashing-db': 'postgresql://vigil@db.example/vigil',
  'tls-client-auth': 'optional',
  'boot-floor': 'always',
  'history-max-records': '1000',
  'metrics-names': 'web3signer',
  'commit-boost': 'on',
  'proxy-keystores': '/proxies',
  'key-cache': 'off',
  'watch-keys': 'off',
  'allow': 'DEPOSIT,VOLUNTARY_EXIT',
  'policy-file': '/etc/vigil/policy.yaml',
  'log-level': 'warn',
  'monitor-host': 'localhost',
  'watch': '5,100-199',
  'watch-file': '/etc/vigil/monitor.yaml',
  'ledger-day': 'Europe/Berlin',
  'signer-url': 'https://signer.lan:9000',
  'signer-token-file': '/etc/vigil/token',
  'execution-node': 'http://127.0.0.1:8545',
  'relay': 'https://relay.example',
  'fee-recipient': `0x${'ab'.repeat(20)}`,
  'monitor-db': '/var/lib/vigil/monitor.sqlite',
};

test.each(SETTING_NAMES)('the variable of %s is read', (name) => {
  const environment = { [environmentName(name)]: VALUES[name] ?? '7' };
  expect(resolveSettings({ flags: {}, environment }).sources[name]).toBe('environment');
});

test('variables of other programs, of the launcher and of Kubernetes are left alone', () => {
  const settings = resolve({
    VIGILANT: '1',
    vigil_http_port: '1',
    VIGIL_LAUNCHER_PID: '1',
    VIGIL_SERVICE_HOST: '10.0.0.1',
    VIGIL_SERVICE_PORT: '9000',
    VIGIL_SERVICE_PORT_HTTP: '9000',
    VIGIL_PORT: 'tcp://10.0.0.1:9000',
    VIGIL_PORT_9000_TCP: 'tcp://10.0.0.1:9000',
    VIGIL_PORT_9000_TCP_ADDR: '10.0.0.1',
    VIGIL_MONITOR_SERVICE_HOST: '10.0.0.2',
    VIGIL_MONITOR_PORT: 'tcp://10.0.0.2:9000',
  });
  expect([settings['http-port'], settings['monitor-port']]).toEqual([9000, 9010]);
});
