import { describe, expect, it } from 'vitest';
import { randaoReveal } from '../../../support/signer-bodies.ts';
import { send, sign } from '../../../support/signer-client.ts';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';
import { putNewKey, putSlowKey, takeFolderAway, takeKeyAway } from '../../../support/signer-key-files.ts';

/** Behaviours of ReloadAcceptanceTest. */

interface Status {
  readonly status: string;
  readonly lastOperationTime?: string;
  readonly lastError?: string;
}

const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

async function post({ url }: SignerFixture): Promise<{ status: number; body: Record<string, string> }> {
  const { status, headers, text } = await send(url, '/reload', { method: 'POST' });
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  return { status, body: JSON.parse(text) as Record<string, string> };
}

async function get({ url }: SignerFixture): Promise<Status> {
  const { status, headers, text } = await send(url, '/reload');
  expect({ status, type: headers['content-type'] }).toEqual({
    status: 200,
    type: 'application/json; charset=utf-8',
  });
  return JSON.parse(text) as Status;
}

async function ended(signer: SignerFixture): Promise<Status> {
  await expect.poll(async () => (await get(signer)).status, { timeout: 20_000 }).not.toBe('running');
  return get(signer);
}

async function reload(signer: SignerFixture): Promise<Status> {
  expect((await post(signer)).status).toBe(202);
  return ended(signer);
}

const keysOf = async ({ url }: SignerFixture): Promise<string[]> =>
  JSON.parse((await send(url, '/api/v1/eth2/publicKeys')).text) as string[];

describe('POST /reload', () => {
  it('is 202 and says that the reload runs in the background', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const { status, body } = await post(signer);
    expect(status).toBe(202);
    expect(body).toEqual({ status: 'accepted', message: expect.stringContaining('background') as string });
  });

  it('is 409 while one is under way, 202 again when it has ended', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const slow = await putSlowKey(signer.dataDir);
    expect((await post(signer)).status).toBe(202);
    const { status, body } = await post(signer);
    expect(status).toBe(409);
    const message = expect.stringContaining('already in progress') as string;
    expect(body).toEqual({ status: 'error', message });
    expect(await ended(signer)).toMatchObject({ status: 'completed' });
    expect(await keysOf(signer)).toEqual([slow]);
    expect((await post(signer)).status).toBe(202);
  });

  it('picks up what came and what went', async () => {
    const signer = await startSignerFixture({ keys: 2 });
    const [kept, gone] = signer.pubkeys as readonly string[] as [string, string];
    const added = await putNewKey(signer.dataDir);
    await takeKeyAway(signer.dataDir, gone);
    expect((await reload(signer)).status).toBe('completed');
    expect(await keysOf(signer)).toEqual([added, kept].sort());
    const statuses = [];
    for (const identifier of [kept, added, gone]) {
      statuses.push((await sign(signer, randaoReveal(55n), { identifier })).status);
    }
    expect(statuses).toEqual([200, 200, 404]);
  });

  it('of many at once starts one', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    await putSlowKey(signer.dataDir);
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(signer)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    await ended(signer);
  });

  it('is not for web pages', async () => {
    const { url, reload: state } = await startSignerFixture({ keys: 0 });
    const headers = { origin: 'http://localhost:9000' };
    expect((await send(url, '/reload', { method: 'POST', headers })).status).toBe(403);
    expect(state.status).toEqual({ status: 'idle' });
  });
});

describe('GET /reload', () => {
  it('is idle, and nothing else, before the first reload', async () => {
    expect(await get(await startSignerFixture())).toEqual({ status: 'idle' });
  });

  it('goes from idle over running to completed, also for many who ask at once', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    await putSlowKey(signer.dataDir);
    expect((await post(signer)).status).toBe(202);
    const running = await Promise.all(Array.from({ length: 5 }, () => get(signer)));
    for (const status of running) {
      expect(status).toEqual({
        status: 'running',
        lastOperationTime: expect.stringMatching(ISO_8601) as string,
      });
    }
    expect(await ended(signer)).toEqual({
      status: 'completed',
      lastOperationTime: expect.stringMatching(ISO_8601) as string,
    });
  });

  it('has the time of the last reload, not of the first', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const first = (await reload(signer)).lastOperationTime ?? '';
    await expect
      .poll(async () => (await reload(signer)).lastOperationTime ?? '', { timeout: 5000 })
      .not.toBe(first);
  });

  it('is completed_with_errors, with their number, when keystores do not open; the others are loaded', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const bad = [await putNewKey(signer.dataDir, 'wrong'), await putNewKey(signer.dataDir, 'wrong')];
    const good = [await putNewKey(signer.dataDir), await putNewKey(signer.dataDir)];
    expect(await reload(signer)).toEqual({
      status: 'completed_with_errors',
      lastOperationTime: expect.stringMatching(ISO_8601) as string,
      lastError: expect.stringContaining('2 signer loading errors') as string,
    });
    expect(await keysOf(signer)).toEqual(good.sort());
    expect((await send(signer.url, '/healthcheck')).status).toBe(503);

    await takeKeyAway(signer.dataDir, bad[0]!);
    expect((await reload(signer)).lastError).toContain('1 signer loading error;');
  });

  it('has no error any more once a reload went well, nor while the next one runs', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const bad = await putNewKey(signer.dataDir, 'wrong');
    expect(await reload(signer)).toHaveProperty('lastError');
    await takeKeyAway(signer.dataDir, bad);
    await putSlowKey(signer.dataDir);
    expect((await post(signer)).status).toBe(202);
    const running = await get(signer);
    expect(running.status).toBe('running');
    expect(running).not.toHaveProperty('lastError');
    expect(await ended(signer)).not.toHaveProperty('lastError');
    expect((await send(signer.url, '/healthcheck')).status).toBe(200);
  });

  it('is failed, with a code and without a path, when the data directory cannot be read', async () => {
    const signer = await startSignerFixture();
    await takeFolderAway(signer.dataDir);
    const { status, lastError } = await reload(signer);
    expect(status).toBe('failed');
    expect(lastError).toMatch(/^KEY_FILE_UNREADABLE: /);
    expect(lastError).not.toContain(signer.dataDir);
  });

  it('and POST are not to be had as text', async () => {
    const { url } = await startSignerFixture({ keys: 0 });
    const headers = { accept: 'text/plain' };
    for (const method of ['GET', 'POST']) {
      expect((await send(url, '/reload', { method, headers })).status).toBe(406);
    }
  });
});
