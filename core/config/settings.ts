import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseUint64 } from '../uint64.ts';
import { parseRoot, type Root } from '../units.ts';
import { GATED_TYPES, type GatedType } from './gated-types.ts';
import { GUARD_SETTINGS, type GuardSettings } from './guard-settings.ts';
import { KEY_SETTINGS, type KeySettings } from './key-settings.ts';
import { LISTENER_SETTINGS, type ListenerSettings } from './listener-settings.ts';
import { MONITOR_SETTINGS, type MonitorSettings } from './monitor-settings.ts';
import type { SettingsTable } from './setting.ts';
import { httpUrls, listed, oneOf, path, text } from './setting-values.ts';

/**
 * Every setting of Vigil, once: the same name is the flag (`--http-port`), the key in the configuration file
 * (`http-port:`) and, in capitals, the environment variable (`VIGIL_HTTP_PORT`).
 */
export interface Settings extends ListenerSettings, GuardSettings, KeySettings, MonitorSettings {
  readonly 'data-dir': string;
  readonly 'network': string;
  readonly 'genesis-validators-root': Root | null;
  readonly 'genesis-time': bigint | null;
  readonly 'beacon-node': readonly string[];
  /** Types that are refused unless they are allowed. */
  readonly 'allow': readonly GatedType[];
  readonly 'policy-file': string | null;
  readonly 'log-level': 'error' | 'warn' | 'info' | 'debug' | 'silent';
}

export type SettingName = keyof Settings;

/** Where the data is when nothing is said: the user's own data folder. */
function defaultDataDir(): string {
  const home = process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share');
  return join(home, 'vigil');
}

export const SETTINGS: SettingsTable<Settings> = {
  'data-dir': {
    summary: 'folder of keys, slashing database and API token',
    placeholder: 'DIR',
    fallback: defaultDataDir(),
    parse: path,
  },
  'network': {
    summary: 'mainnet, sepolia, hoodi, ephemery, gnosis, chiado, or the path of a config.yaml',
    placeholder: 'NAME|FILE',
    fallback: 'mainnet',
    parse: text,
  },
  'genesis-validators-root': {
    summary: 'genesis validators root of a network that is not built in',
    placeholder: 'HEX',
    fallback: null,
    parse: (value) => parseRoot(value, 'the root'),
  },
  'genesis-time': {
    summary: 'genesis time of a network that is not built in, Unix seconds',
    placeholder: 'SECONDS',
    fallback: null,
    parse: (value) => parseUint64(value, 'the time'),
  },
  'beacon-node': {
    summary:
      'Beacon API of a node to compare clock and network with, or to read the network from; may be repeated',
    placeholder: 'URL',
    fallback: [],
    parse: httpUrls,
    list: true,
  },
  ...LISTENER_SETTINGS,
  ...GUARD_SETTINGS,
  ...KEY_SETTINGS,
  'allow': {
    summary: `type that is signed although it is no duty: ${GATED_TYPES.join(', ')}; may be repeated`,
    placeholder: 'TYPE',
    fallback: [],
    parse: (value) => listed(value).map(oneOf(...GATED_TYPES)),
    list: true,
  },
  'policy-file': {
    summary: 'YAML file of what may be signed for which key; read again on SIGHUP',
    placeholder: 'FILE',
    fallback: null,
    parse: path,
  },
  'log-level': {
    summary: 'error, warn, info, debug or silent',
    placeholder: 'LEVEL',
    fallback: 'info',
    parse: oneOf('error', 'warn', 'info', 'debug', 'silent'),
  },
  ...MONITOR_SETTINGS,
};

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

export const environmentName = (name: SettingName): string =>
  `VIGIL_${name.toUpperCase().replaceAll('-', '_')}`;
