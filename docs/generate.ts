import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BEACON_ERRORS } from '../beacon/errors.ts';
import { createBeaconMetrics } from '../beacon/metrics.ts';
import { CLI_ERRORS } from '../cli/cli-errors.ts';
import { environmentName, SETTING_NAMES, SETTINGS } from '../core/config/settings.ts';
import { CORE_ERRORS } from '../core/core-errors.ts';
import type { ErrorCatalogue } from '../core/errors.ts';
import { KEY_LIFE_ERRORS } from '../key-life/key-life-errors.ts';
import { CHAIN_ERRORS } from '../monitor/chain/index.ts';
import { API_ERRORS, monitorApiDocument, statusOfCode } from '../monitor/http/index.ts';
import { LEDGER_ERRORS } from '../monitor/ledger/ledger-errors.ts';
import { EXECUTION_ERRORS } from '../monitor/execution/execution-errors.ts';
import { FOREIGN_ERRORS } from '../monitor/foreign/foreign-errors.ts';
import { REPORT_ERRORS } from '../monitor/reports/report-errors.ts';
import { RISK_ERRORS } from '../monitor/risk/risk-errors.ts';
import { SPLITS_ERRORS } from '../monitor/splits/splits-errors.ts';
import { WATCHED_ERRORS } from '../monitor/watched/watched-errors.ts';
import { createMonitorMetrics } from '../monitor/metrics/index.ts';
import { STORE_ERRORS } from '../monitor/store/index.ts';
import { ACCESS_ERRORS } from '../signer/access/access-errors.ts';
import { DAEMON_ERRORS } from '../signer/daemon-errors.ts';
import { SIGNER_ERRORS } from '../signer/errors.ts';
import { EVERYTHING, openApiDocument } from '../signer/http/openapi/document.ts';
import { errorStatus, HTTP_ERRORS } from '../signer/http/http-errors.ts';
import { REFUSAL_STATUS } from '../signer/http/refusal-status.ts';
import { TLS_ERRORS } from '../signer/tls/tls-errors.ts';
import { KEY_ERRORS } from '../signer/key-errors.ts';
import { SOURCE_ERRORS } from '../signer/sources/source-errors.ts';
import { POLICY_ERRORS } from '../signer/policy/policy-errors.ts';
import { POLICY_REASONS, POLICY_REFUSALS } from '../signer/policy/policy-refusals.ts';
import { NO_PROTECTION } from '../slashing-db/index.ts';
import { Registry } from 'prom-client';
import { registerWeb3SignerMetrics } from '../signer/metrics/web3signer-metrics.ts';
import { createSignerMetrics } from '../signer/metrics/signer-metrics.ts';
import { REFUSALS, SLASHING_DB_ERRORS, type RefusalReason } from '../slashing-db/index.ts';
import { alertPages } from './alerts-page.ts';

/**
 * The pages of this folder that are made from the code: `npm run docs` writes them, a test compares them.
 * Each maps a file name to its text.
 */
export function generatedPages(): Record<string, string> {
  return {
    'errors.md': errorsPage(),
    'config.md': configPage(),
    'metrics.md': metricsPage(),
    ...alertPages(GENERATED),
    'openapi.json': `${JSON.stringify(openApiDocument(EVERYTHING), null, 2)}\n`,
    'monitor-api.json': `${JSON.stringify(monitorApiDocument(), null, 2)}\n`,
  };
}

const GENERATED = '<!-- Made from the code by `npm run docs`; do not edit. -->';

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function errorsPage(): string {
  const refusals = (Object.keys(REFUSALS) as RefusalReason[]).map((reason) => [
    `\`${reason}\``,
    `${REFUSAL_STATUS[reason]}`,
    REFUSALS[reason].summary,
    REFUSALS[reason].hint,
  ]);
  const policyRefusals = POLICY_REASONS.map((reason) => [
    `\`${reason}\``,
    `${REFUSAL_STATUS[reason]}`,
    POLICY_REFUSALS[reason].summary,
    POLICY_REFUSALS[reason].hint,
  ]);
  return [
    '# Refusals and errors',
    GENERATED,
    '',
    'Every answer of the signer that is not a signature, and every failed command, carries one of these codes. They are',
    'stable: the same word is the `code` of the JSON body `{"code","message","hint"}`, the `reason` label of the metrics and',
    'the `code` field of the log. A command that fails exits with 1 (failure), 2 (usage) or 3 (refused for safety).',
    '',
    '## Refusals of the guard',
    '',
    'The message is well-formed, but signing it would not be safe. Nothing was signed. The refusal is on record',
    '(`vigil audit show --verdict refused`), unless the database cannot record anything.',
    '',
    table(['code', 'status', 'what happened', 'what to do'], refusals),
    '',
    '## Refusals of the policy',
    '',
    'The message is well-formed, but the policy (`docs/policy.md`) does not want it signed. The refusal is on record.',
    '',
    table(['code', 'status', 'what happened', 'what to do'], policyRefusals),
    '',
    ...section('Errors of sign requests', SIGNER_ERRORS, true),
    ...section('Errors of the HTTP surface', HTTP_ERRORS, true),
    ...section('Errors of values and networks', CORE_ERRORS, true),
    ...section('Errors of the policy file', POLICY_ERRORS, false),
    ...section('Errors of keys and keystores', KEY_ERRORS, false),
    ...section('Errors of mnemonics, deposits and exits', KEY_LIFE_ERRORS, false),
    ...section('Errors of key sources', SOURCE_ERRORS, false),
    ...section('Errors of the slashing database and of interchange files', SLASHING_DB_ERRORS, false),
    ...section('Errors of the access file', ACCESS_ERRORS, false),
    ...section('Errors of TLS', TLS_ERRORS, false),
    ...section('Errors of the daemon', daemonErrors(false), false),
    ...section('Errors of a signer that cannot sign now', daemonErrors(true), true),
    ...section('Errors of beacon nodes', BEACON_ERRORS, false),
    ...section('Errors of what the monitor learns from the chain', CHAIN_ERRORS, false),
    ...section('Errors of the reward ledger', LEDGER_ERRORS, false),
    ...section("Errors of the monitor's database", STORE_ERRORS, false),
    ...section("Errors of the monitor's API", API_ERRORS, statusOfCode),
    ...section('Errors of the reward splits', SPLITS_ERRORS, false),
    ...section('Errors of who is watched', WATCHED_ERRORS, false),
    ...section('Errors of the watch for foreign signatures', FOREIGN_ERRORS, false),
    ...section('Errors of execution-layer income', EXECUTION_ERRORS, false),
    ...section('Errors of the reward reports', REPORT_ERRORS, false),
    ...section('Errors of the slashing economics', RISK_ERRORS, false),
    ...section("Errors of the monitor's database", STORE_ERRORS, false),
    ...section('Errors of the command line', CLI_ERRORS, false),
  ].join('\n');
}

/** Those that a client sees, or those that end a command. */
const daemonErrors = (answered: boolean): ErrorCatalogue =>
  Object.fromEntries(
    Object.entries(DAEMON_ERRORS).filter(([code]) => answered === (errorStatus(code) === 503)),
  );

/** @param http whether the codes come as answers, or what status each of them has as one */
function section(
  title: string,
  catalogue: ErrorCatalogue,
  http: boolean | ((code: string) => number),
): string[] {
  const statusOf = http === true ? errorStatus : http;
  const rows = Object.entries(catalogue).map(([code, { summary, hint, exit }]) => [
    `\`${code}\``,
    statusOf === false ? `${exit ?? 1}` : `${statusOf(code)}`,
    summary,
    hint,
  ]);
  return [
    `## ${title}`,
    '',
    table(['code', statusOf === false ? 'exit code' : 'status', 'what happened', 'what to do'], rows),
    '',
  ];
}

function configPage(): string {
  const rows = SETTING_NAMES.map((name) => {
    const { summary, placeholder, fallback, list } = SETTINGS[name];
    const shown = name === 'data-dir' ? '`~/.local/share/vigil`' : defaultText(fallback);
    return [
      `\`${name}\``,
      `\`${placeholder}\`${list === true ? ', list' : ''}`,
      shown,
      `\`${environmentName(name)}\``,
      summary,
    ];
  });
  return [
    '# Configuration',
    GENERATED,
    '',
    'A setting has one name everywhere: `--http-port 9000` on the command line, `VIGIL_HTTP_PORT=9000` in the environment,',
    '`http-port: 9000` in the configuration file. The flag goes before the environment, the environment before the file, the',
    'file before the default. The file is `vigil.yaml` in the data directory, or what `--config` names; a key that is not in',
    'this table is an error. `vigil config check` prints what is in force and where it comes from.',
    '',
    'There is no setting that switches slashing protection off, and none that holds a secret. Files that hold one may also come as',
    'credentials of systemd (docs/systemd.md), after the configuration file and before the default.',
    '',
    table(['setting', 'value', 'default', 'environment', 'meaning'], rows),
    '',
  ].join('\n');
}

function defaultText(fallback: unknown): string {
  return ['string', 'number', 'bigint'].includes(typeof fallback) ? `\`${String(fallback)}\`` : '-';
}

function metricsPage(): string {
  // Only names and help are read; the sources would be asked when Prometheus scrapes.
  const signer = createSignerMetrics({
    keyring: { pubkeys: () => [] },
    guard: { unavailable: null, clockDoubt: null, protection: NO_PROTECTION, listKeys: () => [] },
    silentKeys: () => 0,
  });
  const { registry } = signer;
  const compatible = new Registry();
  registerWeb3SignerMetrics(compatible, { metrics: signer, loadedKeys: () => 0 });
  createBeaconMetrics(registry);
  createMonitorMetrics(registry, {
    perValidatorLimit: 0,
    statusOf: () => null,
    unresolvedBlocks: () => new Map(),
  });
  const rows = metricRows(registry, /^vigil_(signer|guard|clock|access|tls|beacon|monitor)_/);
  return [
    '# Metrics',
    GENERATED,
    '',
    '`GET /metrics` on the metrics port of the signer, and on the port of the monitor, in the Prometheus text format. The usual',
    'process and Node.js metrics come with the prefix `vigil_`. No metric has a label per key, but for those of the monitor',
    'named `vigil_monitor_validator_…`, which are there while no more validators are watched than `per-validator-metrics` says.',
    'What the monitor tells of the head of the chain ends while the head is old: unknown is not missed.',
    '',
    table(METRIC_COLUMNS, rows),
    '',
    '## Under the names of Web3Signer',
    '',
    'With `--metrics-names web3signer`, beside the others. What of its metrics is not here:',
    '[web3signer-compatibility.md](web3signer-compatibility.md).',
    '',
    table(METRIC_COLUMNS, metricRows(compatible, /^/)),
    '',
  ].join('\n');
}

const METRIC_COLUMNS = ['metric', 'type', 'labels', 'meaning'];

const metricRows = (registry: Registry, names: RegExp): string[][] =>
  registry
    .getMetricsAsArray()
    .map((metric) => metric as unknown as { name: string; type: string; help: string; labelNames?: string[] })
    .filter(({ name }) => names.test(name))
    .map(({ name, type, help, labelNames }) => [
      `\`${name}\``,
      type,
      (labelNames ?? []).join(', ') || '-',
      help,
    ]);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(generatedPages()))
    writeFileSync(new URL(name, import.meta.url), text);
}
