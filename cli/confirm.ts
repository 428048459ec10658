import { createInterface } from 'node:readline/promises';
import { cliError } from './cli-errors.ts';

/**
 * Says what an irreversible verb will do and goes on only with `--yes` or a typed "yes" on a terminal.
 * @throws CONFIRMATION_NEEDED
 */
export async function confirm(consequences: readonly string[], yes: boolean): Promise<void> {
  if (yes) return;
  for (const line of consequences) process.stderr.write(`${line}\n`);
  if (!process.stdin.isTTY) throw cliError('CONFIRMATION_NEEDED');
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    if ((await prompt.question('Type yes to go on: ')).trim() !== 'yes')
      throw cliError('CONFIRMATION_NEEDED');
  } finally {
    prompt.close();
  }
}
