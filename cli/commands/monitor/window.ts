import { Command } from 'commander';
import { configSpec } from '../../../beacon/index.ts';
import { isAtLeast } from '../../../core/chain/fork.ts';
import { forkAtEpoch } from '../../../core/chain/chain-spec.ts';
import { slot } from '../../../core/units.ts';
import { penaltyRules } from '../../../monitor/risk/index.ts';
import {
  collectDuties,
  describeWindows,
  findWindows,
  firstFit,
  longestOf,
  timeWindow,
  type SlotWindow,
} from '../../../monitor/window/index.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext, type CommandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { askBeacon } from './ask-beacon.ts';
import { askForValidators, chosenWatch } from './chosen-validators.ts';
import { wholeNumber } from './numbers.ts';

interface Options {
  readonly hours?: string;
  readonly length?: string;
}

export function monitorWindowCommand(): Command {
  return new Command('window')
    .description('show the duties ahead and the longest time in which a restart costs least')
    .option('--hours <N>', 'look no further than this, however much is known')
    .option('--length <MINUTES>', 'how long it takes; exits with 1 when nothing certain has room for it')
    .addHelpText(
      'after',
      examples(
        'vigil monitor window --watch 1200,1201 --beacon-node http://localhost:5052',
        'vigil monitor window --watch 1200 --length 5 --beacon-node http://localhost:5052',
      ),
    )
    .action(async (options: Options, command: Command) => {
      await showWindow(options, commandContext(command));
    });
}

async function showWindow({ hours, length }: Options, context: CommandContext): Promise<void> {
  const minutes = length === undefined ? null : wholeNumber(length, '--length');
  const lookHours = hours === undefined ? null : wholeNumber(hours, '--hours');
  const watch = chosenWatch(context);
  const { spec, clock, nodes } = await askBeacon(context);
  const now = forkAtEpoch(spec, clock.currentEpoch()).name;
  if (!isAtLeast(now, 'altair')) throw cliError('BAD_ARGUMENT', 'a chain before Altair is not supported');
  const { data: config } = await nodes.ask(configSpec());
  const { syncPeriodEpochs } = penaltyRules(spec.presetBase, now, config);
  const { known, unknown } = await askForValidators(nodes, watch, context);

  const nowMs = Date.now();
  const nowSlot = clock.currentSlot();
  const indices = known.map(({ index }) => Number(index));
  const duties = await collectDuties(nodes, { spec, syncPeriodEpochs, nowSlot, indices });
  const slotsAhead =
    lookHours === null ? null : BigInt(Math.ceil((lookHours * 3_600_000) / spec.slotDurationMs));
  const windows = findWindows(duties, slotsAhead === null ? null : slot(nowSlot + slotsAhead));
  const neededMs = (minutes ?? 0) * 60_000;
  const wanted = minutes === null ? null : { minutes, fit: firstFit(spec, windows.windows, neededMs, nowMs) };

  const timed = (window: SlotWindow | null) =>
    window === null ? null : { ...window, ...timeWindow(spec, window, nowMs) };
  context.output.result(
    {
      nowMs,
      validators: indices,
      unknown,
      duties,
      certainUntilSlot: windows.certainUntil,
      windows: windows.windows.map(timed),
      longest: timed(longestOf(windows.windows)),
      longestQuiet: timed(longestOf(windows.quiet)),
      longestBetweenAttestations: timed(longestOf(windows.betweenAttestations)),
      wanted,
    },
    describeWindows({ spec, nowMs, duties, windows, wanted }),
  );
  // For scripts: what was asked for is not there.
  if (wanted?.fit === null) process.exitCode = 1;
}
