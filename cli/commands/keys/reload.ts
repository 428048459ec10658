import { Command } from 'commander';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Settings } from '../../../core/config/settings.ts';
import { loadOrCreateToken } from '../../../signer/api-token.ts';
import { parsedOrNull } from '../../call-signer.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { reachSigner } from '../../running-signer.ts';

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
      'let the running signer look for keystores that came and went, and ask its key sources; as SIGHUP and POST /reload do',
    )
    .addHelpText('after', examples('vigil keys reload --data-dir /var/lib/vigil'))
    .action(async (_options, command: Command) => {
      const { settings, output } = commandContext(command);
      // One that is under way may have looked before the files changed.
      while ((await started(settings)) === 409) await ended(settings);
      const result = await ended(settings);
      if (result.status === 'failed') throw cliError('RELOAD_FAILED', result.lastError);
      const keys = pubkeys.parse(await answer(settings, '/api/v1/eth2/publicKeys')).length;
      output.result({ ...result, keys }, [`reloaded: ${keys} key(s) can sign now`]);
      if (result.status === 'completed_with_errors') throw cliError('SOME_KEYS_FAILED', result.lastError);
    });
}

const started = async (settings: Settings): Promise<number> =>
  (await reachSigner(settings, { listener: 'http', method: 'POST', path: '/reload' })).status;

async function ended(settings: Settings): Promise<z.infer<typeof reloadStatus>> {
  for (;;) {
    const now = reloadStatus.parse(await answer(settings, '/reload'));
    if (now.status !== 'running') return now;
    await delay(POLL_MS);
  }
}

async function answer(settings: Settings, path: string): Promise<unknown> {
  // With an access file the list of keys is for those who may; our own token may.
  const headers = { authorization: `Bearer ${await loadOrCreateToken(settings['data-dir'])}` };
  const { url, status, text } = await reachSigner(settings, {
    listener: 'http',
    method: 'GET',
    path,
    headers,
  });
  if (status !== 200) throw cliError('SIGNER_NOT_REACHED', `${url} answered ${status}`);
  return parsedOrNull(text);
}
