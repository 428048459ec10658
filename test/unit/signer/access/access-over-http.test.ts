import { writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FrontDoorOptions } from '../../../../signer/access/front-door.ts';
import { databasePath } from '../../../../signer/data-directory.ts';
import { readHistory } from '../../../../slashing-db/index.ts';
import {
  accessFileText,
  bearer,
  digestOf,
  tokenOf,
  writeAccessFile,
} from '../../../support/access-fixture.ts';
import { attestation, randaoReveal, voluntaryExit } from '../../../support/signer-bodies.ts';
import { json, JSON_HEADERS, send, sign } from '../../../support/signer-client.ts';
import { startSignerFixture, type SignerFixtureOptions } from '../../../support/signer-fixture.ts';
import { KEYSTORES } from '../../../support/signer-keymanager.ts';

const CLIENTS = ['vc-1', 'vc-10', 'mon', 'op'];
const RULES = [
  '{ client: vc-1, actions: [sign, list-keys], allow: true }',
  '{ client: mon, actions: [list-keys, keymanager-read], allow: true }',
  '{ client: op, actions: [keymanager-read, keymanager-write, admin], allow: true }',
];

async function startWith(rules: readonly string[] = RULES, options: SignerFixtureOptions = {}) {
  const accessFile = writeAccessFile(accessFileText(CLIENTS, rules));
  const frontDoor: FrontDoorOptions = { accessFile, tls: null, rateLimit: null, ...options.frontDoor };
  return {
    accessFile,
    ...(await startSignerFixture({ ...options, frontDoor: { ...frontDoor, accessFile } })),
  };
}

const as = (client: string) => ({ headers: { ...JSON_HEADERS, ...bearer(client) } });
const vote = attestation(53n, 54n);
const statusAndCode = (answer: Awaited<ReturnType<typeof sign>>) => [answer.status, json(answer)['code']];
const freeze = { pubkeys: 'all', reason: 'test' };

async function counters(
  { metrics }: { metrics: { registry: { metrics(): Promise<string> } } },
  name: string,
) {
  const lines = (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(name));
  return lines.filter((line) => !line.endsWith(' 0'));
}

describe('without credentials', () => {
  it.each([
    ['POST', '/api/v1/eth2/sign/'],
    ['GET', '/api/v1/eth2/publicKeys'],
    ['GET', '/api/v1/eth2/highWatermark'],
    ['GET', '/reload'],
    ['POST', '/reload'],
    ['GET', KEYSTORES],
    ['POST', KEYSTORES],
    ['DELETE', KEYSTORES],
    ['POST', '/vigil/v1/keys/freeze'],
  ])('%s %s is 401, also with a token of nobody', async (method, path) => {
    const signer = await startWith();
    const url = path.endsWith('/') ? `${path}${signer.pubkey}` : path;
    for (const headers of [{}, bearer('nobody'), { authorization: 'Bearer' }]) {
      const answer = await send(signer.url, url, {
        ...{ method, headers: { ...JSON_HEADERS, ...headers } },
        ...(method === 'GET' ? {} : { body: path.includes('sign') ? vote : freeze }),
      });
      expect(statusAndCode(answer)).toEqual([401, 'UNAUTHORIZED']);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.text).not.toContain(signer.pubkey);
    }
    const counted = await counters(signer, 'vigil_signer_access_denied_total');
    expect(counted).toEqual([expect.stringMatching(/client="",action=".*"} 3$/)]);
  });

  it('the process still says that it is up', async () => {
    const signer = await startWith();
    expect((await send(signer.url, '/upcheck')).status).toBe(200);
    expect((await send(signer.url, '/healthcheck')).status).toBe(200);
  });
});

describe('a client', () => {
  it('reloads and reads the high watermark only where a rule says so', async () => {
    const may = [...RULES, '{ client: vc-10, actions: reload, allow: true }'];
    const signer = await startWith(may);
    const status = async (client: string, method: string, path: string) =>
      (await send(signer.url, path, { method, ...as(client) })).status;
    for (const [client, reload, watermark] of [
      ['vc-10', 200, 403],
      ['mon', 403, 200],
      ['op', 403, 403],
    ] as const) {
      expect(await status(client, 'GET', '/reload')).toBe(reload);
      expect(await status(client, 'GET', '/api/v1/eth2/highWatermark')).toBe(watermark);
    }
    expect(await status('mon', 'POST', '/reload')).toBe(403);
    expect(signer.reload.status.status).toBe('idle');
    expect(await status('vc-10', 'POST', '/reload')).toBe(202);
    const owner = { headers: { ...JSON_HEADERS, authorization: `Bearer ${signer.token}` } };
    expect((await send(signer.url, '/reload', owner)).status).toBe(200);
  });

  it('signs what its rules allow, and its name is on record instead of its address', async () => {
    const signer = await startWith();
    expect((await sign(signer, vote, as('vc-1'))).status).toBe(200);
    await signer.close();
    const records = readHistory(databasePath(signer.dataDir), [], ({ records: all }) => [...all()]);
    const last = records.at(-1)!;
    expect(last).toMatchObject({ client: 'vc-1', type: 'ATTESTATION', verdict: 'signed' });
  });

  it('of another name that begins the same signs nothing', async () => {
    const signer = await startWith();
    const answer = await sign(signer, vote, as('vc-10'));
    expect(statusAndCode(answer)).toEqual([403, 'ACCESS_DENIED']);
    expect(signer.guard.statusOf(signer.pubkey).attestation).toBeNull();
  });

  it('is denied an exit that is not named: told client, key, type and rule, counted, logged and on record', async () => {
    const lines: Record<string, unknown>[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(JSON.parse(line) as never) });
    const deny = '{ client: "vc-*", actions: sign, types: VOLUNTARY_EXIT, allow: false }';
    const signer = await startWith([deny, ...RULES], { log });
    const answer = await sign(signer, voluntaryExit(55n), as('vc-1'));
    expect(statusAndCode(answer)).toEqual([403, 'ACCESS_DENIED']);
    const { message } = json(answer);
    for (const part of ['vc-1', signer.pubkey, 'VOLUNTARY_EXIT', 'rules[0]']) expect(message).toContain(part);
    expect(answer.text).not.toContain(tokenOf('vc-1'));
    expect(answer.text).not.toContain(digestOf('vc-1'));
    expect(await counters(signer, 'vigil_signer_access_denied_total')).toEqual([
      'vigil_signer_access_denied_total{client="vc-1",action="sign"} 1',
    ]);
    expect(lines).toMatchObject([{ client: 'vc-1', code: 'ACCESS_DENIED', type: 'VOLUNTARY_EXIT' }]);
    await signer.close();
    const records = readHistory(databasePath(signer.dataDir), [], ({ records: all }) => [...all()]);
    expect(records.at(-1)).toMatchObject({
      client: 'vc-1',
      type: 'VOLUNTARY_EXIT',
      verdict: 'refused',
      reason: 'ACCESS_DENIED',
      pubkey: signer.pubkey,
    });
  });

  it('without a right to any key learns nothing of one, here or not', async () => {
    const signer = await startWith();
    const elsewhere = `0x${'ab'.repeat(48)}`;
    const [here, away] = [
      await sign(signer, vote, as('mon')),
      await sign(signer, vote, { ...as('mon'), identifier: elsewhere }),
    ];
    expect(statusAndCode(here)).toEqual([403, 'ACCESS_DENIED']);
    expect(statusAndCode(away)).toEqual([403, 'ACCESS_DENIED']);
  });

  it('with a right to one key learns nothing of another, here or not, whatever it sends', async () => {
    const elsewhere = `0x${'ab'.repeat(48)}`;
    const first = await startSignerFixture({ keys: 2 });
    await first.close();
    const [own, other] = first.pubkeys;
    const rules = [`{ client: vc-1, actions: [sign, list-keys], keys: "${own}", allow: true }`];
    const signer = await startWith(rules, { dataDir: first.dataDir, keys: 0 });
    const answers = [];
    for (const identifier of [other!, elsewhere]) {
      for (const body of [vote, '{']) {
        const answer = await sign(signer, body, { ...as('vc-1'), identifier });
        answers.push([...statusAndCode(answer), json(answer)['message']!.replace(identifier, 'KEY')]);
      }
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]!.slice(0, 2)).toEqual([403, 'ACCESS_DENIED']);
    expect((await sign(signer, vote, { ...as('vc-1'), identifier: own! })).status).toBe(200);
    const list = await send(signer.url, '/api/v1/eth2/publicKeys', as('vc-1'));
    expect(JSON.parse(list.text)).toEqual([own]);
  });

  it('that may only read reads, and changes nothing', async () => {
    const signer = await startWith();
    const get = await send(signer.url, KEYSTORES, as('mon'));
    expect(get.text).toContain(signer.pubkey);
    for (const [method, path, body] of [
      ['DELETE', KEYSTORES, { pubkeys: [signer.pubkey] }],
      ['POST', KEYSTORES, { keystores: [], passwords: [] }],
      ['POST', '/vigil/v1/keys/freeze', freeze],
    ] as const) {
      const answer = await send(signer.url, path, { method, body, ...as('mon') });
      expect(statusAndCode(answer)).toEqual([403, 'ACCESS_DENIED']);
    }
    expect(signer.keyring.has(signer.pubkey)).toBe(true);
    expect(signer.guard.protection.frozen).toBeNull();
  });

  it('that operates freezes under its name, and signs nothing', async () => {
    const signer = await startWith();
    expect((await sign(signer, vote, as('op'))).status).toBe(403);
    const path = '/vigil/v1/keys/freeze';
    const answer = await send(signer.url, path, { method: 'POST', body: freeze, ...as('op') });
    expect(answer.status).toBe(200);
    expect(signer.guard.protection.frozen).not.toBeNull();
    await signer.close();
    const records = readHistory(databasePath(signer.dataDir), [], ({ records: all }) => [...all()]);
    expect(records.at(-1)).toMatchObject({ client: 'op', type: 'freeze' });
  });

  it('shares a connection with others under its own name only', async () => {
    const signer = await startWith();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const statuses = [];
    for (const client of ['vc-1', 'vc-10', 'vc-1', 'nobody', 'vc-1']) {
      statuses.push((await sign(signer, randaoReveal(55n), { ...as(client), agent })).status);
    }
    expect(statuses).toEqual([200, 403, 200, 401, 200]);
  });
});

it("the owner's token goes on to work for keys and acts, and signs nothing", async () => {
  const signer = await startWith();
  const headers = { ...JSON_HEADERS, authorization: `Bearer ${signer.token}` };
  expect((await send(signer.url, KEYSTORES, { headers })).status).toBe(200);
  expect((await sign(signer, vote, { headers })).status).toBe(403);
});

describe('a changed access file', () => {
  it('is in force from the next request on, on open connections too', async () => {
    const signer = await startWith();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    expect((await sign(signer, vote, { ...as('vc-1'), agent })).status).toBe(200);
    writeFileSync(
      signer.accessFile,
      accessFileText(['vc-10'], ['{ client: vc-10, actions: sign, allow: true }']),
    );
    await signer.door.reload();
    expect((await sign(signer, vote, { ...as('vc-1'), agent })).status).toBe(401);
    expect((await sign(signer, vote, { ...as('vc-10'), agent })).status).toBe(200);
  });

  it('that is broken leaves the one before in force and is counted', async () => {
    const signer = await startWith();
    writeFileSync(signer.accessFile, 'clients: []\nrules: [{}]\n');
    await signer.door.reload();
    expect((await sign(signer, vote, as('vc-1'))).status).toBe(200);
    expect(await counters(signer, 'vigil_access_reload_failures_total')).toEqual([
      'vigil_access_reload_failures_total 1',
    ]);
  });

  it('is noticed without being told', async () => {
    const signer = await startWith(RULES, {
      frontDoor: { accessFile: null, tls: null, rateLimit: null, watchMs: 20 },
    });
    expect((await sign(signer, vote, as('vc-10'))).status).toBe(403);
    writeFileSync(
      signer.accessFile,
      accessFileText(CLIENTS, ['{ client: vc-10, actions: sign, allow: true }']),
    );
    await expect
      .poll(async () => (await sign(signer, vote, as('vc-10'))).status, { timeout: 20_000 })
      .toBe(200);
  });
});

describe('rate limits', () => {
  it('of a client are its own, and say when to come back', async () => {
    const text = accessFileText(CLIENTS, RULES).replace(
      `${digestOf('vc-1')}\n`,
      `${digestOf('vc-1')}\n    rate-limit: { per-second: 1, burst: 2 }\n`,
    );
    const frontDoor = { accessFile: writeAccessFile(text), tls: null, rateLimit: null };
    const signer = await startSignerFixture({ frontDoor });
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => sign(signer, vote, as('vc-1'))));
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(2);
    const late = answers.filter(({ status }) => status === 429);
    expect(late.length).toBeGreaterThan(0);
    expect(json(late[0]!)['code']).toBe('RATE_LIMITED');
    expect(late[0]!.headers['retry-after']).toBe('1');
    expect((await send(signer.url, KEYSTORES, as('op'))).status).toBe(200);
    expect((await counters(signer, 'vigil_signer_rate_limited_total'))[0]).toContain('client="vc-1"');
  });

  it('of an address hold without an access file, but not for the owner', async () => {
    const frontDoor = { accessFile: null, tls: null, rateLimit: 1 };
    const signer = await startSignerFixture({ frontDoor });
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => sign(signer, vote)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(200);
    expect(statuses).toContain(429);
    const headers = { ...JSON_HEADERS, authorization: `Bearer ${signer.token}` };
    for (let count = 0; count < 5; count += 1) {
      expect((await send(signer.url, KEYSTORES, { headers })).status).toBe(200);
    }
  });

  it('are off unless asked for', async () => {
    const signer = await startSignerFixture();
    const answers = await Promise.all(Array.from({ length: 200 }, () => sign(signer, vote)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});
