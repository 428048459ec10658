import { fork } from 'node:child_process';
import { join } from 'node:path';

/** Runs a child process of this folder to its end. */
export async function runChild(
  file: string,
  args: readonly string[],
  execArgv: readonly string[] = [],
): Promise<{ message: unknown; signal: NodeJS.Signals | null }> {
  const child = fork(join(import.meta.dirname, file), args, { execArgv: [...execArgv] });
  let message: unknown = null;
  child.on('message', (sent) => (message = sent));
  const signal = await new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('exit', (_code, by) => resolve(by)),
  );
  return { message, signal };
}
