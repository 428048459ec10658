import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytes } from '../../../support/signer-bodies.ts';
import {
  generate,
  getPubkeys,
  newProxy,
  proxyKeystoresIn,
  requestSignature,
  startCommitBoostSigner,
} from '../../../support/signer-commit-boost.ts';
import type { SignerFixture } from '../../../support/signer-fixture.ts';
import { failureOf } from '../keystore/failure.ts';

const ROOT = bytes(32, 'd4');
const FOLDER = { BLS: 'BLS', ECDSA: 'SECP256K1' } as const;
type Scheme = keyof typeof FOLDER;

const passwordFile = (dataDir: string): string => join(dataDir, 'proxy-password.txt');
const keystorePath = (signer: SignerFixture, scheme: Scheme, proxy: string): string =>
  join(proxyKeystoresIn(signer.dataDir), signer.pubkey, FOLDER[scheme], `${proxy}.json`);

const signatureBy = async (signer: SignerFixture, scheme: Scheme, pubkey: string): Promise<string> =>
  (await requestSignature(signer, { type: `PROXY_${scheme}`, pubkey, object_root: ROOT })).text;

const restarted = async (first: SignerFixture): Promise<SignerFixture> => {
  await first.close();
  const second = await startCommitBoostSigner({ dataDir: first.dataDir, keys: 0 });
  return { ...second, pubkey: first.pubkey };
};

describe('proxy keys on the disk', () => {
  it('sign the same after a restart', async () => {
    const first = await startCommitBoostSigner();
    const made = await Promise.all(
      (['BLS', 'ECDSA', 'BLS', 'ECDSA'] as const).map(async (scheme) => ({
        scheme,
        proxy: (await newProxy(first, scheme)).message.proxy,
      })),
    );
    const listed = await getPubkeys(first);
    const before = await Promise.all(made.map(({ scheme, proxy }) => signatureBy(first, scheme, proxy)));
    const second = await restarted(first);
    expect(await getPubkeys(second)).toEqual(listed);
    expect(await Promise.all(made.map(({ scheme, proxy }) => signatureBy(second, scheme, proxy)))).toEqual(
      before,
    );
  });

  it('are encrypted, and nobody else may read them or their password', async () => {
    const signer = await startCommitBoostSigner();
    expect(existsSync(passwordFile(signer.dataDir))).toBe(false);
    for (const scheme of ['BLS', 'ECDSA'] as const) {
      const { proxy } = (await newProxy(signer, scheme)).message;
      const path = keystorePath(signer, scheme, proxy);
      const keystore = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
      expect(keystore).toMatchObject({ version: 4, crypto: { cipher: { function: 'aes-128-ctr' } } });
      // An ECDSA key under this member would be taken for a validator key by every other tool.
      expect(keystore['pubkey']).toBe(scheme === 'BLS' ? proxy.slice(2) : undefined);
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    expect(statSync(passwordFile(signer.dataDir)).mode & 0o777).toBe(0o600);
    expect(readFileSync(passwordFile(signer.dataDir), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(statSync(join(proxyKeystoresIn(signer.dataDir), signer.pubkey, 'BLS')).mode & 0o777).toBe(0o700);
  });

  it('share one password, also when the first two are made at once', async () => {
    const first = await startCommitBoostSigner();
    await Promise.all([newProxy(first, 'BLS'), newProxy(first, 'BLS'), newProxy(first, 'ECDSA')]);
    expect((await getPubkeys(await restarted(first)))[0]).toMatchObject({
      proxy_bls: [expect.any(String), expect.any(String)],
      proxy_ecdsa: [expect.any(String)],
    });
  });

  it.each(['damaged', 'renamed', 'exposed'])('one that is %s is left out, the others sign', async (how) => {
    const first = await startCommitBoostSigner();
    const lost = (await newProxy(first, 'ECDSA')).message.proxy;
    const kept = (await newProxy(first, 'ECDSA')).message.proxy;
    const path = keystorePath(first, 'ECDSA', lost);
    if (how === 'damaged') await writeFile(path, '{}');
    if (how === 'exposed') chmodSync(path, 0o644);
    if (how === 'renamed') renameSync(path, path.replace(lost, `0x02${'11'.repeat(32)}`));
    const second = await restarted(first);
    expect((await getPubkeys(second))[0]?.proxy_ecdsa).toEqual([kept]);
    expect(await signatureBy(second, 'ECDSA', kept)).toMatch(/^"0x[0-9a-f]{128}"$/);
  });

  it('lie in the folder of the consensus key that they speak for', async () => {
    const first = await startCommitBoostSigner({ keys: 2 });
    await newProxy(first, 'BLS');
    expect(readdirSync(proxyKeystoresIn(first.dataDir))).toEqual([first.pubkey]);
  });
});

describe('a password file that is gone or wrong', () => {
  const SPOILS: Record<string, [spoil: (path: string) => unknown, code: string]> = {
    gone: [(path) => rmSync(path), 'KEY_PASSWORD_MISSING'],
    empty: [(path) => writeFile(path, '\n'), 'KEYSTORE_BAD_PASSWORD'],
    exposed: [(path) => chmodSync(path, 0o644), 'KEY_FILE_EXPOSED'],
  };
  it.each(Object.entries(SPOILS))('%s stops the start', async (_name, [spoil, code]) => {
    const first = await startCommitBoostSigner();
    await newProxy(first, 'BLS');
    await first.close();
    await spoil(passwordFile(first.dataDir));
    const error = await failureOf(() => startCommitBoostSigner({ dataDir: first.dataDir, keys: 0 }));
    expect(error.code).toBe(code);
  });

  it('gone while the signer runs is never replaced by another one', async () => {
    const signer = await startCommitBoostSigner();
    await newProxy(signer, 'BLS');
    const before = await getPubkeys(signer);
    rmSync(passwordFile(signer.dataDir));
    const answer = await generate(signer, { pubkey: signer.pubkey, scheme: 'ECDSA' });
    expect(JSON.parse(answer.text)).toEqual({
      code: 500,
      message: 'Internal Error',
      reason: 'KEY_PASSWORD_MISSING',
    });
    expect(existsSync(passwordFile(signer.dataDir))).toBe(false);
    expect(await getPubkeys(signer)).toEqual(before);
  });
});
