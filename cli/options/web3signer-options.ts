import type { SettingName } from '../../core/config/settings.ts';

interface Counterpart {
  /** As Web3Signer spells them; a name that ends in `*` stands for all that begin so. */
  readonly names: readonly string[];
  /** The setting that is the same thing under another name. */
  readonly setting?: SettingName;
  /** What to do instead, where it takes more than another name. */
  readonly instead?: string;
  /** Told in `vigil signer --help`. */
  readonly inHelp?: true;
}

/**
 * What an operator of Web3Signer types by habit, and what it is here. Options that have the same name in both, such as
 * --network and --metrics-port, are not listed.
 */
export const WEB3SIGNER_OPTIONS: readonly Counterpart[] = [
  { names: ['--http-listen-host'], setting: 'http-host', inHelp: true },
  { names: ['--http-listen-port'], setting: 'http-port', inHelp: true },
  { names: ['--data-path'], setting: 'data-dir', inHelp: true },
  { names: ['--logging', '-l'], setting: 'log-level', inHelp: true },
  {
    names: ['--config-file'],
    instead:
      '--config FILE, with the names of docs/config.md; `vigil migrate web3signer --config FILE --out-config FILE` makes it',
    inHelp: true,
  },
  {
    names: ['--key-store-path', '--key-config-path'],
    instead:
      'keys are in the data directory; bring these in with `vigil migrate web3signer --config FILE --interchange FILE`',
    inHelp: true,
  },
  {
    names: ['--keystores-path', '--keystores-password-file', '--keystores-passwords-path'],
    instead: '`vigil keys import --keystores DIR --password-file FILE`, once',
    inHelp: true,
  },
  {
    names: ['--slashing-protection-db-*'],
    instead:
      'the database is built in; bring the history in with `vigil slashing-db import FILE`, from `web3signer eth2 export`',
    inHelp: true,
  },
  {
    names: ['--slashing-protection-enabled'],
    instead: 'slashing protection is always on and has no switch',
    inHelp: true,
  },
  {
    names: ['--key-manager-api-enabled', '--enable-key-manager-api'],
    instead: 'always on, behind the bearer token in api-token.txt of the data directory',
    inHelp: true,
  },
  {
    names: ['--metrics-enabled'],
    instead:
      'always on, at --metrics-host and --metrics-port; --metrics-names web3signer for dashboards made for it',
    inHelp: true,
  },
  { names: ['eth2'], instead: '`vigil signer`; there is no other mode', inHelp: true },
  { names: ['eth1'], instead: 'Vigil signs for validators only' },
  { names: ['export'], instead: '`vigil slashing-db export`' },
  { names: ['import'], instead: '`vigil slashing-db import FILE`' },
  {
    names: ['watermark-repair'],
    instead: 'to move keys, `vigil keys handover` and `vigil keys takeover`; to raise them, an import',
  },
  {
    names: ['--slashing-protection-pruning-*'],
    instead:
      'nothing has to be pruned: --history-max-records bounds the history, watermarks are two rows a key',
  },
  { names: ['--logging-format'], instead: 'the log is JSON, or for people on a terminal' },
  {
    names: ['--tls-keystore-file', '--tls-keystore-password-file'],
    instead:
      '--tls-cert and --tls-key, in PEM; `vigil migrate web3signer` prints the commands that make them',
  },
  {
    names: ['--tls-known-clients-file', '--tls-allow-ca-clients'],
    instead: '--tls-client-ca, and --access-file for what each client may do; see docs/access.md',
  },
  { names: ['--tls-allow-any-client'], instead: 'that is so unless --tls-client-ca is given' },
  {
    names: ['--http-cors-origins'],
    instead: 'web pages are never answered, so that none can reach the signer of its reader',
  },
  {
    names: ['--metrics-push-*', '--metrics-category', '--metrics-categories', '--metrics-host-allowlist'],
    instead: 'Prometheus reads all metrics from --metrics-host and --metrics-port, under whatever host name',
  },
  {
    names: ['--idle-connection-timeout-seconds'],
    instead: 'not a setting: an idle connection is closed after 72 seconds',
  },
  { names: ['--access-logs-enabled'], instead: 'every decision is in the history: `vigil audit show`' },
  {
    names: [
      '--vertx-worker-pool-size',
      '--signer-load-*',
      '--reload-timeout',
      '--key-store-config-file-max-size',
    ],
    instead: 'nothing to tune',
  },
  { names: ['--commit-boost-api-enabled'], instead: '--commit-boost on, behind the token in api-token.txt' },
  { names: ['--proxy-keystores-path'], setting: 'proxy-keystores' },
  {
    names: ['--proxy-keystores-password-file'],
    instead: 'made with the first proxy key: proxy-password.txt in the data directory',
  },
  {
    names: ['--aws-*', '--azure-*', '--gcp-*'],
    instead:
      'keys are read from files; docs/migrating-from-web3signer.md has the way from a vault into a file and `vigil migrate web3signer` brings that in',
  },
  { names: ['--X*'], instead: 'hidden options of Web3Signer have no counterpart' },
];

/** The section of `vigil signer --help` for who comes from Web3Signer. */
export function web3signerHelp(): string {
  const rows = WEB3SIGNER_OPTIONS.filter(({ inHelp }) => inHelp === true).map((option): [string, string] => [
    option.names.join(', '),
    meaning(option),
  ]);
  const lines = rows.map(([name, text]) => `  ${name}\n      ${text}`);
  return `\nComing from Web3Signer (its option, and what it is here):\n${lines.join('\n')}`;
}

/** A line for every word of a refused command line that is Web3Signer's. */
export function web3signerAdvice(argv: readonly string[]): string[] {
  // Without its mode, `import` is a verb of ours.
  const words = argv
    .slice(2)
    .filter((word) => word.startsWith('-') || /^eth[12]$/.test(word) || argv.includes('eth2'));
  const lines = words.flatMap((word) => {
    const name = word.split('=', 1)[0] ?? '';
    const option = WEB3SIGNER_OPTIONS.find(({ names }) => names.some((known) => isNamed(name, known)));
    return option === undefined ? [] : [`${name} of Web3Signer: ${meaning(option)}`];
  });
  return [...new Set(lines)];
}

const meaning = ({ setting, instead = '' }: Counterpart): string =>
  setting === undefined ? instead : `--${setting}`;

const isNamed = (name: string, known: string): boolean =>
  known.endsWith('*') ? name.startsWith(known.slice(0, -1)) : name === known;
