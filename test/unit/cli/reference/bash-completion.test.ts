import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProgram } from '../../../../cli/program.ts';
import { bashCompletion } from '../../../../cli/reference/bash-completion.ts';
import { allCommands, describeCommands } from '../../../../cli/reference/describe-commands.ts';

const ROOT = describeCommands(await createProgram());
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-completion-'));
  writeFileSync(join(folder, 'a file.json'), '');
  mkdirSync(join(folder, 'a-folder'));
  writeFileSync(join(folder, '.vigil.bash'), bashCompletion(ROOT));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What bash offers with the cursor at the end of the last word. */
function offered(...words: readonly string[]): string[] {
  const script =
    'source .vigil.bash; COMP_WORDS=(vigil "$@"); COMP_CWORD=$#; _vigil; printf "%s\\n" "${COMPREPLY[@]}"';
  const { stdout, stderr, status } = spawnSync(
    'bash',
    ['--norc', '--noprofile', '-uc', script, 'bash', ...words],
    { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'] } },
  );
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout
    .split('\n')
    .filter((word) => word !== '')
    .sort();
}

it('offers verbs and options of the place it is at', () => {
  expect(offered('k')).toEqual(['keys']);
  expect(offered('keys', 'im')).toEqual(['import']);
  expect(offered('keys', 'new', '--kd')).toEqual(['--kdf']);
  expect(offered('signer', '--kd')).toEqual([]);
  expect(offered('--log-level', 'debug', 'slashing-db', 'accept-')).toEqual([
    'accept-clock',
    'accept-rollback',
  ]);
});

it('offers what an option takes: words, files, folders, or nothing that is only known to whoever types', () => {
  expect(offered('keys', 'new', '--kdf', '')).toEqual(['pbkdf2', 'scrypt']);
  expect(offered('signer', '--key-cache', 'o')).toEqual(['off', 'on']);
  expect(offered('keys', 'new', '--password-file', 'a')).toEqual(['a file.json', 'a-folder']);
  expect(offered('keys', 'new', '--out', 'a')).toEqual(['a-folder']);
  expect(offered('keys', 'new', '--count', '')).toEqual([]);
  expect(offered('audit', 'show', '--data-dir', 'a')).toEqual(['a-folder']);
  expect(offered('slashing-db', 'import', 'a')).toEqual(['a file.json', 'a-folder']);
  expect(offered('completion', 'f')).toEqual(['fish']);
});

it('offers every verb there is', () => {
  for (const { path, commands } of allCommands(ROOT)) {
    if (commands.length === 0) continue;
    const names = commands.map((command) => command.path.at(-1));
    expect(offered(...path.slice(1), '')).toEqual(expect.arrayContaining(names));
  }
});
