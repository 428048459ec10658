import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { toHex } from '../../../../core/hex.ts';
import { createLogger } from '../../../../core/log/logger.ts';
import type { Pubkey } from '../../../../core/units.ts';
import { generateSecretKey, pubkeyOf } from '../../../../signer/keystore/bls-keys.ts';
import { openSource } from '../../../../signer/sources/open-source.ts';
import { readSourcesFile } from '../../../../signer/sources/sources-file.ts';
import { randaoReveal } from '../../../support/signer-bodies.ts';
import { sign } from '../../../support/signer-client.ts';
import { startDaemon } from '../../../support/signer-daemon.ts';
import { failureOf } from '../keystore/failure.ts';
import { CLOUDS, type Fault } from './cloud-servers.ts';

// The vendors' libraries are megabytes to load, and this machine may be busy.
vi.setConfig({ testTimeout: 240_000 });

const newKey = () => {
  const secretKey = generateSecretKey();
  return { pubkey: pubkeyOf(secretKey), hex: toHex(secretKey.toBytes()) };
};

/** Long enough for a request that is answered, on whatever machine; but the library has to be loaded before. */
const SHORT_SECONDS = 5;

/** @param fault of a server that does not answer: then the source waits a short time only, after one load in peace */
async function world(vendor: keyof typeof CLOUDS, fault?: Fault) {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-cloud-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const cloud = await CLOUDS[vendor]();
  const keys = ['a', 'b', 'c'].map((name) => ({ name, ...newKey() }));
  for (const { name, hex } of keys) cloud.secrets.set(name, hex);
  const file = join(folder, 'sources.yaml');
  const open = async (seconds: number) => {
    writeFileSync(file, `sources:\n  - {${cloud.config}, timeout-seconds: ${seconds}}\n`);
    const [config] = await readSourcesFile(file);
    return openSource(config!, { dataDir: folder, keyCache: false, log: createLogger('silent') });
  };
  let source = await open(60);
  if (fault === 'silent') {
    expect((await loaded({ source })).failed).toEqual({});
    source = await open(SHORT_SECONDS);
  }
  return { ...cloud, keys, file, folder, source };
}

/** What a load gives: pubkeys, and the codes of what failed by name. */
async function loaded(
  { source }: Pick<Awaited<ReturnType<typeof world>>, 'source'>,
  here: readonly Pubkey[] = [],
) {
  const pubkeys: Pubkey[] = [];
  const failed: Record<string, string> = {};
  const options = { has: (pubkey: Pubkey) => here.includes(pubkey), signal: new AbortController().signal };
  for await (const key of source.load(options)) {
    if ('error' in key) failed[key.label.split('-').at(-1)!] = key.error.code;
    else pubkeys.push(key.pubkey);
  }
  return { pubkeys: pubkeys.sort(), failed };
}

const sorted = (keys: readonly { pubkey: Pubkey }[]) => keys.map(({ pubkey }) => pubkey).sort();

describe.each(['aws', 'gcp', 'azure'] as const)('%s', (vendor) => {
  it.each<[Fault, string]>([
    ['forbidden', 'KEY_SOURCE_DENIED'],
    ['broken', 'KEY_SOURCE_UNREACHABLE'],
    ['silent', 'KEY_SOURCE_UNREACHABLE'],
  ])('that is %s at its list says so, in time, and nothing of its address or token', async (fault, code) => {
    const made = await world(vendor, fault);
    made.faults.set('list', fault);
    const error = await failureOf(() => loaded(made));
    expect(error.code).toBe(code);
    expect(error.message).not.toMatch(/token|test-secret/);
  });

  it.each<[Fault, string]>([
    ['forbidden', 'KEY_SOURCE_DENIED'],
    ['missing', 'KEY_SOURCE_ANSWER'],
    ['binary', 'KEY_SOURCE_ANSWER'],
    ['silent', 'KEY_SOURCE_UNREACHABLE'],
  ])('with one secret that is %s gives the others', async (fault, code) => {
    const made = await world(vendor, fault);
    made.faults.set('b', fault);
    const { pubkeys, failed } = await loaded(made);
    expect(pubkeys).toEqual(sorted([made.keys[0]!, made.keys[2]!]));
    expect(failed).toEqual({ b: code });
  });

  it('gives all keys of all pages under the prefix, with the credentials of the machine', async () => {
    const made = await world(vendor);
    made.secrets.set('/other-vigil-key', newKey().hex);
    const late = newKey();
    made.secrets.set('d', `# two\n${late.hex}\n`);
    expect(await loaded(made)).toEqual({ pubkeys: sorted([...made.keys, late]), failed: {} });
    expect(made.asked.filter((name) => name !== 'list').sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('that is slow is waited for', async () => {
    const made = await world(vendor);
    for (const name of ['list', 'a', 'b', 'c']) made.faults.set(name, 'slow');
    expect(await loaded(made)).toEqual({ pubkeys: sorted(made.keys), failed: {} });
  });

  it('is asked again only for what is not here', async () => {
    const made = await world(vendor);
    const { pubkeys } = await loaded(made);
    made.asked.length = 0;
    expect(
      (
        await loaded(
          made,
          pubkeys.filter((pubkey) => pubkey !== made.keys[1]!.pubkey),
        )
      ).pubkeys,
    ).toEqual([made.keys[1]!.pubkey]);
    expect(made.asked.filter((name) => name !== 'list')).toEqual(['b']);
  });

  it('takes no key away from a daemon, whatever happens to it, and gives one key once', async () => {
    const made = await world(vendor, 'silent');
    made.secrets.set('again', made.keys[0]!.hex);
    const signer = await startDaemon(join(made.folder, 'data'), { keySources: made.file });
    const url = `http://127.0.0.1:${signer.ports.http}`;
    const statuses = () =>
      Promise.all(
        made.keys.map(async ({ pubkey }) => (await sign({ url, pubkey }, randaoReveal(55n))).status),
      );
    expect(await statuses()).toEqual([200, 200, 200]);
    const listed = (await (await fetch(`${url}/api/v1/eth2/publicKeys`)).json()) as string[];
    expect(listed.sort()).toEqual(sorted(made.keys));
    for (const fault of ['forbidden', 'silent', 'broken'] as const) {
      made.faults.set('list', fault);
      made.asked.length = 0;
      await signer.reload();
      await expect.poll(() => made.asked, { timeout: 60_000 }).toContain('list');
      await expect
        .poll(async () => (await fetch(`${url}/healthcheck`)).status, { timeout: 60_000 })
        .toBe(503);
      expect(await statuses()).toEqual([200, 200, 200]);
    }
    made.faults.clear();
    made.secrets.clear();
    made.asked.length = 0;
    await signer.reload();
    await expect.poll(async () => (await fetch(`${url}/healthcheck`)).status, { timeout: 60_000 }).toBe(200);
    expect(await statuses()).toEqual([200, 200, 200]);
  });

  it('without its library says which package to install', async () => {
    const { file, folder } = await world(vendor);
    const [config] = await readSourcesFile(file);
    const log = createLogger('silent');
    const load = () => Promise.reject(new Error('not found'));
    const source = openSource(config!, { dataDir: folder, keyCache: false, log, load });
    const error = await failureOf(() => loaded({ source }));
    expect([error.code, error.message]).toEqual([
      'KEY_SOURCE_SDK_MISSING',
      expect.stringMatching(
        /@aws-sdk\/client-secrets-manager|@google-cloud\/secret-manager|@azure\/keyvault/,
      ) as string,
    ]);
  });
});
