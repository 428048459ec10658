import { validators, type BeaconNodes, type ValidatorState } from '../../../beacon/index.ts';
import { createLogger } from '../../../core/log/logger.ts';
import {
  checkWatchList,
  WatchList,
  watchedError,
  watchesAnybody,
  watchListOptions,
  type WatchListOptions,
} from '../../../monitor/watched/index.ts';
import { cliError } from '../../cli-errors.ts';
import type { CommandContext } from '../../command-context.ts';

/**
 * Whom a verb asks about: those of `--watch` alone where it is given, otherwise everybody whom the monitor would watch.
 * @throws WATCH_NOBODY, WATCH_WORD_INVALID, WATCH_FILE_INVALID
 */
export function chosenWatch({ settings, sources }: CommandContext): WatchListOptions {
  const configured = watchListOptions(settings);
  const alone = sources.watch === 'flag' && sources['watch-file'] !== 'flag';
  const options = alone ? { ...configured, file: null } : configured;
  if (!watchesAnybody(options)) throw watchedError('WATCH_NOBODY');
  checkWatchList(options);
  return options;
}

export interface ChosenValidators {
  /** By index. */
  readonly known: readonly ValidatorState[];
  /** As they were named. */
  readonly unknown: readonly string[];
}

/**
 * What the head state says of them. What could not be read is told on stderr.
 * @throws WATCH_SOURCE_FAILED, BAD_ARGUMENT when there is nobody left to ask about
 */
export async function askForValidators(
  nodes: BeaconNodes,
  options: WatchListOptions,
  { output }: CommandContext,
): Promise<ChosenValidators> {
  const list = new WatchList(options, { ask: nodes.ask.bind(nodes), log: createLogger('silent') });
  await list.resolve();
  const [problems, unknown, current] = [list.problems(), list.pending(), list.current()];
  if (current.length === 0 && problems.length > 0)
    throw watchedError('WATCH_SOURCE_FAILED', problems.join('; '));
  if (current.length === 0)
    throw cliError('BAD_ARGUMENT', `the chain knows none of these validators: ${unknown.join(', ')}`);
  for (const problem of problems) output.note(problem);
  for (const id of unknown) output.note(`the chain does not know validator ${id}`);
  const { data } = await nodes.ask(
    validators(
      'head',
      current.map(({ index }) => BigInt(index)),
    ),
  );
  return { known: data.toSorted((a, b) => (a.index < b.index ? -1 : 1)), unknown };
}
