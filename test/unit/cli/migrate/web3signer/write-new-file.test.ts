import { readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { writeNewFile } from '../../../../../cli/migrate/web3signer/write-new-file.ts';
import { tempFolder } from './temp-folder.ts';

test('a file that is there stays as it is', () => {
  const { write } = tempFolder();
  const path = write('vigil.yaml', 'old');
  expect(() => writeNewFile(path, 'new')).toThrow(expect.objectContaining({ code: 'FILE_EXISTS' }));
  expect(readFileSync(path, 'utf8')).toBe('old');
});

test('a link to nowhere is not written through', () => {
  const { folder, at } = tempFolder();
  symlinkSync(at('elsewhere'), at('vigil.yaml'));
  expect(() => writeNewFile(at('vigil.yaml'), 'new')).toThrow(
    expect.objectContaining({ code: 'FILE_EXISTS' }),
  );
  expect(readdirSync(folder)).toEqual(['vigil.yaml']);
});

test('a new file is for its owner only', () => {
  const { at } = tempFolder();
  writeNewFile(at('vigil.yaml'), 'new');
  expect(readFileSync(at('vigil.yaml'), 'utf8')).toBe('new');
  expect(statSync(at('vigil.yaml')).mode & 0o777).toBe(0o600);
});

test('a folder that is not there is named', () => {
  const { at } = tempFolder();
  expect(() => writeNewFile(at('missing', 'x'), 'new')).toThrow(
    expect.objectContaining({
      code: 'BAD_ARGUMENT',
      message: expect.stringContaining('missing/x') as string,
    }),
  );
});
