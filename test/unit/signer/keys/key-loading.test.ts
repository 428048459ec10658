import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../../../core/log/logger.ts';
import { bytesOf, type Pubkey } from '../../../../core/units.ts';
import { keyCachePath } from '../../../../signer/data-directory.ts';
import { keyCacheOf } from '../../../../signer/keystore/cache/key-caches.ts';
import { secondsLeft, logLoadProgress } from '../../../../signer/keys/load-progress.ts';
import { randaoReveal } from '../../../support/signer-bodies.ts';
import { json, sign } from '../../../support/signer-client.ts';
import { startDaemon } from '../../../support/signer-daemon.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';
import { keystoreFile, passwordFile, putNewKey } from '../../../support/signer-key-files.ts';

// A cache takes a real scrypt or several, seconds each on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const randao = randaoReveal(55n);

/** A daemon with the cache on, the keys it came up with, and how many keystores it opened one by one. */
async function start(dataDir: string, keyCache = true) {
  let cold = 0;
  const onKeyProgress = (_done: number, _total: number, opened: number) => (cold = opened);
  const signer = await startDaemon(dataDir, { keyCache, onKeyProgress });
  const url = `http://127.0.0.1:${signer.ports.http}`;
  const keys = (await (await fetch(`${url}/api/v1/eth2/publicKeys`)).json()) as string[];
  return { signer, keys, url, cold };
}

async function dataDirWith(keys: number): Promise<{ dataDir: string; pubkeys: readonly Pubkey[] }> {
  const made = await startSignerFixture({ keys });
  await made.close();
  return { dataDir: made.dataDir, pubkeys: [...made.pubkeys].sort() };
}

describe('a key that is still being opened', () => {
  it('is listed, is to be asked for again, and makes the signer unhealthy until it is there', async () => {
    const signer = await startSignerFixture({ keys: 1 });
    const pubkey = (await putNewKey(signer.dataDir)) as Pubkey;
    signer.keyring.expect([pubkey]);
    const answer = await sign(signer, randao, { identifier: pubkey });
    expect([answer.status, json(answer)['code']]).toEqual([503, 'KEY_LOADING']);
    expect(answer.headers['retry-after']).toBe('1');
    expect((await sign(signer, randao)).status).toBe(200);
    const list = await (await fetch(`${signer.url}/api/v1/eth2/publicKeys`)).json();
    expect(list).toEqual([...signer.pubkeys, pubkey].sort());
    const health = await fetch(`${signer.url}/healthcheck`);
    expect(health.status).toBe(503);
    expect(await health.text()).toContain('"keys-loaded":1,"error-count":0,"keys-loading":1');
    await signer.keyManager.loadAll();
    expect((await sign(signer, randao, { identifier: pubkey })).status).toBe(200);
    expect((await fetch(`${signer.url}/healthcheck`)).status).toBe(200);
  });

  it('that fails is given up, is counted, and keeps no other from signing', async () => {
    const { dataDir, pubkeys } = await dataDirWith(3);
    await writeFile(keystoreFile(dataDir, pubkeys[0]!), '{}');
    await rm(passwordFile(dataDir, pubkeys[1]!));
    const { signer, keys, url } = await start(dataDir);
    expect(await signer.loaded).toEqual({ loaded: 1, failed: 2, deleted: 0 });
    expect(keys).toEqual([pubkeys[2]]);
    expect((await sign({ url, pubkey: pubkeys[2]! }, randao)).status).toBe(200);
    expect((await sign({ url, pubkey: pubkeys[0]! }, randao)).status).toBe(404);
  });

  it('and is deleted meanwhile stays dead', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const pubkey = (await putNewKey(signer.dataDir)) as Pubkey;
    const found = await signer.keyManager.findKeys();
    expect(await signer.keyManager.deleteKey(pubkey)).toBe('not_active');
    expect((await signer.keyManager.loadAll({}, found)).loaded).toBe(0);
    expect((await sign(signer, randao, { identifier: pubkey })).status).toBe(404);
  });

  it('and is imported meanwhile is there once', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const pubkey = (await putNewKey(signer.dataDir)) as Pubkey;
    const found = await signer.keyManager.findKeys();
    await signer.keyManager.loadAll();
    expect((await signer.keyManager.loadAll({}, found)).loaded).toBe(0);
    expect(signer.keyring.pubkeys()).toEqual([pubkey]);
    expect(signer.keyring.coming).toBe(0);
  });
});

describe('the key cache of a daemon', () => {
  it('is made by the first start, spares the second every keystore, and is gone when it is switched off', async () => {
    const { dataDir, pubkeys } = await dataDirWith(3);
    const first = await start(dataDir);
    expect([first.keys, first.cold]).toEqual([pubkeys, 3]);
    await first.signer.stop();
    const second = await start(dataDir);
    expect([second.keys, second.cold]).toEqual([pubkeys, 0]);
    expect((await sign({ url: second.url, pubkey: pubkeys[1]! }, randao)).status).toBe(200);
    await second.signer.stop();
    const third = await start(dataDir, false);
    expect([third.keys, third.cold]).toEqual([pubkeys, 3]);
    expect(existsSync(keyCachePath(dataDir))).toBe(false);
  });

  it('opens what came new, and only that', async () => {
    const { dataDir } = await dataDirWith(2);
    await (await start(dataDir)).signer.stop();
    await putNewKey(dataDir);
    const { keys, cold } = await start(dataDir);
    expect([keys.length, cold]).toEqual([3, 1]);
  });

  it('does not open what the keystore no longer does: a password that is another now', async () => {
    const { dataDir, pubkeys } = await dataDirWith(2);
    await (await start(dataDir)).signer.stop();
    await writeFile(passwordFile(dataDir, pubkeys[0]!), 'another');
    const { keys, cold } = await start(dataDir);
    expect([keys, cold]).toEqual([[pubkeys[1]], 2]);
  });

  it('loses a key with its deletion, before the deletion is answered, be the signer running or not', async () => {
    const { dataDir, pubkeys } = await dataDirWith(2);
    const [one, two] = pubkeys as [Pubkey, Pubkey];
    await (await start(dataDir)).signer.stop();
    expect(readFileSync(keyCachePath(dataDir)).includes(Buffer.from(bytesOf(one)))).toBe(true);
    // As the command line does it, which has no cache of its own.
    const offline = await startSignerFixture({ dataDir, keys: 0 });
    await offline.keyManager.deleteKey(one);
    await offline.close();
    expect(existsSync(keyCachePath(dataDir))).toBe(false);
    const { signer, keys } = await start(dataDir);
    expect(keys).toEqual([two]);
    await signer.stop();
    const log = createLogger('silent');
    const cache = keyCacheOf(dataDir, log);
    await cache.forget(two);
    expect(existsSync(keyCachePath(dataDir))).toBe(false);
  });
});

describe('progress', () => {
  it('tells what is left at the pace of the keystores that were opened', () => {
    const lines: object[] = [];
    let now = 0;
    const log = { info: (line: object) => lines.push(line) } as never;
    const progress = logLoadProgress(log, () => now);
    progress(900, 1000, 0);
    for (let cold = 1; cold <= 100; cold += 1, now += 1000) progress(900 + cold, 1000, cold);
    expect(lines.length).toBeLessThan(30);
    expect(lines).toContainEqual(
      expect.objectContaining({ total: 1000, secondsLeft: expect.any(Number) as number }),
    );
    expect(secondsLeft(950, 1000, 51, 50_000)).toBe(50);
    expect(secondsLeft(1, 1000, 1, 0)).toBeNull();
  });
});
