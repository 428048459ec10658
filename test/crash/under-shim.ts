import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brokenWords } from './kept-word.ts';
import { decode } from './scenario.ts';
import type { Round } from './kill-at-step.ts';

const SOURCE = fileURLToPath(new URL('shim.c', import.meta.url));
const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));

/** Compiles the shim. @returns its path in a folder of its own */
export function buildShim(): string {
  const target = join(mkdtempSync(join(tmpdir(), 'vigil-shim-')), 'shim.so');
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-w', '-o', target, SOURCE, '-ldl', '-lpthread']);
  } catch (error) {
    throw new Error(
      'the crash tests need a C compiler (`cc`) and its headers; install one and run them again',
      {
        cause: error,
      },
    );
  }
  return target;
}

/** The whole scenario, with all that it does to its files. */
export async function recordTrace(shim: string): Promise<Buffer> {
  const { trace } = await runUnder(shim, 0);
  return trace;
}

/** The process is killed before its n-th operation on a file: in the middle of a commit, a checkpoint, an anchor. */
export async function killAtOperation(shim: string, operation: number): Promise<Round & { died: boolean }> {
  const { broken, output, died } = await runUnder(shim, operation);
  return { said: decode(output).length, broken, died };
}

async function runUnder(shim: string, killAt: number) {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-shim-run-'));
  const data = join(folder, 'data');
  execFileSync('mkdir', ['-m', '700', data]);
  const traceFile = join(folder, 'trace');
  try {
    const { output, died } = await new Promise<{ output: string; died: boolean }>((resolve, reject) => {
      const child = spawn(process.execPath, ['--no-warnings', CHILD, data, '0'], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {
          ...process.env,
          LD_PRELOAD: shim,
          CRASH_FOLDER: data,
          CRASH_TRACE: traceFile,
          CRASH_KILL_AT: String(killAt),
        },
      });
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
      child.on('error', reject);
      child.on('close', (_code, signal) => resolve({ output: text, died: signal === 'SIGKILL' }));
    });
    const path = join(data, 'slashing.sqlite');
    const broken = killAt > 0 && existsSync(path) ? await brokenWords(path, decode(output)) : [];
    return { output, died, broken, trace: killAt > 0 ? Buffer.alloc(0) : readFileSync(traceFile) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
