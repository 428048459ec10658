import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('../../cli/vigil.js', import.meta.url));

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command line in a process of its own, without settings of the machine that runs the tests. */
export function runVigil(
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<Ran> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VIGIL|WEB3SIGNER)_/.test(name));
  const env = { ...Object.fromEntries(inherited), ...settings };
  return new Promise((resolve) => {
    execFile(process.execPath, [ENTRY, ...args], { env, cwd }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}
