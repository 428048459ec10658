import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { send } from '../../../support/signer-client.ts';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';
import { putNewKey, takeKeyAway } from '../../../support/signer-key-files.ts';

/** Behaviours of KeyIdentifiersAcceptanceTest and KeystoreAcceptanceTest. */

const keysOf = async ({ url }: SignerFixture): Promise<string[]> =>
  JSON.parse((await send(url, '/api/v1/eth2/publicKeys')).text) as string[];

async function health({ url }: SignerFixture): Promise<Record<string, unknown>> {
  const { status: http, text } = await send(url, '/healthcheck');
  const { status, checks } = JSON.parse(text) as { status: string; checks: { checks: { data: object }[] }[] };
  return { http, status, data: checks[0]!.checks[0]!.data };
}

const counts = (loaded: number, errors: number) => ({
  data: { 'keys-loaded': loaded, 'error-count': errors },
});

function emptyDirectory(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'vigil-keys-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

const startOver = (dataDir: string) => startSignerFixture({ dataDir, keys: 0 });

describe('the list of public keys', () => {
  it('is empty without keys and with keystores that do not open', async () => {
    const dataDir = emptyDirectory();
    await putNewKey(dataDir, 'wrong');
    const signer = await startOver(dataDir);
    expect(await keysOf(signer)).toEqual([]);
    expect(await health(signer)).toMatchObject({ http: 503, status: 'DOWN', ...counts(0, 1) });
  });

  it('has the keys that opened and not the others, whose number health tells', async () => {
    const dataDir = emptyDirectory();
    await putNewKey(dataDir, 'wrong');
    const good = [await putNewKey(dataDir), await putNewKey(dataDir)];
    const signer = await startOver(dataDir);
    expect(await keysOf(signer)).toEqual(good.sort());
    expect(await health(signer)).toMatchObject({ http: 503, status: 'DOWN', ...counts(2, 1) });
  });

  it('gets a key after a reload and loses one, and health counts with it', async () => {
    const dataDir = emptyDirectory();
    const first = await putNewKey(dataDir);
    const signer = await startOver(dataDir);
    expect(await health(signer)).toMatchObject({ http: 200, status: 'UP', ...counts(1, 0) });

    const second = await putNewKey(dataDir);
    expect(await keysOf(signer)).toEqual([first]);
    await signer.keyManager.rescan();
    expect(await keysOf(signer)).toEqual([first, second].sort());
    expect(await health(signer)).toMatchObject({ http: 200, status: 'UP', ...counts(2, 0) });

    await takeKeyAway(dataDir, first);
    expect(await keysOf(signer)).toEqual([first, second].sort());
    await signer.keyManager.rescan();
    expect(await keysOf(signer)).toEqual([second]);
    expect(await health(signer)).toMatchObject({ http: 200, status: 'UP', ...counts(1, 0) });
  });
});
