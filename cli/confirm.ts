import { cliError } from './cli-errors.ts';
import { Terminal } from './prompt/terminal.ts';

/**
 * Says what an irreversible verb will do and goes on only with `--yes` or a typed "yes" on a terminal.
 * @throws CONFIRMATION_NEEDED, PROMPT_ABANDONED
 */
export async function confirm(consequences: readonly string[], yes: boolean): Promise<void> {
  if (yes) return;
  for (const line of consequences) process.stderr.write(`${line}\n`);
  if (!Terminal.available) throw cliError('CONFIRMATION_NEEDED');
  const answer = await Terminal.with((terminal) => terminal.ask('Type yes to go on: '));
  if (answer.trim() !== 'yes') throw cliError('CONFIRMATION_NEEDED');
}
