import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { DutyBodies } from '../../cli/demo/attempts/duty-bodies.ts';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import { epochOfSlot } from '../../core/chain/chain-spec.ts';
import { MONITOR_PORTS } from '../../monitor/http/ports-file.ts';
import { testNetwork } from '../e2e/support/test-network.ts';
import { SignerProcess, vigil, vigilOk } from '../e2e/support/vigil-process.ts';
import { freePort } from '../support/free-port.ts';
import { startChain } from './chain.ts';
import { json, startProcess, until } from './processes.ts';
import { ALERTMANAGER } from './tools.ts';
import { startWebhook } from './webhook.ts';

const ENTRY = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** Few enough of the 64 that the network counts as well without them. */
const WATCHED = [0, 1, 2, 3];
const TIMEOUT_MS = 540_000;

/** A monitor that watches some validators of the chain; its port. */
async function startMonitor(dataDir: string, beaconNode: string): Promise<number> {
  const start = `import(${JSON.stringify(ENTRY)}).then((vigil) => vigil.main(process.argv))`;
  const monitor = startProcess(process.execPath, [
    ...['-e', start, 'vigil', 'monitor', '--data-dir', dataDir, '--beacon-node', beaconNode],
    ...['--monitor-port', '0', '--watch', `${WATCHED[0]}-${WATCHED.at(-1)}`],
  ]);
  const file = join(dataDir, MONITOR_PORTS);
  await until(() => existsSync(file) || undefined, monitor);
  return (JSON.parse(readFileSync(file, 'utf8')) as { port: number }).port;
}

async function startSigner(folder: string) {
  const network = testNetwork();
  onTestFinished(() => rmSync(network.folder, { recursive: true, force: true }));
  const dataDir = join(folder, 'signer');
  mkdirSync(dataDir, { mode: 0o700 });
  const made = await vigilOk([
    ...['keys', 'new', '--random', '--count', '1', '--kdf', 'pbkdf2', '--json', '--data-dir', dataDir],
    ...network.flags,
  ]);
  const signer = await SignerProcess.start(dataDir, [...network.flags, '--on-missing-history', 'trust']);
  onTestFinished(() => signer.kill());
  const pubkey = /0x[0-9a-f]{96}/.exec(made)?.[0] ?? '';
  const bodies = new DutyBodies(network.spec);
  const now = epochOfSlot(network.spec, new SlotClock(network.spec, Date.now).currentSlot());
  const vote = async (head: string): Promise<number> =>
    (await signer.sign(pubkey, bodies.attestation(now - 1n, now, head))).status;
  return { signer, vote };
}

/** The examples that were installed, with what a test cannot wait for, and the addresses of today. */
function adapt(file: string, changes: readonly (readonly [string | RegExp, string])[]): string {
  let text = readFileSync(file, 'utf8');
  for (const [from, to] of changes) {
    const changed = text.replaceAll(from, to);
    if (changed === text) throw new Error(`${file} has no ${from.toString()}`);
    text = changed;
  }
  const adapted = file.replace('.example', '');
  writeFileSync(adapted, text);
  return adapted;
}

async function startAlerting(folder: string, ports: { monitor: number; signer: number }, webhook: string) {
  const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()];
  const [prometheusUrl, alertmanagerUrl] = [prometheusPort, alertmanagerPort].map(
    (port) => `http://127.0.0.1:${port}`,
  ) as [string, string];
  const alertmanagerConfig = adapt(join(folder, 'alertmanager.example.yml'), [
    ['http://127.0.0.1:9099', webhook],
    [/group_wait: \d+s/g, 'group_wait: 1s'],
    [/group_interval: \d+m/g, 'group_interval: 1s'],
  ]);
  const prometheusConfig = adapt(join(folder, 'prometheus.example.yml'), [
    [/interval: 12s/g, 'interval: 1s'],
    ['127.0.0.1:9093', `127.0.0.1:${alertmanagerPort}`],
    ['127.0.0.1:9010', `127.0.0.1:${ports.monitor}`],
    ['127.0.0.1:9001', `127.0.0.1:${ports.signer}`],
  ]);
  const alertmanager = startProcess(ALERTMANAGER, [
    ...[`--config.file=${alertmanagerConfig}`, `--storage.path=${join(folder, 'alertmanager')}`],
    ...[`--web.listen-address=127.0.0.1:${alertmanagerPort}`, '--cluster.listen-address='],
  ]);
  const prometheus = startProcess('prometheus', [
    ...[`--config.file=${prometheusConfig}`, `--storage.tsdb.path=${join(folder, 'prometheus')}`],
    `--web.listen-address=127.0.0.1:${prometheusPort}`,
  ]);
  await until(() => json(`${alertmanagerUrl}/api/v2/status`), alertmanager);
  await until(() => json(`${prometheusUrl}/api/v1/status/buildinfo`), prometheus);
  return { prometheusUrl, alertmanagerUrl };
}

test(
  'a fault on a running chain becomes the right message at the right receiver',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigil-alerts-world-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const webhook = await startWebhook();
    onTestFinished(() => webhook.close());
    const chain = await startChain();
    const { signer, vote } = await startSigner(folder);
    const monitor = await startMonitor(join(folder, 'monitor'), chain.url);
    const alerting = join(folder, 'alerting');
    await vigilOk(['alerts', 'install', '--dir', alerting, '--beacon-node', chain.url]);
    const { prometheusUrl, alertmanagerUrl } = await startAlerting(
      alerting,
      { monitor, signer: Number(new URL(signer.metricsUrl).port) },
      webhook.url,
    );
    const value = async (query: string): Promise<number | undefined> => {
      const answer = await json<{ data: { result: { value: [number, string] }[] } }>(
        `${prometheusUrl}/api/v1/query?query=${encodeURIComponent(query)}`,
      );
      const found = answer?.data.result[0]?.value[1];
      return found === undefined ? undefined : Number(found);
    };

    await until(async () => ((await value('sum(up)')) === 2 ? true : undefined));

    // The way is open: the heartbeat arrives, and so does a test alert.
    expect(await webhook.firing('VigilWatchdog')).toMatchObject({ receiver: 'dead-mans-switch' });
    const both = ['--prometheus', prometheusUrl, '--alertmanager', alertmanagerUrl];
    const walked = await vigil(['alerts', 'test', ...both, '--severity', 'critical', '--json']);
    expect(walked, walked.stdout + walked.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(walked.stdout)).toMatchObject({ ok: true });
    expect(await webhook.firing('VigilTestAlert')).toMatchObject({
      receiver: 'pager',
      labels: { severity: 'critical', group: 'test' },
    });

    // All is well for as long as it takes until something is final.
    await until(async () =>
      (await value('vigil_monitor_validators_active')) === WATCHED.length ? true : undefined,
    );
    await until(async () =>
      (await value('vigil_monitor_validators_missing_in_row')) === 0 ? true : undefined,
    );
    const names = (): string[] => webhook.told.map(({ labels }) => labels['alertname'] ?? '');
    expect(names().filter((name) => /Offline|Missing|Slash/.test(name))).toEqual([]);

    // A fault of validators: everybody that is watched.
    chain.takeOffline(WATCHED);
    const offline = await webhook.firing('VigilValidatorsOffline');
    expect(offline).toMatchObject({
      receiver: 'pager',
      labels: { job: 'vigil-monitor', severity: 'critical', area: 'validators', group: 'default' },
      annotations: { summary: '100% of group default is offline' },
    });
    expect(readFileSync(fileURLToPath(offline.annotations['runbook_url']!), 'utf8')).toContain(
      '# VigilValidatorsOffline',
    );
    // That each of them is missing comes along and is not said as well.
    const missing = `${alertmanagerUrl}/api/v2/alerts?filter=alertname%3D%22VigilValidatorMissing%22`;
    await until(async () =>
      (await json<{ status: { state: string } }[]>(missing))?.some(
        ({ status }) => status.state === 'suppressed',
      )
        ? true
        : undefined,
    );

    // A fault of a client: two heads for one vote.
    expect(await vote('one')).toBe(200);
    expect(await vote('another')).toBe(412);
    expect(await webhook.firing('VigilSlashableRequest')).toMatchObject({
      receiver: 'pager',
      labels: { job: 'vigil-signer', reason: 'DOUBLE_VOTE', area: 'guard' },
    });

    // And the signer dies.
    await signer.kill();
    // One that Prometheus knew: before its first look there was none at all.
    const address = new URL(signer.metricsUrl).host;
    expect(await webhook.firing('VigilSignerDown', address)).toMatchObject({
      receiver: 'pager',
      labels: { job: 'vigil-signer', severity: 'critical' },
    });
    const broken = await vigil(['alerts', 'test', '--prometheus', prometheusUrl, '--json']);
    expect([broken.code, JSON.parse(broken.stdout)]).toMatchObject([1, { ok: false }]);
    expect(broken.stdout).toContain('is down');
    expect(names()).not.toContain('VigilValidatorMissing');
  },
  TIMEOUT_MS,
);
