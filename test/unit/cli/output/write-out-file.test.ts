import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cliError } from '../../../../cli/cli-errors.ts';
import { writeOutFile } from '../../../../cli/output/write-out-file.ts';

const MODULE = new URL('../../../../cli/output/write-out-file.ts', import.meta.url).href;
/** `ulimit -f` counts blocks of 512 bytes in POSIX shells and of 1024 in some: at most 64 KiB either way. */
const LIMIT_BLOCKS = 64;
const TOO_MUCH = 200_000;

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-out-'));
  path = join(folder, 'out.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes `bytes` in pieces of `piece` in a process that the kernel lets write only a few blocks to a file. */
function writeUnderLimit(bytes: number, piece: number): { code: number | null; told: string } {
  const script = `
    const { writeOutFile } = await import(${JSON.stringify(MODULE)});
    try {
      writeOutFile(${JSON.stringify(path)}, (append) => {
        for (let left = ${bytes}; left > 0; left -= ${piece}) append('n'.repeat(Math.min(left, ${piece})));
      });
    } catch (error) {
      process.stderr.write(error.code + ' ' + error.exitCode + ' ' + error.message);
      process.exitCode = 7;
    }`;
  const child = spawnSync(
    'sh',
    [
      '-c',
      `ulimit -f ${LIMIT_BLOCKS}; exec "$@"`,
      'sh',
      process.execPath,
      '--input-type=module',
      '-e',
      script,
    ],
    { encoding: 'utf8' },
  );
  return { code: child.status, told: child.stderr };
}

test.each([
  ['in one piece, cut short by the kernel', TOO_MUCH],
  ['piece by piece', 1000],
])('a file that does not fit leaves the old one whole and says so: %s', (_, piece) => {
  writeFileSync(path, 'the old file');
  const { code, told } = writeUnderLimit(TOO_MUCH, piece);
  expect(told).toMatch(/^OUT_FILE_UNWRITABLE 1 .*out\.json cannot be written: EFBIG/);
  expect(code).toBe(7);
  expect(readFileSync(path, 'utf8')).toBe('the old file');
  expect(readdirSync(folder)).toEqual(['out.json']);
});

test('a file that does not fit leaves nothing where nothing was', () => {
  expect(writeUnderLimit(TOO_MUCH, TOO_MUCH).code).toBe(7);
  expect(readdirSync(folder)).toEqual([]);
});

test('under the same limit a file that fits is written: it is the size that was refused', () => {
  expect(writeUnderLimit(10_000, 1000)).toEqual({ code: 0, told: '' });
  expect(readFileSync(path, 'utf8')).toBe('n'.repeat(10_000));
});

test('an error of what is written goes through as it is and leaves the old file', () => {
  writeFileSync(path, 'the old file');
  const error = cliError('DATABASE_FAULTY');
  expect(() =>
    writeOutFile(path, (append) => {
      append('half of ');
      throw error;
    }),
  ).toThrow(error);
  expect(readFileSync(path, 'utf8')).toBe('the old file');
  expect(readdirSync(folder)).toEqual(['out.json']);
});

test('the file takes the place of the old one with mode 0600, whatever that was', () => {
  writeFileSync(path, 'the old file', { mode: 0o644 });
  writeOutFile(path, 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['out.json']);
});

test.each(['missing/out.json', 'folder', 'x'.repeat(300)])('%s cannot be written and is named', (name) => {
  mkdirSync(join(folder, 'folder'));
  expect(() => writeOutFile(join(folder, name), 'x')).toThrow(
    expect.objectContaining({
      code: 'BAD_ARGUMENT',
      exitCode: 2,
      message: expect.stringContaining(name) as string,
    }),
  );
  expect(readdirSync(folder)).toEqual(['folder']);
});
