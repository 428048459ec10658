import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** A process that ends with the test; what it says comes up when something goes wrong. */
export function startProcess(
  command: string,
  args: readonly string[],
): { readonly child: ChildProcess; said(): string } {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
  return { child, said: () => output };
}

/** Asks again until there is an answer; fails at once when the process that it is about has ended. */
export async function until<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  of?: { readonly child: ChildProcess; said(): string },
): Promise<T> {
  for (;;) {
    if (of !== undefined && of.child.exitCode !== null) throw new Error(`it ended:\n${of.said()}`);
    const answer = await ask();
    if (answer !== undefined) return answer;
    await delay(100);
  }
}

/** JSON, or undefined while nobody answers so. */
export async function json<T>(url: string): Promise<T | undefined> {
  try {
    const answer = await fetch(url);
    return answer.ok ? ((await answer.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}
