import type { SettingsTable } from './setting.ts';
import { between, listed, oneOf, path, port, text } from './setting-values.ts';
import type { ClientAuth } from './tls-settings.ts';

/** Where Vigil listens, and whom it lets in. */
export interface ListenerSettings {
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
  readonly 'metrics-names': 'vigil' | 'web3signer';
}

export const LISTENER_SETTINGS: SettingsTable<ListenerSettings> = {
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
    parse: between(1n, 1_000_000n),
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
  'metrics-names': {
    summary:
      'web3signer = give the metrics that Web3Signer has under its names too, for dashboards made for it',
    placeholder: 'vigil|web3signer',
    fallback: 'vigil',
    parse: oneOf('vigil', 'web3signer'),
  },
};
