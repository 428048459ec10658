import { isIP } from 'node:net';
import { byHand, listed, none, same, whenOn, type OptionRule } from '../becomes.ts';

const THREADS = none('requests do not wait for a pool of worker threads');
const LOADING = none('keystores are opened on all cores, as far as memory allows, without settings');
const NO_PUSH = none('belongs to metrics-push-enabled');

/** Listeners, logs and metrics. */
export const SERVER_OPTIONS: Readonly<Record<string, OptionRule>> = {
  'config-file': none('Vigil reads vigil.yaml in its data directory, or what --config names'),
  'data-path': none('the ports in use are in vigil.ports in the data directory'),
  'http-listen-host': (option) => ({
    kind: 'setting',
    setting: 'http-host',
    values: option.values,
    ...(isWildcard(option.values)
      ? { remark: 'whoever reaches this address can ask for signatures, unless access-file says otherwise' }
      : {}),
  }),
  'http-listen-port': same('http-port'),
  'http-host-allowlist': hostAllowlist,
  'http-cors-origins': none('web pages are never answered'),
  'idle-connection-timeout-seconds': none('idle connections are closed after 72 seconds'),
  'access-logs-enabled': none('every decision is in the history: vigil audit show'),
  'vertx-worker-pool-size': THREADS,
  'logging': logLevel,
  'logging-format': none('logs are JSON lines, and plain text on a terminal'),
  'metrics-enabled': whenOn(
    () => ({
      kind: 'setting',
      setting: 'metrics-names',
      values: ['web3signer'],
      remark: 'so that dashboards made for Web3Signer go on working; metrics are always on',
    }),
    none('metrics are always on, on a port of their own'),
  ),
  'metrics-host': same('metrics-host'),
  'metrics-port': same('metrics-port'),
  'metrics-category': none('all metrics are served'),
  'metrics-host-allowlist': none('the metrics port answers to every name; keep it on a private address'),
  'metrics-push-enabled': whenOn(
    byHand('have Prometheus scrape /metrics on the metrics port: nothing is pushed'),
  ),
  'metrics-push-host': NO_PUSH,
  'metrics-push-port': NO_PUSH,
  'metrics-push-interval': NO_PUSH,
  'metrics-push-prometheus-job': NO_PUSH,
  'reload-timeout': LOADING,
  'signer-load-timeout': LOADING,
  'signer-load-batch-size': LOADING,
  'signer-load-sequential-threshold': LOADING,
  'signer-load-parallel': LOADING,
};

const isWildcard = (values: readonly string[]): boolean =>
  values.some((value) => ['0.0.0.0', '::', '[::]'].includes(value));

function hostAllowlist({ values }: { readonly values: readonly string[] }): ReturnType<OptionRule> {
  const hosts = listed(values).filter((host) => host !== '');
  const words = hosts.map((host) => host.toLowerCase());
  if (words.some((word) => word === '*' || word === 'all')) {
    return { kind: 'setting', setting: 'http-host-allowlist', values: ['*'] };
  }
  const names = hosts.filter(
    (host, at) => !['none', 'localhost'].includes(words[at] ?? '') && isIP(host) === 0,
  );
  if (names.length === 0) return { kind: 'none', why: 'localhost and addresses are always answered' };
  return { kind: 'setting', setting: 'http-host-allowlist', values: names };
}

const LEVELS: Readonly<Record<string, string>> = {
  OFF: 'silent',
  FATAL: 'error',
  ERROR: 'error',
  WARN: 'warn',
  INFO: 'info',
  DEBUG: 'debug',
  TRACE: 'debug',
  ALL: 'debug',
};

function logLevel({ values }: { readonly values: readonly string[] }): ReturnType<OptionRule> {
  const level = LEVELS[values.at(-1)?.toUpperCase() ?? ''];
  if (level === undefined) return { kind: 'by-hand', todo: 'choose a log-level: this one is not known' };
  return { kind: 'setting', setting: 'log-level', values: [level] };
}
