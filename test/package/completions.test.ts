import { spawn } from '@lydell/node-pty';
import { execFileSync, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, inject, onTestFinished, test } from 'vitest';
import { unpack } from './support/unpacked.ts';

const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const unpacked = (): string => unpack(inject('packages').deb);

test.skipIf(!has('fish'))('fish offers verbs, options and their values', () => {
  const script = join(unpacked(), 'usr/share/fish/vendor_completions.d/vigil.fish');
  const offered = (line: string): string[] =>
    execFileSync('fish', ['--no-config', '-c', `source ${script}; complete --do-complete '${line}'`], {
      encoding: 'utf8',
    })
      .split('\n')
      .filter((one) => one !== '')
      .map((one) => one.split('\t', 1)[0] ?? '');
  expect(offered('vigil keys im')).toEqual(['import']);
  expect(offered('vigil keys new --kdf ')).toEqual(['pbkdf2', 'scrypt']);
  expect(offered('vigil keys new --kd')).toEqual(['--kdf']);
  expect(offered('vigil signer --kd')).toEqual([]);
  expect(offered('vigil --log-level debug signer --data-d')).toEqual(['--data-dir']);
  expect(offered('vigil completion ')).toEqual(['bash', 'fish', 'zsh']);
});

/** A zsh on a terminal, where alone it completes; a key of the test makes it print its command line. */
async function zsh(folder: string): Promise<(line: string) => Promise<string>> {
  const env = { PATH: process.env['PATH'] ?? '', TERM: 'dumb', HOME: folder, LANG: 'C.UTF-8' };
  const shell = spawn('zsh', ['-f', '-i'], { cols: 300, rows: 50, env });
  onTestFinished(() => {
    shell.kill('SIGKILL');
  });
  let seen = '';
  shell.onData((data) => {
    seen += data;
  });
  const until = async (wanted: RegExp): Promise<string> => {
    const end = performance.now() + 60_000;
    while (performance.now() < end) {
      const found = wanted.exec(seen);
      if (found !== null) return found[1] ?? '';
      await delay(20);
    }
    throw new Error(`zsh has not said ${String(wanted)}: ${JSON.stringify(seen)}`);
  };
  const start = [
    `PROMPT=; fpath=(${folder} $fpath); autoload -Uz compinit; compinit -D -u`,
    `show() { BUFFER="print -r -- '<$BUFFER>'"; zle accept-line }; zle -N show; bindkey '^X' show`,
    'print READY$((1 + 1))',
  ];
  shell.write(`${start.join('; ')}\n`);
  await until(/READY2/);
  return (line) => {
    seen = '';
    shell.write(`${line}\t\x18`);
    return until(/\n<(.*?) *>/);
  };
}

test.skipIf(!has('zsh'))('zsh completes verbs, options and their values', async () => {
  const completed = await zsh(dirname(join(unpacked(), 'usr/share/zsh/vendor-completions/_vigil')));
  expect(await completed('vigil keys im')).toBe('vigil keys import');
  expect(await completed('vigil keys new --kd')).toBe('vigil keys new --kdf');
  expect(await completed('vigil keys new --kdf sc')).toBe('vigil keys new --kdf scrypt');
  expect(await completed('vigil signer --kd')).toBe('vigil signer --kd');
  expect(await completed('vigil rewards check --conf')).toBe('vigil rewards check --config');
  expect(await completed('vigil --log-level debug slashing-db accept-r')).toBe(
    'vigil --log-level debug slashing-db accept-rollback',
  );
  expect(await completed('vigil keys new --data-d')).toBe('vigil keys new --data-dir');
  expect(await completed('vigil completion fi')).toBe('vigil completion fish');
});
