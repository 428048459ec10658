import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  makePrivateFolder,
  readPrivateFile,
  writePrivateFile,
} from '../../../../signer/keystore/private-file.ts';
import { failureOf } from './failure.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigil-private-'));
  path = join(folder, 'token');
});
afterEach(() => rm(folder, { recursive: true }));

describe('readPrivateFile', () => {
  it('refuses a file that is not there', async () => {
    await expect(readPrivateFile(path)).rejects.toMatchObject({ code: 'KEY_FILE_MISSING' });
  });

  it.each([0o610, 0o640, 0o602, 0o604, 0o644, 0o666, 0o777])('refuses mode %o', async (mode) => {
    await writeFile(path, 'secret');
    await chmod(path, mode);
    const error = await failureOf(() => readPrivateFile(path));
    expect(error).toMatchObject({ code: 'KEY_FILE_EXPOSED', exitCode: 3 });
    expect(error.message).toContain(mode.toString(8));
  });

  it.each([
    [0o400, true],
    [0o440, true],
    [0o460, false],
    [0o444, false],
    [0o441, false],
  ])(
    'takes mode %o from the credentials of the service: %s; elsewhere only what is private',
    async (mode, taken) => {
      await writeFile(path, 'secret');
      await chmod(path, mode);
      const code = () =>
        readPrivateFile(path).then(
          () => 'taken',
          (error: unknown) => (error as { code: string }).code,
        );
      const elsewhere = (mode & 0o077) === 0 ? 'taken' : 'KEY_FILE_EXPOSED';
      expect(await code()).toBe(elsewhere);
      vi.stubEnv('CREDENTIALS_DIRECTORY', `${folder}/`);
      onTestFinished(() => void vi.unstubAllEnvs());
      expect(await code()).toBe(taken ? 'taken' : 'KEY_FILE_EXPOSED');
      vi.stubEnv('CREDENTIALS_DIRECTORY', join(folder, 'other'));
      expect(await code()).toBe(elsewhere);
    },
  );

  it('refuses a folder, and a named pipe without waiting for it', async () => {
    await expect(readPrivateFile(folder)).rejects.toMatchObject({ code: 'KEY_FILE_UNREADABLE' });
    execFileSync('mkfifo', ['-m', '600', path]);
    await expect(readPrivateFile(path)).rejects.toMatchObject({ code: 'KEY_FILE_UNREADABLE' });
  });

  it('refuses a device', async () => {
    await expect(readPrivateFile('/dev/null')).rejects.toMatchObject({ code: 'KEY_FILE_UNREADABLE' });
  });

  it('refuses one byte too many', async () => {
    await writePrivateFile(path, '12345');
    await expect(readPrivateFile(path, 4)).rejects.toMatchObject({ code: 'KEY_FILE_TOO_LARGE' });
    expect(Buffer.from(await readPrivateFile(path, 5)).toString()).toBe('12345');
  });
});

describe('writePrivateFile', () => {
  it('replaces an exposed file by a private one', async () => {
    await writeFile(path, 'old', { mode: 0o644 });
    await writePrivateFile(path, Uint8Array.of(1, 2, 3));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect([...(await readPrivateFile(path))]).toEqual([1, 2, 3]);
    expect(await readdir(folder)).toEqual(['token']);
  });

  it('leaves the old file and nothing else when it fails', async () => {
    await mkdir(path);
    await writeFile(join(path, 'inside'), 'stays');
    await expect(writePrivateFile(path, 'new')).rejects.toMatchObject({ code: 'KEY_FILE_UNWRITABLE' });
    expect(await readdir(folder)).toEqual(['token']);
    expect(await readFile(join(path, 'inside'), 'utf8')).toBe('stays');
  });

  it('fails in a folder that is not there', async () => {
    await expect(writePrivateFile(join(folder, 'none', 'token'), 'x')).rejects.toMatchObject({
      code: 'KEY_FILE_UNWRITABLE',
    });
  });

  it('leaves the bytes of the caller alone', async () => {
    const bytes = Uint8Array.of(7);
    await writePrivateFile(path, bytes);
    expect(bytes[0]).toBe(7);
  });

  it('ends with one of two contents when both are written at once', async () => {
    const [a, b] = ['a'.repeat(100_000), 'b'.repeat(100_000)];
    await Promise.all([writePrivateFile(path, a), writePrivateFile(path, b)]);
    expect([a, b]).toContain(await readFile(path, 'utf8'));
  });
});

describe('makePrivateFolder', () => {
  it('makes all of the path private and leaves an existing folder as it is', async () => {
    await chmod(folder, 0o755);
    const deep = join(folder, 'a', 'b');
    await makePrivateFolder(deep);
    await makePrivateFolder(deep);
    expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o700);
    expect((await stat(deep)).mode & 0o777).toBe(0o700);
    expect((await stat(folder)).mode & 0o777).toBe(0o755);
  });
});
