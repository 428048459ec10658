import { Command } from 'commander';
import { join } from 'node:path';
import { createLogger } from '../../../core/log/logger.ts';
import { signerDoors } from '../../../monitor/foreign/index.ts';
import { watchesAnybody, watchListOptions, watchedError } from '../../../monitor/watched/index.ts';
import { cliError } from '../../cli-errors.ts';
import { chainSpecOf, commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { MONITOR_FLAGS, settingOption } from '../../options/global-options.ts';
import { inTerminal, reloadOnHangup } from '../../on-hangup.ts';
import { serviceManager } from '../../service/service-manager.ts';
import { stopSignal } from '../../stop-signal.ts';
import { monitorBackfillCommand } from './backfill.ts';
import { monitorRiskCommand } from './risk.ts';
import { monitorStatusCommand } from './status.ts';
import { monitorWindowCommand } from './window.ts';

/** Longer than a slot and the timeouts of all nodes together. */
const WAITING_SECONDS = 300;

/** `vigil monitor` watches; its verbs ask. */
export function monitorCommand(): Command {
  const command = new Command('monitor')
    .description('watch duties, uptime and rewards of validators; its verbs ask about them')
    .addHelpText(
      'after',
      examples(
        'vigil monitor --beacon-node http://127.0.0.1:5052 --watch keystores:./validator_keys',
        'vigil monitor --beacon-node http://one:5052 --beacon-node http://two:5052 --watch-file ./monitor.yaml',
        'vigil monitor status',
      ),
    );
  for (const name of MONITOR_FLAGS) command.addOption(settingOption(name));
  command.addCommand(monitorBackfillCommand());
  command.addCommand(monitorRiskCommand());
  command.addCommand(monitorWindowCommand());
  command.addCommand(monitorStatusCommand());
  return command.action(async (_options, self: Command) => {
    const context = commandContext(self);
    const { settings } = context;
    const watch = watchListOptions(settings);
    if (settings['beacon-node'].length === 0) throw cliError('BEACON_NODE_NEEDED');
    if (!watchesAnybody(watch)) throw watchedError('WATCH_NOBODY');
    const log = createLogger(settings['log-level']);
    const manager = serviceManager(log);
    const stop = stopSignal();
    const hangup = inTerminal() ? null : reloadOnHangup();
    const spec = await chainSpecOf(context);
    // Loaded only now: the SSZ types in it take the preset of the network that was just loaded.
    const { startMonitor } = await import('../../../monitor/daemon/start-monitor.ts');
    const dataDir = settings['data-dir'];
    const monitor = await startMonitor({
      ...{ spec, log, dataDir, watch, signal: stop.signal },
      onWaiting: () => manager.starting('waiting for a beacon node', WAITING_SECONDS),
      beaconNodes: settings['beacon-node'],
      databasePath: settings['monitor-db'] ?? join(dataDir, 'monitor.sqlite'),
      ledgerDay: settings['ledger-day'],
      retention: { keepDetailEpochs: settings['keep-detail-epochs'], keepDays: settings['keep-days'] },
      signers: signerDoors(settings),
      executionNodes: settings['execution-node'],
      relays: settings.relay,
      feeRecipients: settings['fee-recipient'],
      host: settings['monitor-host'],
      port: settings['monitor-port'],
      perValidatorMetrics: Number(settings['per-validator-metrics']),
    }).catch((error: unknown) => {
      // Whatever the start was waiting for, it is given up.
      if (stop.signal.aborted && (error as Error).name === 'AbortError') return null;
      throw error;
    });
    if (monitor === null) return;
    hangup?.attach(() => void manager.reloading(() => monitor.reload()));
    await manager.ready(() => monitor.alive());
    const ended = await stop.received;
    log.info({ signal: ended }, 'stopping');
    await manager.stopping('finishing the round under way');
    await monitor.stop();
    log.info('stopped');
  });
}
