import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readOperations } from '../../../../cli/operations/read-operations.ts';
import { tempDirectory } from '../../../support/temp-guard.ts';

it('reads what 100,000 validators take, and no file that is something else', async () => {
  const file = join(tempDirectory(), 'operations.json');
  writeFileSync(file, '');
  truncateSync(file, 100_000 * 360);
  expect(await readOperations(file)).toHaveLength(100_000 * 360);
  truncateSync(file, 65 * 1024 * 1024);
  await expect(readOperations(file)).rejects.toMatchObject({ code: 'KEY_FILE_TOO_LARGE' });
});
