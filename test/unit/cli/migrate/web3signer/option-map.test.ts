import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mapOptions } from '../../../../../cli/migrate/web3signer/option-map.ts';
import type { SetOption } from '../../../../../cli/migrate/web3signer/read-config.ts';
import { OPTION_NAMES } from '../../../../../cli/migrate/web3signer/option-names.ts';

function mapped(set: Record<string, string | string[]>, unknown: string[] = []) {
  const options = new Map(
    Object.entries(set).map(([name, value]): [string, SetOption] => [
      name,
      { name, values: Array.isArray(value) ? value : [value], from: 'file' },
    ]),
  );
  const pathOf = (text: string) => resolve('/srv/w3s', text);
  const ourPath = (name: string) => resolve('/srv/vigil', name);
  return mapOptions({ options, unknown }, { configFile: '/etc/w3s/config.yaml', pathOf, ourPath });
}

const fateOf = (name: string, value: string | string[], rest: Record<string, string> = {}) =>
  mapped({ [name]: value, ...rest }).options.find(({ option }) => option === name)?.becomes;

/** Written down from Web3Signer's own help and manual, apart from our table. */
const ALL =
  `config-file data-path key-config-path key-store-path key-store-config-file-max-size logging logging-format
http-listen-host http-listen-port http-host-allowlist http-cors-origins metrics-enabled metrics-host metrics-port
metrics-category metrics-categories metrics-host-allowlist metrics-push-enabled metrics-push-host metrics-push-port
metrics-push-interval metrics-push-prometheus-job idle-connection-timeout-seconds access-logs-enabled
vertx-worker-pool-size reload-timeout signer-load-timeout signer-load-batch-size signer-load-sequential-threshold
signer-load-parallel tls-keystore-file tls-keystore-password-file tls-allow-any-client tls-known-clients-file
tls-allow-ca-clients eth2.network eth2.Xnetwork-altair-fork-epoch eth2.Xnetwork-bellatrix-fork-epoch
eth2.Xnetwork-capella-fork-epoch eth2.Xnetwork-deneb-fork-epoch eth2.Xnetwork-electra-fork-epoch
eth2.Xnetwork-fulu-fork-epoch eth2.Xtrusted-setup eth2.Xsigning-ext-enabled eth2.slashing-protection-enabled
eth2.slashing-protection-db-url eth2.slashing-protection-db-username eth2.slashing-protection-db-password
eth2.slashing-protection-db-pool-configuration-file eth2.slashing-protection-pruning-db-pool-configuration-file
eth2.slashing-protection-pruning-enabled eth2.slashing-protection-pruning-epochs-to-keep
eth2.slashing-protection-pruning-slots-per-epoch eth2.slashing-protection-pruning-interval
eth2.slashing-protection-pruning-at-boot-enabled eth2.slashing-protection-db-health-check-timeout-milliseconds
eth2.slashing-protection-db-health-check-interval-milliseconds
eth2.Xslashing-protection-db-connection-pool-enabled eth2.keystores-path eth2.keystores-passwords-path
eth2.keystores-password-file eth2.key-manager-api-enabled eth2.enable-key-manager-api
eth2.Xkey-manager-skip-keystore-storage eth2.commit-boost-api-enabled eth2.proxy-keystores-path
eth2.proxy-keystores-password-file eth2.azure-vault-enabled eth2.azure-vault-auth-mode eth2.azure-vault-name
eth2.azure-client-id eth2.azure-tenant-id eth2.azure-client-secret eth2.azure-response-timeout eth2.azure-tags
eth2.aws-secrets-enabled eth2.aws-secrets-auth-mode eth2.aws-secrets-access-key-id
eth2.aws-secrets-secret-access-key eth2.aws-secrets-region eth2.aws-endpoint-override
eth2.aws-secrets-prefixes-filter eth2.aws-secrets-tag eth2.aws-connection-cache-size eth2.gcp-secrets-enabled
eth2.gcp-project-id eth2.gcp-secrets-filter`.split(/\s+/);

/** These are what the operator reads as a value; everything else may be a secret or a path to one. */
const SHOWN = /^(http-listen|http-host-allowlist|metrics-(host|port)$|eth2\.network|tls-keystore-)/;

describe('every option of Web3Signer', () => {
  it('is in the table, and nothing else is', () => {
    expect([...OPTION_NAMES].sort()).toEqual([...ALL].sort());
  });

  it.each(ALL.filter((name) => !SHOWN.test(name)))('%s does not show its value', (name) => {
    for (const value of ['hunter2', 'true']) {
      expect(JSON.stringify(mapped({ [name]: value }))).not.toContain('hunter2');
    }
  });

  it('of the other mode and of the one-off verbs has no counterpart', () => {
    for (const name of ['eth1.chain-id', 'eth2.export.to', 'eth2.watermark-repair.epoch']) {
      expect(fateOf(name, 'x')).toMatchObject({ kind: 'none' });
    }
  });

  it('that is unknown is named', () => {
    expect(mapped({}, ['eth2.foo']).options).toEqual([{ option: 'eth2.foo', becomes: { kind: 'unknown' } }]);
  });
});

describe('options with a counterpart', () => {
  it.each([
    ['http-listen-host', '10.0.0.1', 'http-host', ['10.0.0.1']],
    ['http-listen-port', '9100', 'http-port', ['9100']],
    ['metrics-host', '10.0.0.1', 'metrics-host', ['10.0.0.1']],
    ['metrics-port', '9101', 'metrics-port', ['9101']],
    ['logging', 'warn', 'log-level', ['warn']],
    ['logging', 'OFF', 'log-level', ['silent']],
    ['logging', 'TRACE', 'log-level', ['debug']],
    ['http-host-allowlist', ['signer', 'localhost', '127.0.0.1', '::1'], 'http-host-allowlist', ['signer']],
    ['http-host-allowlist', 'a, b', 'http-host-allowlist', ['a', 'b']],
    ['http-host-allowlist', 'ALL', 'http-host-allowlist', ['*']],
    ['metrics-enabled', 'true', 'metrics-names', ['web3signer']],
    ['eth2.commit-boost-api-enabled', 'true', 'commit-boost', ['on']],
    ['eth2.network', 'Hoodi', 'network', ['hoodi']],
    ['eth2.network', 'net/config.yaml', 'network', ['/srv/w3s/net/config.yaml']],
  ])('%s: %s', (name, value, setting, values) => {
    expect(fateOf(name, value)).toMatchObject({ kind: 'setting', setting, values });
    expect(mapped({ [name]: value }).settings).toEqual(new Map([[setting, values]]));
  });

  it.each([
    ['http-listen-port', '65536'],
    ['http-listen-port', 'abc'],
    ['http-listen-port', ['1', '2']],
    ['metrics-port', ''],
    ['http-listen-host', ''],
    ['http-listen-host', []],
    ['logging', 'LOUD'],
  ])('%s: %s cannot be used and is left to the operator', (name, value) => {
    expect(fateOf(name, value)).toMatchObject({ kind: 'by-hand' });
    expect(mapped({ [name]: value }).settings.size).toBe(0);
  });

  it('whose list names nothing beyond what is always answered leave nothing to set', () => {
    for (const value of ['none', 'localhost,127.0.0.1', '']) {
      expect(fateOf('http-host-allowlist', value)).toMatchObject({ kind: 'none' });
    }
  });

  it('keep the metrics where Prometheus looks for them', () => {
    const moved = { 'http-listen-port': '9100', 'metrics-enabled': 'true' };
    expect(mapped(moved).settings.get('metrics-port')).toEqual(['9001']);
    expect(mapped({ ...moved, 'metrics-port': '7' }).settings.get('metrics-port')).toEqual(['7']);
    expect(mapped({ ...moved, 'http-listen-port': '9000' }).settings.has('metrics-port')).toBe(false);
    expect(mapped({ 'http-listen-port': '9100' }).settings.has('metrics-port')).toBe(false);
  });
});

describe('what is done by hand', () => {
  it.each(['holesky', 'lukso', 'https://user:hunter2@example.org/config.yaml'])('network %s', (network) => {
    expect(fateOf('eth2.network', network)).toMatchObject({ kind: 'by-hand' });
    expect(JSON.stringify(fateOf('eth2.network', network))).not.toContain('hunter2');
  });

  it('the TLS keystore, with the commands to type', () => {
    const todo = fateOf('tls-keystore-file', "my store's.p12", { 'tls-keystore-password-file': 'pw.txt' });
    expect(todo).toMatchObject({
      kind: 'by-hand',
      todo: expect.stringContaining(
        `openssl pkcs12 -in '/srv/w3s/my store'\\''s.p12' -passin file:/srv/w3s/pw.txt -nokeys -out /srv/vigil/tls-cert.pem`,
      ) as string,
    });
    expect(JSON.stringify(fateOf('tls-keystore-file', 'a.p12'))).not.toContain('-passin');
  });

  it('who may connect, by the names of the settings that say so', () => {
    for (const [name, value] of [
      ['tls-known-clients-file', 'known.txt'],
      ['tls-allow-ca-clients', 'true'],
    ] as const) {
      const { todo } = fateOf(name, value) as { todo: string };
      expect(todo).toContain('tls-client-ca');
      expect(todo).toContain('access-file');
    }
    expect(fateOf('tls-allow-any-client', 'true')).toMatchObject({ kind: 'none' });
    expect(fateOf('tls-keystore-file', 'a.p12')).toMatchObject({
      todo: expect.stringMatching(/tls-cert and tls-key/) as string,
    });
  });

  it('TLS, and until it is done the configuration names files that are not there', () => {
    const keystore = { 'tls-keystore-file': 'a.p12' };
    const open = { 'tls-allow-any-client': 'true' };
    const server = [
      ['tls-cert', ['/srv/vigil/tls-cert.pem']],
      ['tls-key', ['/srv/vigil/tls-key.pem']],
    ] as const;
    const clients = [
      ['tls-client-ca', ['/srv/vigil/tls-client-ca.pem']],
      ['tls-client-auth', ['required']],
    ] as const;
    const list = ['access-file', ['/srv/vigil/access.yaml']] as const;
    for (const [set, lines] of [
      [{ ...keystore, ...open }, server],
      [keystore, [...server, ...clients]],
      [{ ...keystore, 'tls-allow-ca-clients': 'true' }, [...server, ...clients]],
      [{ ...keystore, 'tls-known-clients-file': 'known.txt' }, [...server, ...clients, list]],
      // What contradicts itself, or says who may connect and not with what, is not opened up either.
      [{ ...keystore, ...open, 'tls-known-clients-file': 'k.txt' }, [...server, ...clients, list]],
      [{ 'tls-known-clients-file': 'k.txt', ...open }, [...server, ...clients, list]],
      [{ 'tls-allow-ca-clients': 'false' }, []],
    ] as const) {
      const { settings } = mapped(set);
      expect(settings).toEqual(new Map(lines.map(([name, values]) => [name, [...values]])));
    }
  });

  it('the export of the history, with the command to type', () => {
    expect(fateOf('eth2.slashing-protection-db-url', 'jdbc:x')).toMatchObject({
      todo: expect.stringContaining(
        'web3signer --config-file /etc/w3s/config.yaml eth2 export --to slashing-protection.json',
      ) as string,
    });
  });

  it('the history, when Web3Signer kept none', () => {
    expect(fateOf('eth2.slashing-protection-enabled', 'FALSE')).toMatchObject({ kind: 'by-hand' });
    expect(fateOf('eth2.slashing-protection-enabled', 'true')).toMatchObject({ kind: 'none' });
  });

  it.each(['eth2.azure-vault-enabled', 'eth2.aws-secrets-enabled', 'eth2.gcp-secrets-enabled'])(
    '%s, when it is on',
    (name) => {
      expect(fateOf(name, 'true')).toMatchObject({ kind: 'by-hand' });
      expect(fateOf(name, 'false')).toMatchObject({ kind: 'none' });
    },
  );
});
