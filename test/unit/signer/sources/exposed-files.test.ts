import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { beforeEach, afterEach, describe, expect, it } from 'vitest';
import { exposedFiles, tellOfExposedFiles } from '../../../../signer/sources/exposed-files.ts';
import type { SourceConfig } from '../../../../signer/sources/sources-file.ts';

const PUBKEY = `0x${'ab'.repeat(48)}`;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-exposed-'));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, mode: number): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o755 });
  writeFileSync(file, '{}');
  chmodSync(file, mode);
  return file;
}
const vault = (tokenFile: string): SourceConfig => ({
  ...{ type: 'vault', address: 'https://v', mount: 'm', path: 'p', field: 'f' },
  ...{ 'token-file': tokenFile, 'timeout-seconds': 1, 'allow-plain-http': 'no' },
});

describe('what others than the owner can get at', () => {
  it.each([0o604, 0o640, 0o602, 0o620])('is a token file of mode %o', async (mode) => {
    const token = put('token', mode);
    expect(await exposedFiles([vault(token)])).toEqual([token]);
  });

  it('is no private file, none that is not there, and none in a folder that lets nobody in', async () => {
    const open = put('inner/deep/token', 0o644);
    expect(await exposedFiles([vault(put('token', 0o600)), vault(join(folder, 'nowhere'))])).toEqual([]);
    expect(await exposedFiles([vault(open)])).toEqual([open]);
    chmodSync(join(folder, 'inner'), 0o700);
    expect(await exposedFiles([vault(open)])).toEqual([]);
    // The group of the file gets in, all others do not.
    chmodSync(join(folder, 'inner'), 0o710);
    expect(await exposedFiles([vault(open)])).toEqual([open]);
    chmodSync(open, 0o604);
    expect(await exposedFiles([vault(open)])).toEqual([]);
  });

  it('is each keystore and password file of a folder of another client', async () => {
    const [keystore, password] = [
      put(`v/${PUBKEY}/voting-keystore.json`, 0o600),
      put(`secrets/${PUBKEY}`, 0o600),
    ];
    const config: SourceConfig = { type: 'lighthouse', path: join(folder, 'v') };
    expect(await exposedFiles([config])).toEqual([]);
    chmodSync(password, 0o644);
    expect(await exposedFiles([config])).toEqual([password]);
    chmodSync(keystore, 0o660);
    expect(await exposedFiles([config])).toEqual([password, keystore].sort());
  });

  it('is a wallet of Prysm and what opens it', async () => {
    const wallet = put('w/direct/accounts/all-accounts.keystore.json', 0o644);
    const password = put('wallet-password', 0o644);
    chmodSync(join(folder, 'w'), 0o711);
    const config: SourceConfig = { 'type': 'prysm', 'path': join(folder, 'w'), 'password-file': password };
    expect(await exposedFiles([config])).toEqual([wallet, password].sort());
  });

  it('is told of once, with how to mend it, and with the folders of keys here', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
    mkdirSync(join(folder, 'secrets'), { mode: 0o700 });
    mkdirSync(join(folder, 'keys'), { mode: 0o700 });
    await tellOfExposedFiles(folder, [], log);
    expect(lines).toEqual([]);
    chmodSync(join(folder, 'secrets'), 0o755);
    await tellOfExposedFiles(folder, [vault(put('token', 0o644))], log);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      code: 'KEY_FILE_EXPOSED',
      files: 2,
      paths: [join(folder, 'secrets'), join(folder, 'token')],
      hint: expect.stringContaining('chmod') as string,
    });
  });

  it('is not what a service manager hands over by an access list', async () => {
    const token = put('credentials/token', 0o640);
    const before = process.env['CREDENTIALS_DIRECTORY'];
    process.env['CREDENTIALS_DIRECTORY'] = join(folder, 'credentials');
    try {
      expect(await exposedFiles([vault(token)])).toEqual([]);
    } finally {
      if (before === undefined) delete process.env['CREDENTIALS_DIRECTORY'];
      else process.env['CREDENTIALS_DIRECTORY'] = before;
    }
  });
});
