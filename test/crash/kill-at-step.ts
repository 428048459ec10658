import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brokenWords } from './kept-word.ts';
import { decode } from './scenario.ts';

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));

export interface Round {
  /** Statements made before the death. */
  readonly said: number;
  readonly broken: readonly string[];
}

/** How many asynchronous steps the scenario has. @param url of a fresh database; default: a file */
export async function countSteps(url?: string): Promise<number> {
  return inFolder(async (folder) => Number(/(\d+) steps/.exec(await run(folder, 0, url))?.[1] ?? 0));
}

/** Kills the process before its n-th asynchronous step, wherever that is, and looks at what is left. */
export async function killAtStep(step: number, url?: string): Promise<Round> {
  return inFolder(async (folder) => {
    const statements = decode(await run(folder, step, url));
    return {
      said: statements.length,
      broken: await brokenWords(join(folder, 'slashing.sqlite'), statements, url),
    };
  });
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'vigil-crash-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(folder: string, step: number, url?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--no-warnings', CHILD, folder, String(step), ...(url ? [url] : [])],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', () => resolve(output));
  });
}
