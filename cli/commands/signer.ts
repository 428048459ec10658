import { Command } from 'commander';
import { metricsPort } from '../../core/config/metrics-port.ts';
import { createLogger } from '../../core/log/logger.ts';
import { isVigilError } from '../../core/errors.ts';
import { chainSpecOf, commandContext } from '../command-context.ts';
import { examples } from '../options/examples.ts';
import { frontDoorOptions } from '../options/front-door-options.ts';
import { serviceManager } from '../service/service-manager.ts';
import { settingOption, SIGNER_SETTINGS } from '../options/global-options.ts';
import { guardOptions } from '../database/guard-options.ts';
import { inTerminal, reloadOnHangup } from '../on-hangup.ts';
import { web3signerHelp } from '../options/web3signer-options.ts';
import { keyProgressBar } from '../output/progress.ts';
import { proxyKeystores } from '../keys/proxy-keystores.ts';
import { stopSignal } from '../stop-signal.ts';

/** A large database and silent beacon nodes take their time; keystores are opened after the start. */
const START_SECONDS = 120;

export function signerCommand(): Command {
  const command = new Command('signer')
    .description('run the remote signer')
    .addHelpText(
      'after',
      examples(
        'vigil signer --data-dir /var/lib/vigil',
        'vigil signer --network hoodi --http-port 9000 --beacon-node http://127.0.0.1:5052',
      ),
    )
    .addHelpText('after', web3signerHelp());
  for (const name of SIGNER_SETTINGS) command.addOption(settingOption(name));
  return command.action(async (_options, self: Command) => {
    const context = commandContext(self);
    const { settings } = context;
    const log = createLogger(settings['log-level']);
    const manager = serviceManager(log);
    const spec = await chainSpecOf(context);
    manager.starting('opening the slashing database', START_SECONDS);
    // From here on: a signal during the start, which asks beacon nodes, must not leave the database open.
    const stop = stopSignal();
    const hangup = inTerminal() ? null : reloadOnHangup();
    // Loaded only now: the SSZ types in it take the preset of the network that was just loaded.
    const { startSigner } = await import('../../signer/signer-daemon.ts');
    const bar = keyProgressBar();
    const signer = await startSigner({
      dataDir: settings['data-dir'],
      spec,
      httpHost: settings['http-host'],
      httpPort: settings['http-port'],
      hostAllowlist: [settings['http-host'], ...settings['http-host-allowlist']],
      ...frontDoorOptions(settings),
      metricsHost: settings['metrics-host'],
      metricsPort: metricsPort(settings),
      web3SignerMetrics: settings['metrics-names'] === 'web3signer',
      beaconNodes: settings['beacon-node'],
      guard: guardOptions(settings, spec),
      onMissingHistory: settings['on-missing-history'],
      doppelgangerEpochs: settings['doppelganger-epochs'],
      keyCache: settings['key-cache'] === 'on',
      keySources: settings['key-sources'],
      watchKeys: settings['watch-keys'] === 'on',
      onKeyProgress: bar?.update,
      proxyKeystores: settings['commit-boost'] === 'on' ? proxyKeystores(settings) : null,
      policy: { file: settings['policy-file'], allow: settings.allow },
      log,
      signal: stop.signal,
    }).catch((error: unknown) => {
      if (stop.signal.aborted && error === stop.signal.reason) return null;
      throw error;
    });
    if (signer === null) {
      log.info('stopped before the start was through');
      return;
    }
    hangup?.attach(() => void manager.reloading(() => signer.reload()));
    await manager.ready(() => signer.selfTest());
    const ended = await Promise.race([stop.received, signer.failed]);
    bar?.stop();
    if (ended instanceof Error) {
      // Nothing recorded from here on can be trusted to be durable, so there is nothing to drain either.
      log.error(
        { err: ended, code: isVigilError(ended) ? ended.code : 'INTERNAL' },
        'the signer stops: it cannot record any more',
      );
      await manager.stopping('it cannot record any more');
      await signer.stop();
      process.exitCode = isVigilError(ended) ? ended.exitCode : 1;
      return;
    }
    log.info({ signal: ended }, 'stopping: finishing the requests under way');
    await manager.stopping('finishing the requests under way');
    await signer.stop();
    log.info('stopped');
  });
}
