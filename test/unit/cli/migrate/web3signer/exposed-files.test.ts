import { chmodSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exposedFiles } from '../../../../../cli/migrate/web3signer/exposed-files.ts';
import { tempFolder } from './temp-folder.ts';

test.each([
  [0o600, false],
  [0o400, false],
  [0o640, true],
  [0o604, true],
  [0o620, true],
])('mode %o is exposed: %s', async (mode, exposed) => {
  const path = tempFolder().write('key.yaml', 'x');
  chmodSync(path, mode);
  expect(await exposedFiles([path, path])).toEqual(exposed ? [path] : []);
});

test('a file that is not there is not exposed', async () => {
  expect(await exposedFiles([tempFolder().at('missing')])).toEqual([]);
});
