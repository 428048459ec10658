import { parseUint64 } from '../uint64.ts';
import { GATED_TYPES, type GatedType } from './gated-types.ts';
import { MONITOR_SETTINGS, type MonitorSettings } from './monitor-settings.ts';
import { parseRoot, type Root } from '../units.ts';
import {
  atLeast,
  atMost,
  beaconNodes,
  databaseUrl,
  instanceName,
  listed,
  oneOf,
  path,
  port,
  text,
} from './setting-values.ts';
import type { ClientAuth } from './tls-settings.ts';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Every setting of Vigil, once: the same name is the flag (`--http-port`), the key in the configuration file
 * (`http-port:`) and, in capitals, the environment variable (`VIGIL_HTTP_PORT`).
 */
export interface Settings extends MonitorSettings {
  readonly 'data-dir': string;
  readonly 'network': string;
  readonly 'genesis-validators-root': Root | null;
  readonly 'genesis-time': bigint | null;
  readonly 'http-host': string;
  readonly 'http-port': number;
  readonly 'http-host-allowlist': readonly string[];
  readonly 'admin-host': string;
  /** Null: the keymanager and admin API are on the HTTP port. */
  readonly 'admin-port': number | null;
  readonly 'access-file': string | null;
  readonly 'rate-limit': bigint | null;
  readonly 'tls-cert': string | null;
  readonly 'tls-key': string | null;
  readonly 'tls-client-ca': string | null;
  /** Null: required with a client CA, none without. */
  readonly 'tls-client-auth': ClientAuth | null;
  readonly 'metrics-host': string;
  /** Null: the port after the HTTP port, or any free one when that is 0. */
  readonly 'metrics-port': number | null;
  readonly 'beacon-node': readonly string[];
  readonly 'on-missing-history': 'floor' | 'refuse' | 'trust';
  /** Null: a file in the data directory. */
  readonly 'slashing-db': string | null;
  readonly 'slashing-db-password-file': string | null;
  /** Null: by host and data directory. */
  readonly 'instance': string | null;
  readonly 'anchor': readonly string[];
  readonly 'boot-floor': 'auto' | 'always' | 'never';
  readonly 'clock-tolerance': bigint;
  readonly 'history-max-records': bigint;
  readonly 'doppelganger-epochs': bigint;
  readonly 'key-cache': 'off' | 'on';
  readonly 'key-sources': string | null;
  readonly 'watch-keys': 'off' | 'on';
  readonly 'commit-boost': 'off' | 'on';
  /** Null: `proxy-keys` in the data directory. */
  readonly 'proxy-keystores': string | null;
  /** Types that are refused unless they are allowed. */
  readonly 'allow': readonly GatedType[];
  readonly 'policy-file': string | null;
  readonly 'metrics-names': 'vigil' | 'web3signer';
  readonly 'log-level': 'error' | 'warn' | 'info' | 'debug' | 'silent';
}

export type SettingName = keyof Settings;

export interface Setting<Value> {
  readonly summary: string;
  /** How the value is written in `--help`. */
  readonly placeholder: string;
  readonly fallback: Value;
  /** @throws CONFIG_INVALID with what is wrong; the setting's name is put in front by the caller */
  readonly parse: (text: string) => Value;
  /** Given several times, as a YAML list, or separated by commas in the environment. */
  readonly list?: true;
}

/** Where the data is when nothing is said: the user's own data folder. */
function defaultDataDir(): string {
  const home = process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share');
  return join(home, 'vigil');
}

export const SETTINGS: { readonly [Name in SettingName]: Setting<Settings[Name]> } = {
  'data-dir': {
    summary: 'folder of keys, slashing database and API token',
    placeholder: 'DIR',
    fallback: defaultDataDir(),
    parse: (value) => resolve(text(value)),
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
  'http-host': {
    summary: 'address that the signing API listens on',
    placeholder: 'HOST',
    fallback: '127.0.0.1',
    parse: text,
  },
  'http-port': {
    summary: 'port of the signing API; 0 takes any free one',
    placeholder: 'N',
    fallback: 9000,
    parse: port,
  },
  'http-host-allowlist': {
    summary: 'further host name that the signing API answers to; may be repeated; * for any',
    placeholder: 'HOST',
    fallback: [],
    parse: listed,
    list: true,
  },
  'admin-host': {
    summary: 'address that the keymanager and admin API listen on when they have a port of their own',
    placeholder: 'HOST',
    fallback: '127.0.0.1',
    parse: text,
  },
  'admin-port': {
    summary:
      'port of the keymanager and admin API, which are then only there; 0 takes any free one; without it they are on the HTTP port',
    placeholder: 'N',
    fallback: null,
    parse: port,
  },
  'access-file': {
    summary:
      'which clients may do what (docs/access.md); without it whoever reaches the signing port may sign with every key',
    placeholder: 'FILE',
    fallback: null,
    parse: path,
  },
  'rate-limit': {
    summary:
      'requests per second that one address may send, unless it has credentials; clients of the access file have limits there',
    placeholder: 'N',
    fallback: null,
    parse: (value) => atMost(1_000_000n, atLeast(1n, parseUint64(value, 'the number'))),
  },
  'tls-cert': {
    summary: 'PEM certificate chain for TLS on the signing and admin listeners',
    placeholder: 'FILE',
    fallback: null,
    parse: path,
  },
  'tls-key': {
    summary: 'PEM key of tls-cert, without password, mode 0600',
    placeholder: 'FILE',
    fallback: null,
    parse: path,
  },
  'tls-client-ca': {
    summary: 'PEM certificates of the authorities that vouch for clients',
    placeholder: 'FILE',
    fallback: null,
    parse: path,
  },
  'tls-client-auth': {
    summary: 'client certificates: none, optional or required; required when tls-client-ca is given',
    placeholder: 'none|optional|required',
    fallback: null,
    parse: oneOf('none', 'optional', 'required'),
  },
  'metrics-host': {
    summary: 'address that /metrics listens on',
    placeholder: 'HOST',
    fallback: '127.0.0.1',
    parse: text,
  },
  'metrics-port': {
    summary: 'port of /metrics; 0 takes any free one; without it the port after the HTTP port',
    placeholder: 'N',
    fallback: null,
    parse: port,
  },
  'beacon-node': {
    summary:
      'Beacon API of a node to compare clock and network with, or to read the network from; may be repeated',
    placeholder: 'URL',
    fallback: [],
    parse: beaconNodes,
    list: true,
  },
  'on-missing-history': {
    summary:
      'a key without history: floor = start at the current epoch, refuse = want an import, trust = start from zero',
    placeholder: 'floor|refuse|trust',
    fallback: 'floor',
    parse: oneOf('floor', 'refuse', 'trust'),
  },
  'slashing-db': {
    summary:
      'PostgreSQL database that several signers share (docs/high-availability.md); without it a file in the data directory',
    placeholder: 'URL',
    fallback: null,
    parse: databaseUrl,
  },
  'slashing-db-password-file': {
    summary: 'file with the password of slashing-db; without it PGPASSFILE is asked',
    placeholder: 'FILE',
    fallback: null,
    parse: path,
  },
  'instance': {
    summary:
      'name of this signer among those that share slashing-db; without it one made of host name and data directory',
    placeholder: 'NAME',
    fallback: null,
    parse: instanceName,
  },
  'anchor': {
    summary: 'further file that tells when the slashing database went back in time; may be repeated',
    placeholder: 'FILE',
    fallback: [],
    parse: (value) => listed(value).map((path) => resolve(path)),
    list: true,
  },
  'boot-floor': {
    summary: 'raise all keys to the present at start: auto = when history is in doubt, always, or never',
    placeholder: 'auto|always|never',
    fallback: 'auto',
    parse: oneOf('auto', 'always', 'never'),
  },
  'clock-tolerance': {
    summary: 'slots that a client may be ahead of the clock of the signer, at most 32',
    placeholder: 'SLOTS',
    fallback: 1n,
    parse: (value) => atMost(32n, parseUint64(value, 'the tolerance')),
  },
  'history-max-records': {
    summary: 'records kept of what was signed and refused, about 200 bytes each; the oldest go first',
    placeholder: 'N',
    fallback: 5_000_000n,
    parse: (value) => atLeast(1000n, parseUint64(value, 'the number')),
  },
  'doppelganger-epochs': {
    summary:
      'epochs that keys are silent at start while beacon nodes watch for a second signer; 0 turns it off',
    placeholder: 'N',
    fallback: 2n,
    parse: (value) => atMost(16n, parseUint64(value, 'the number')),
  },
  'key-cache': {
    summary:
      'on = keep opened keys sealed under their passwords, so that the next start is fast (docs/keys.md)',
    placeholder: 'off|on',
    fallback: 'on',
    parse: oneOf('off', 'on'),
  },
  'key-sources': {
    summary:
      "YAML file of places outside of the data directory that keys are read from: other clients' folders, vaults (docs/keys.md)",
    placeholder: 'FILE',
    fallback: null,
    parse: path,
  },
  'watch-keys': {
    summary: 'on = keystores that come and go are noticed within seconds; off = at a reload',
    placeholder: 'off|on',
    fallback: 'off',
    parse: oneOf('off', 'on'),
  },
  'commit-boost': {
    summary: "on = answer Commit-Boost's signer API under /signer/v1, behind the API token",
    placeholder: 'off|on',
    fallback: 'off',
    parse: oneOf('off', 'on'),
  },
  'proxy-keystores': {
    summary: 'folder of the proxy keys of Commit-Boost; without it proxy-keys in the data directory',
    placeholder: 'DIR',
    fallback: null,
    parse: (value) => resolve(text(value)),
  },
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
    parse: (value) => resolve(text(value)),
  },
  'metrics-names': {
    summary:
      'web3signer = give the metrics that Web3Signer has under its names too, for dashboards made for it',
    placeholder: 'vigil|web3signer',
    fallback: 'vigil',
    parse: oneOf('vigil', 'web3signer'),
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
