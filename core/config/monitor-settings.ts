import type { SettingsTable } from './setting.ts';
import { addresses, between, httpUrls, invalid, listed, path, port, text } from './setting-values.ts';

/** What the monitor takes beside what all of Vigil does. */
export interface MonitorSettings {
  readonly 'monitor-host': string;
  readonly 'monitor-port': number;
  readonly 'watch': readonly string[];
  /** Null: `monitor.yaml` in the data directory if it is there. */
  readonly 'watch-file': string | null;
  /** `utc`, the name of a time zone, or `epochs:N`. */
  readonly 'ledger-day': string;
  /** Empty: the signer on the same data directory, if there is one. */
  readonly 'signer-url': readonly string[];
  /** One for all signers or one for each, in their order; empty, without signer-url: `api-token.txt` of the data directory. */
  readonly 'signer-token-file': readonly string[];
  readonly 'execution-node': readonly string[];
  readonly 'relay': readonly string[];
  /** Lower case. */
  readonly 'fee-recipient': readonly string[];
  readonly 'per-validator-metrics': bigint;
  readonly 'keep-detail-epochs': bigint;
  readonly 'keep-days': bigint;
  /** Null: `monitor.sqlite` in the data directory. */
  readonly 'monitor-db': string | null;
}

function ledgerDay(value: string): string {
  if (value === 'utc') return value;
  const epochs = /^epochs:(.*)$/.exec(value)?.[1];
  if (epochs !== undefined) {
    between(1n, 1_000_000n)(epochs);
    return value;
  }
  try {
    // The list of time zones that there are is that of the runtime.
    new Intl.DateTimeFormat('en', { timeZone: value });
    return value;
  } catch (error) {
    const forms = 'must be utc, epochs:N, or a time zone such as Europe/Berlin';
    throw invalid(forms, error);
  }
}

export const MONITOR_SETTINGS: SettingsTable<MonitorSettings> = {
  'monitor-host': {
    summary: "address that the monitor's API and metrics listen on",
    placeholder: 'HOST',
    fallback: '127.0.0.1',
    parse: text,
  },
  'monitor-port': {
    summary: "port of the monitor's API; 0 takes any free one",
    placeholder: 'N',
    fallback: 9010,
    parse: port,
  },
  'watch': {
    summary:
      'validator to watch: pubkey, index, range 100-199, withdrawal address, file:PATH, keystores:DIR or signer:URL; may be repeated',
    placeholder: 'WHO',
    fallback: [],
    parse: listed,
    list: true,
  },
  'watch-file': {
    summary:
      'who is watched, with groups and labels; without it monitor.yaml in the data directory, if there is one',
    placeholder: 'FILE',
    fallback: null,
    parse: path,
  },
  'ledger-day': {
    summary:
      'what a day of the reward ledger is: utc, a time zone such as Europe/Berlin, or epochs:N from genesis on',
    placeholder: 'utc|ZONE|epochs:N',
    fallback: 'utc',
    parse: ledgerDay,
  },
  'signer-url': {
    summary:
      'signer that is asked whether it signed what is on chain; may be repeated; without it the one on the same data directory',
    placeholder: 'URL',
    fallback: [],
    parse: httpUrls,
    list: true,
  },
  'signer-token-file': {
    summary:
      'file with the token of a client that may do history-read and freeze: one for all of signer-url, or one for each in their order; of the signer on the same data directory it is api-token.txt',
    placeholder: 'FILE',
    fallback: [],
    parse: (value) => listed(value).map(path),
    list: true,
  },
  'execution-node': {
    summary: 'JSON-RPC of an execution node, for what blocks paid; may be repeated',
    placeholder: 'URL',
    fallback: [],
    parse: httpUrls,
    list: true,
  },
  'relay': {
    summary: 'relay that is asked what it delivered; may be repeated',
    placeholder: 'URL',
    fallback: [],
    parse: httpUrls,
    list: true,
  },
  'fee-recipient': {
    summary:
      'address that blocks of watched validators pay, besides the one their withdrawals go to; may be repeated',
    placeholder: 'ADDRESS',
    fallback: [],
    parse: addresses,
    list: true,
  },
  'per-validator-metrics': {
    summary: 'up to so many watched validators each has metrics of its own; 0 turns them off',
    placeholder: 'N',
    fallback: 64n,
    parse: between(0n, 10_000n),
  },
  'keep-detail-epochs': {
    summary: 'epochs for which single duties and events are kept; 20250 are 90 days on mainnet',
    placeholder: 'N',
    fallback: 20_250n,
    parse: between(2n, 10_000_000n),
  },
  'keep-days': {
    summary: 'days for which the reward ledger is kept',
    placeholder: 'N',
    fallback: 3660n,
    parse: between(1n, 100_000n),
  },
  'monitor-db': {
    summary: "the monitor's database; without it monitor.sqlite in the data directory",
    placeholder: 'FILE',
    fallback: null,
    parse: path,
  },
};
