import { Command } from 'commander';
import { join } from 'node:path';
import { configSpec } from '../../../beacon/index.ts';
import { createLogger } from '../../../core/log/logger.ts';
import { parseUint64 } from '../../../core/uint64.ts';
import { epoch as epochOf } from '../../../core/units.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { settingOption } from '../../options/global-options.ts';
import { startProgress } from '../../output/progress.ts';
import { askBeacon } from './ask-beacon.ts';
import { waitForNode } from './wait-for-node.ts';

interface Options {
  readonly fromEpoch?: string;
  readonly toEpoch?: string;
}

/** The furthest epoch there can be. */
const LAST = 2n ** 63n - 1n;

export function monitorBackfillCommand(): Command {
  const command = new Command('backfill')
    .description('bring epochs that the monitor missed, also beside a running monitor')
    .option('--from-epoch <N>', 'also from before the validators were watched (default: since they are)')
    .option('--to-epoch <N>', 'no later than this (default: all that is final)')
    .addHelpText(
      'after',
      examples(
        'vigil monitor backfill --beacon-node http://archive:5052',
        'vigil monitor backfill --beacon-node http://archive:5052 --from-epoch 400000 --to-epoch 401000',
      ),
    );
  for (const name of ['monitor-db', 'ledger-day', 'execution-node', 'relay', 'fee-recipient'] as const) {
    command.addOption(settingOption(name));
  }
  return command.action(async (_options, self: Command) => {
    const context = commandContext(self);
    const { settings, output } = context;
    const options = self.opts<Options>();
    const from = options.fromEpoch === undefined ? null : parseUint64(options.fromEpoch, '--from-epoch');
    const until = options.toEpoch === undefined ? LAST : parseUint64(options.toEpoch, '--to-epoch');
    const { nodes, spec } = await askBeacon(context);
    try {
      // A long run looks at the nodes again and again, or their heads would soon be called old.
      await nodes.start();
      const wait = waitForNode({
        ...{ nodes, stepMs: spec.slotDurationMs },
        note: (line) => output.note(line),
      });
      // Loaded only now: the SSZ types in it take the preset of the network.
      const { engineParts } = await import('../../../monitor/daemon/engine-parts.ts');
      const { backfill, whileNoTruth } = await import('../../../monitor/engine/backfill.ts');
      const { data: values } = await whileNoTruth(() => nodes.ask(configSpec()), wait);
      const parts = engineParts({
        ...{ nodes, spec, values, log: createLogger('silent') },
        ledgerDay: settings['ledger-day'],
        executionNodes: settings['execution-node'],
        relays: settings.relay,
        feeRecipients: settings['fee-recipient'],
        databasePath: settings['monitor-db'] ?? join(settings['data-dir'], 'monitor.sqlite'),
      });
      try {
        const watched = parts.store.known().filter((validator) => validator.watched);
        if (watched.length === 0) {
          throw cliError('BAD_ARGUMENT', 'the database watches nobody yet: start vigil monitor first');
        }
        if (from !== null) parts.store.watch(watched, epochOf(from));
        let progress: ReturnType<typeof startProgress> | null = null;
        const result = await backfill(
          parts,
          { from: epochOf(from ?? 0n), until: epochOf(until) },
          (done, total) => {
            progress ??= startProgress('epochs', total);
            progress.update(done);
          },
          wait,
        ).finally(() => progress?.stop());
        const failed = result.failed.map(({ epoch, why }) => ({ epoch: epoch.toString(), why }));
        output.result({ repaired: result.repaired, failed }, [
          `${result.repaired} epochs brought`,
          ...failed.slice(0, 10).map(({ epoch, why }) => `epoch ${epoch} is still missing: ${why}`),
          ...(failed.length > 10 ? [`… and ${failed.length - 10} more`] : []),
        ]);
        if (failed.length > 0) process.exitCode = 1;
      } finally {
        parts.store.close();
      }
    } finally {
      nodes.stop();
    }
  });
}
