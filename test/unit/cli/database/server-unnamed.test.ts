import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createProgram } from '../../../../cli/program.ts';
import { databasePath, instanceNamePath } from '../../../../signer/data-directory.ts';

const PUBKEY = `0x${'ab'.repeat(48)}`;

test.each([
  [['keys', 'list']],
  [['keys', 'remove', PUBKEY, '--yes']],
  [['slashing-db', 'accept-rollback', '--reason', 'test', '--yes']],
])('%j says that the database is on a server which it was not told, and makes no file', async (verb) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'vigil-unnamed-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  writeFileSync(instanceNamePath(dataDir), 'one\n', { mode: 0o600 });
  const argv = ['node', 'vigil', ...verb, '--data-dir', dataDir, '--network', 'hoodi'];
  await expect(createProgram(argv).then((program) => program.parseAsync(argv))).rejects.toMatchObject({
    code: 'BAD_ARGUMENT',
    message: expect.stringContaining('on a server') as string,
  });
  expect(existsSync(databasePath(dataDir))).toBe(false);
});
