import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { toHex } from '../../../../core/hex.ts';
import { bytesOf, type Pubkey } from '../../../../core/units.ts';
import { generateSecretKey, pubkeyOf } from '../../../../signer/keystore/bls-keys.ts';
import { randaoReveal } from '../../../support/signer-bodies.ts';
import { sign } from '../../../support/signer-client.ts';
import { startDaemon } from '../../../support/signer-daemon.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';
import { cheapKeystore } from '../keystore/cheap-keystore.ts';
import { startKvServer, TOKEN } from './kv-server.ts';

// A cache takes a real scrypt or several, seconds each on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
const PATIENT = { timeout: 20_000 };

const randao = randaoReveal(55n);

interface Check {
  readonly id: string;
  readonly status: string;
  readonly data?: Record<string, string | number>;
  readonly checks?: readonly Check[];
}

/** A data directory with one key of its own, a vault with two more, and a file that names the vault. */
async function world(further = '') {
  const made = await startSignerFixture({ keys: 1 });
  await made.close();
  const { dataDir, pubkey: own } = made;
  const server = await startKvServer();
  const keys = ['a', 'b'].map((name) => {
    const secretKey = generateSecretKey();
    server.secrets.set(name, { value: toHex(secretKey.toBytes()) });
    return pubkeyOf(secretKey);
  });
  writeFileSync(join(dataDir, 'token'), TOKEN, { mode: 0o600 });
  const keySources = join(dataDir, 'sources.yaml');
  const vault = `{type: vault, address: "${server.address}", path: validators, token-file: token, timeout-seconds: 1}`;
  writeFileSync(keySources, `sources:\n  - ${vault}\n${further}`);
  const start = async (keyCache = false, options: { watchKeys?: boolean } = {}) => {
    const signer = await startDaemon(dataDir, { keySources, keyCache, ...options });
    const url = `http://127.0.0.1:${signer.ports.http}`;
    const health = async () => {
      const { status, checks } = (await (await fetch(`${url}/healthcheck`)).json()) as {
        status: string;
        checks: Check[];
      };
      return { status, sources: checks.find(({ id }) => id === 'key-sources-check')?.checks ?? [] };
    };
    const statusOf = async (pubkey: Pubkey) => (await sign({ url, pubkey }, randao)).status;
    const statuses = () => Promise.all([own, ...keys].map(statusOf));
    /** Of a reload. */
    const outcome = async (): Promise<unknown> => {
      await signer.reload();
      const status = async () => (await (await fetch(`${url}/reload`)).json()) as Record<string, string>;
      await expect.poll(async () => (await status())['status'], PATIENT).not.toBe('running');
      const { status: ended, lastError } = await status();
      return [ended, lastError];
    };
    return { signer, url, health, statuses, outcome };
  };
  return { dataDir, own, keys, server, start };
}

/** A key in a folder as Teku keeps it. */
async function putTekuKey(dataDir: string): Promise<{ readonly pubkey: Pubkey; readonly password: string }> {
  const { pubkey, keystore } = await cheapKeystore('pw');
  const folder = join(dataDir, 'teku');
  const password = join(folder, 'k.txt');
  mkdirSync(folder);
  writeFileSync(join(folder, 'k.json'), JSON.stringify(keystore));
  writeFileSync(password, 'pw');
  return { pubkey, password };
}

describe('a daemon with a vault', () => {
  it('signs with all keys, its own and those of the vault, and says how many', async () => {
    const { start } = await world();
    const { statuses, health } = await start();
    expect(await statuses()).toEqual([200, 200, 200]);
    expect(await health()).toMatchObject({
      status: 'UP',
      sources: [{ status: 'UP', data: { 'keys-loaded': 2, 'error-count': 0 } }],
    });
  });

  it('signs with what it has while the vault is shut, says so, and gets the rest at a reload', async () => {
    const { start, server } = await world();
    server.faults.set('list', 'sealed');
    const { signer, statuses, health } = await start();
    expect(await statuses()).toEqual([200, 404, 404]);
    expect(await health()).toMatchObject({
      status: 'DOWN',
      sources: [
        { id: 'vault 1', status: 'DOWN', data: { 'keys-loaded': 0, 'reason': 'KEY_SOURCE_UNREACHABLE' } },
      ],
    });
    server.faults.clear();
    await signer.reload();
    await expect.poll(statuses, PATIENT).toEqual([200, 200, 200]);
    await expect.poll(async () => (await health()).status, PATIENT).toBe('UP');
  });

  it('tells who asks for a key that signed before to come back while the vault is shut, and lists it', async () => {
    const { start, server, own, keys } = await world();
    await (await start()).signer.stop();
    server.faults.set('list', 'sealed');
    const { signer, statuses, url } = await start();
    expect(await statuses()).toEqual([200, 503, 503]);
    const listed = async (): Promise<unknown> => (await fetch(`${url}/api/v1/eth2/publicKeys`)).json();
    expect(await listed()).toEqual([own, ...keys].sort());
    server.faults.clear();
    // It has them no more, and says so: nobody is to wait any longer.
    server.secrets.delete('b');
    await signer.reload();
    await expect.poll(statuses, PATIENT).toEqual([200, 200, 404]);
    expect(await listed()).toEqual([own, keys[0]].sort());
  });

  it('takes a changed file of sources over at a reload; a broken one changes nothing and is told', async () => {
    const { dataDir, start, server } = await world();
    const { url, statuses, outcome, health } = await start();
    const file = join(dataDir, 'sources.yaml');
    const before = readFileSync(file, 'utf8');
    const { pubkey } = await putTekuKey(dataDir);
    const newest = generateSecretKey();
    server.secrets.set('new', { value: toHex(newest.toBytes()) });
    writeFileSync(file, 'sources: [');
    expect(await outcome()).toEqual([
      'completed_with_errors',
      'KEY_SOURCES_INVALID: the key sources are as before; see the log of the signer',
    ]);
    const statusOf = async (key: Pubkey) => (await sign({ url, pubkey: key }, randao)).status;
    expect(await statusOf(pubkeyOf(newest))).toBe(200);
    // The number of a source is that of its place in the file now.
    writeFileSync(file, before.replace('sources:', 'sources:\n  - {type: teku, path: teku}'));
    expect(await outcome()).toEqual(['completed', undefined]);
    expect([await statusOf(pubkey), ...(await statuses())]).toEqual([200, 200, 200, 200]);
    expect((await health()).sources.map(({ id, data }) => [id, data?.['keys-loaded']])).toEqual([
      ['teku 1', 1],
      ['vault 2', 3],
    ]);
  });

  it('takes a changed file of sources over by itself where keys are watched', async () => {
    const { dataDir, start } = await world();
    const { url } = await start(false, { watchKeys: true });
    const { pubkey } = await putTekuKey(dataDir);
    appendFileSync(join(dataDir, 'sources.yaml'), '  - {type: teku, path: teku}\n');
    const status = async () => (await sign({ url, pubkey }, randao)).status;
    await expect.poll(status, { timeout: 60_000 }).toBe(200);
  });

  it('goes on signing with what a source brought that is named no more, and says so until another place has it', async () => {
    const { dataDir, start, keys } = await world();
    const { statuses, outcome } = await start();
    const file = join(dataDir, 'sources.yaml');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, 'sources:\n  - {type: teku, path: teku}\n');
    await putTekuKey(dataDir);
    expect(await outcome()).toEqual([
      'completed_with_errors',
      `${keys.length} keys of sources that are named no more: signing until removed, or until the next start; see the log of the signer`,
    ]);
    expect(await statuses()).toEqual([200, 200, 200]);
    // The same vault, asked in another way.
    writeFileSync(file, before.replace('timeout-seconds: 1', 'timeout-seconds: 2'));
    expect(await outcome()).toEqual([
      'completed_with_errors',
      expect.stringContaining('1 key of sources that are named no more'),
    ]);
    appendFileSync(file, '  - {type: teku, path: teku}\n');
    expect(await outcome()).toEqual(['completed', undefined]);
    expect(await statuses()).toEqual([200, 200, 200]);
  });

  it.each(['sealed', 'forbidden', 'silent', 'missing', 'no-json', 'cut'] as const)(
    'never loses a key that signs because the vault is %s at a reload',
    async (fault) => {
      const { start, server } = await world();
      const { signer, statuses, health } = await start();
      server.faults.set('list', fault);
      await signer.reload();
      await expect.poll(async () => (await health()).status, PATIENT).toBe('DOWN');
      expect(await statuses()).toEqual([200, 200, 200]);
    },
  );

  it('says at a reload which sources fail and why, in words for anybody', async () => {
    const { start, server, dataDir } = await world('  - {type: teku, path: teku}\n');
    const { password } = await putTekuKey(dataDir);
    renameSync(password, `${password}.away`);
    const { statuses, outcome } = await start();
    server.faults.set('list', 'forbidden');
    expect(await outcome()).toEqual([
      'completed_with_errors',
      'vault 1: KEY_SOURCE_DENIED; teku 2: 1 key not loaded (KEY_FILE_MISSING); see the log of the signer',
    ]);
    expect(await statuses()).toEqual([200, 200, 200]);
    server.faults.clear();
    renameSync(`${password}.away`, password);
    expect(await outcome()).toEqual(['completed', undefined]);
  });

  it('never loses a key because the vault has it no more', async () => {
    const { start, server } = await world();
    const { signer, statuses } = await start();
    server.secrets.clear();
    server.asked.length = 0;
    await signer.reload();
    await expect.poll(() => server.asked, PATIENT).toContain('list');
    expect(await statuses()).toEqual([200, 200, 200]);
  });

  it('has a key once that two places hold, and keeps it when one of them fails', async () => {
    const { start, server } = await world();
    server.secrets.set('again', server.secrets.get('a')!);
    const { statuses, url } = await start();
    expect(await statuses()).toEqual([200, 200, 200]);
    const listed = (await (await fetch(`${url}/api/v1/eth2/publicKeys`)).json()) as string[];
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed.length).toBe(3);
  });

  it('does not bring back a key that was deleted here, nor after a restart', async () => {
    const { dataDir, keys, own } = await world();
    const signer = await startSignerFixture({ dataDir, keys: 0 });
    const secretKey = generateSecretKey();
    const pubkey = pubkeyOf(secretKey);
    expect(await signer.keyManager.adopt(pubkey, secretKey)).toBe('active');
    await signer.keyManager.rescan();
    expect(signer.keyring.pubkeys()).toEqual([own, pubkey].sort());
    expect(await signer.keyManager.deleteKey(pubkey)).toBe('deleted');
    expect(await signer.keyManager.adopt(pubkey, secretKey)).toBe('deleted');
    await signer.close();
    const again = await startSignerFixture({ dataDir, keys: 0 });
    expect(await again.keyManager.adopt(pubkey, secretKey)).toBe('deleted');
    expect(keys.length).toBe(2);
  });

  it('keeps the keystores of another client in a cache of their own; a bad source keeps no other back', async () => {
    const { dataDir, start, server } = await world(
      '  - {type: teku, path: teku}\n  - {type: nimbus, path: nowhere}\n',
    );
    const { pubkey } = await putTekuKey(dataDir);
    server.faults.set('list', 'forbidden');
    const first = await start(true);
    expect((await sign({ url: first.url, pubkey }, randao)).status).toBe(200);
    const { sources } = await first.health();
    expect(sources.map(({ status }) => status)).toEqual(['DOWN', 'UP', 'DOWN']);
    await first.signer.stop();
    const [cache = ''] = readdirSync(dataDir).filter((name) => /^key-cache-[0-9a-f]{16}\.sealed$/.test(name));
    expect(readFileSync(join(dataDir, cache)).includes(Buffer.from(bytesOf(pubkey)))).toBe(true);
    const second = await start(true);
    expect((await sign({ url: second.url, pubkey }, randao)).status).toBe(200);
    const token = readFileSync(join(dataDir, 'api-token.txt'), 'utf8').trim();
    const deleted = await fetch(`${second.url}/eth/v1/keystores`, {
      method: 'DELETE',
      headers: { 'authorization': `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ pubkeys: [pubkey] }),
    });
    expect(await deleted.text()).toContain('"status":"deleted"');
    expect((await sign({ url: second.url, pubkey }, randao)).status).toBe(404);
    await second.signer.stop();
    expect(readdirSync(dataDir)).not.toContain(cache);
  });
});
