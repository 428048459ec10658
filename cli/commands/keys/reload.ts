import { Command } from 'commander';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../examples.ts';
import { reach, runningSignerUrl } from '../../running-signer.ts';

const POLL_MS = 200;

const reloadStatus = z.object({
  status: z.enum(['idle', 'running', 'completed', 'completed_with_errors', 'failed']),
  lastOperationTime: z.string().optional(),
  lastError: z.string().optional(),
});
const pubkeys = z.array(z.string());

export function keysReloadCommand(): Command {
  return new Command('reload')
    .description(
      'let the running signer look for keystores that came and went; as SIGHUP and POST /reload do',
    )
    .addHelpText('after', examples('vigil keys reload --data-dir /var/lib/vigil'))
    .action(async (_options, command: Command) => {
      const { settings, output } = commandContext(command);
      const signer = runningSignerUrl(settings);
      // One that is under way may have looked before the files changed.
      while ((await reach(`${signer}/reload`, { method: 'POST' })).status === 409) await ended(signer);
      const result = await ended(signer);
      if (result.status === 'failed') throw cliError('RELOAD_FAILED', result.lastError);
      const keys = pubkeys.parse(await answer(`${signer}/api/v1/eth2/publicKeys`)).length;
      output.result({ ...result, keys }, [`reloaded: ${keys} key(s) can sign now`]);
      if (result.status === 'completed_with_errors') throw cliError('SOME_KEYS_FAILED', result.lastError);
    });
}

async function ended(signer: string): Promise<z.infer<typeof reloadStatus>> {
  for (;;) {
    const now = reloadStatus.parse(await answer(`${signer}/reload`));
    if (now.status !== 'running') return now;
    await delay(POLL_MS);
  }
}

async function answer(url: string): Promise<unknown> {
  const response = await reach(url);
  if (!response.ok) throw cliError('SIGNER_NOT_REACHED', `${url} answered ${response.status}`);
  return response.json();
}
