import { Option } from 'commander';
import { MONITOR_SETTINGS } from '../../core/config/monitor-settings.ts';
import { environmentName, SETTINGS, type SettingName } from '../../core/config/settings.ts';

/** Settings that every verb takes. */
export const GLOBAL_SETTINGS: readonly SettingName[] = [
  'data-dir',
  'network',
  'genesis-validators-root',
  'genesis-time',
  'beacon-node',
  'anchor',
  'slashing-db',
  'slashing-db-password-file',
  'instance',
  'log-level',
];

/** What the signer takes, and `config check`, which has to be able to check every one of its command lines. */
export const SIGNER_SETTINGS: readonly SettingName[] = [
  'http-host',
  'http-port',
  'http-host-allowlist',
  'admin-host',
  'admin-port',
  'access-file',
  'rate-limit',
  'tls-cert',
  'tls-key',
  'tls-client-ca',
  'tls-client-auth',
  'metrics-host',
  'metrics-port',
  'on-missing-history',
  'boot-floor',
  'clock-tolerance',
  'history-max-records',
  'doppelganger-epochs',
  'metrics-names',
  'key-cache',
  'key-sources',
  'watch-keys',
  'commit-boost',
  'proxy-keystores',
  'allow',
  'policy-file',
];

/** What the monitor takes, and `config check` too. */
export const MONITOR_FLAGS = Object.keys(MONITOR_SETTINGS) as readonly SettingName[];

export function globalOptions(): Option[] {
  return [
    ...GLOBAL_SETTINGS.map(settingOption),
    new Option('--config <FILE>', 'configuration file (default: vigil.yaml in the data directory)'),
    new Option('--json', 'machine-readable output'),
  ];
}

/** The flag of a setting. Its default is not commander's: the environment and the file come in between. */
export function settingOption(name: SettingName): Option {
  const { summary, placeholder, fallback, list } = SETTINGS[name];
  const shown =
    fallback === null || (Array.isArray(fallback) && fallback.length === 0)
      ? ''
      : ` (default: ${String(fallback)})`;
  const option = new Option(
    `--${name} <${placeholder}>`,
    `${summary}${shown} [env: ${environmentName(name)}]`,
  );
  if (list === true)
    option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  return option;
}
