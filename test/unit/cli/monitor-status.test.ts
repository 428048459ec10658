import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parsePubkey, slot } from '../../../core/units.ts';
import { monitorApi } from '../../support/monitor-api.ts';
import { headState, root, WATCHED } from '../../support/monitor-filled.ts';
import { runVigil, type Ran } from '../../support/run-vigil.ts';

const status = (...args: readonly string[]): Promise<Ran> => runVigil(['monitor', 'status', ...args]);

test('no monitor, no answer: what to do is said', async () => {
  const { dataDir, http, url } = await monitorApi();
  await http.close();
  expect(await status('--data-dir', dataDir)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(`no monitor that uses ${dataDir} listens`) as string,
  });
  const { code, stderr } = await status('--monitor-url', url, '--json');
  expect([code, JSON.parse(stderr)]).toMatchObject([1, { code: 'MONITOR_NOT_REACHED' }]);
  writeFileSync(join(dataDir, 'monitor.ports'), '{"host":1}');
  expect(await status('--data-dir', dataDir)).toMatchObject({ code: 1 });
});

test('something else that listens is not taken for a monitor', async () => {
  let answer = '{"healthy":true}';
  const credentials: unknown[] = [];
  const server = createServer(({ headers }, response) => {
    credentials.push(headers.authorization);
    response.setHeader('content-type', 'application/json').end(answer);
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://user:secret@127.0.0.1:${(server.address() as AddressInfo).port}`;
  const bare = url.replace('user:secret@', '');
  expect(await status('--monitor-url', bare)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is no monitor of this version') as string,
  });
  answer = '<html>';
  expect((await status('--monitor-url', bare)).stderr).toContain('is no monitor of this version');
  const { code, stderr } = await status('--monitor-url', url);
  expect([code, stderr]).toEqual([1, expect.stringContaining(bare)]);
  expect(stderr).not.toContain('secret');
  expect(credentials).toContain(`Basic ${btoa('user:secret')}`);
  expect(await status('--monitor-url', 'monitor:9010')).toMatchObject({ code: 2 });
});

test('a healthy monitor: groups, who is worst, whose trouble it is, what is ahead', async () => {
  const { dataDir, url } = await monitorApi();
  const { code, stdout, stderr } = await status('--data-dir', dataDir, '--follow');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain(`monitor    ${url}, version 0.1.0, minimal: healthy`);
  expect(stdout).toContain('final      epoch 22 on chain, written down to 20, 1 epochs missing');
  expect(stdout).toContain('node       http://two:5052: syncing, head 100');
  expect(stdout).toMatch(/^home +3 of 3 +96\.0000 +0\.0% \(0 of 3\) +0\.0% \(0 of 29\) .* well$/m);
  expect(stdout).toMatch(/^rented +2 of 2 +64\.0000 +50\.0% \(1 of 2\) +10\.0% \(2 of 20\) .* IT IS US$/m);
  expect(stdout).toMatch(/^network +2\.0% \(20 of 1000\) +1\.0% \(100 of 10000\)$/m);
  expect(stdout).toMatch(/^3 +0xa3a3a3a3… +rented +3 +20\.0% \(2 of 10\)$/m);
  expect(stdout).toContain('proposal of validator 4 (rented) at slot 190, in 9 s');
  expect(stdout).not.toContain('FOREIGN');
  // Nothing of a screen where there is none.
  expect(stdout).not.toContain('\x1b');
});

test('one that is not healthy ends with 1, says why, and calls nothing missed that it did not see', async () => {
  const { dataDir, become, store } = await monitorApi();
  become({
    ...{ clockSlot: slot(200n), head: headState({ proposals: [] }) },
    watchProblems: ['/etc/monitor.yaml line 3: watch[2] names nobody'],
  });
  store.addForeign({
    pubkey: WATCHED[3]!.pubkey,
    validatorIndex: 3,
    kind: 'attestation',
    slot: slot(150n),
    signingRoot: root(5),
    onChain: '{}',
    ours: null,
    seenAtMs: 1n,
    action: 'frozen',
  });
  const { code, stdout } = await status('--data-dir', dataDir);
  expect(code).toBe(1);
  expect(stdout).toContain('NOT HEALTHY');
  expect(stdout).toContain('head-old: the newest block known is 13 slots old');
  expect(stdout).toContain('validator 3, attestation of slot 150: frozen');
  expect(stdout).toMatch(/^rented +2 of 2 +64\.0000 +\? +10\.0% \(2 of 20\) +90\.0% +\? +\? +\?$/m);
  expect(stdout).toMatch(/^3 +0xa3a3a3a3… +rented +- +20\.0% \(2 of 10\)$/m);
  expect(stdout).toContain('watching   as before, because /etc/monitor.yaml line 3: watch[2] names nobody');
  expect(stdout).toContain('no proposal ahead');
});

test('what was not written down of a group yet is not called nothing', async () => {
  const { dataDir, become } = await monitorApi();
  const [first] = WATCHED;
  const added = {
    index: 9,
    pubkey: parsePubkey(`0x${'99'.repeat(48)}`, 'pubkey'),
    group: 'fresh',
    labels: [],
  };
  become({ watched: [first!, added] });
  const { stdout } = await status('--data-dir', dataDir);
  expect(stdout).toMatch(/^fresh +\? of 1 +\? /m);
  expect(stdout).toMatch(/^home +1 of 1 +32\.0000 /m);
});

test('--json is what the monitor said', async () => {
  const { dataDir, ask } = await monitorApi();
  const { code, stdout } = await status('--data-dir', dataDir, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    status: (await ask('/api/v1/status')).body,
    overview: (await ask('/api/v1/overview')).body,
    foreignMessages: (await ask('/api/v1/foreign-messages?limit=5')).body,
  });
});
