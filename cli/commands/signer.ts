import { Command } from 'commander';
import { createLogger } from '../../core/log/logger.ts';
import { isVigilError } from '../../core/errors.ts';
import { chainSpecOf, commandContext } from '../command-context.ts';
import { examples } from '../examples.ts';
import { settingOption } from '../global-options.ts';

export function signerCommand(): Command {
  const command = new Command('signer')
    .description('run the remote signer')
    .addHelpText(
      'after',
      examples(
        'vigil signer --data-dir /var/lib/vigil',
        'vigil signer --network hoodi --http-port 9000 --beacon-node http://127.0.0.1:5052',
      ),
    );
  for (const name of [
    'http-host',
    'http-port',
    'metrics-host',
    'metrics-port',
    'beacon-node',
    'on-missing-history',
  ] as const) {
    command.addOption(settingOption(name));
  }
  return command.action(async (_options, self: Command) => {
    const context = commandContext(self);
    const { settings } = context;
    const log = createLogger(settings['log-level']);
    const spec = await chainSpecOf(context);
    // Loaded only now: the SSZ types in it take the preset of the network that was just loaded.
    const { startSigner } = await import('../../signer/signer-daemon.ts');
    const signer = await startSigner({
      dataDir: settings['data-dir'],
      spec,
      httpHost: settings['http-host'],
      httpPort: settings['http-port'],
      metricsHost: settings['metrics-host'],
      metricsPort: settings['metrics-port'] ?? portAfter(settings['http-port']),
      beaconNodes: settings['beacon-node'],
      onMissingHistory: settings['on-missing-history'],
      log,
    });
    const ended = await Promise.race([stopSignal(), signer.failed]);
    if (ended instanceof Error) {
      // Nothing recorded from here on can be trusted to be durable, so there is nothing to drain either.
      log.error(
        { err: ended, code: isVigilError(ended) ? ended.code : 'INTERNAL' },
        'the signer stops: it cannot record any more',
      );
      await signer.stop();
      process.exitCode = isVigilError(ended) ? ended.exitCode : 1;
      return;
    }
    log.info({ signal: ended }, 'stopping: finishing the requests under way');
    await signer.stop();
    log.info('stopped');
  });
}

/** As Web3Signer has it: 9000 and 9001. */
const portAfter = (httpPort: number): number => (httpPort === 0 ? 0 : httpPort + 1);

/** The handlers stay: a Ctrl-C reaches us twice, by the terminal and by the launcher, and must not cut the drain short. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal));
  });
}
