import { mkdir } from 'node:fs/promises';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { openAnyGuard, type Guard, type OpenGuardOptions } from '../../slashing-db/index.ts';
import { chainSpecOf, type CommandContext } from '../command-context.ts';
import { assertServerNamed } from './file-place.ts';
import { guardOptions } from './guard-options.ts';

/**
 * Runs a verb with the slashing database open and in its sole possession; closes it whatever happens.
 * @throws DB_IN_USE while the signer runs, and all that opening can throw
 */
export async function withGuard<T>(
  context: CommandContext,
  use: (guard: Guard, spec: ChainSpec) => Promise<T>,
): Promise<T> {
  const { spec, options } = await offlineGuardOptions(context);
  const guard = await openAnyGuard(options);
  try {
    return await use(guard, spec);
  } finally {
    await guard.close();
  }
}

/** For verbs that open the database themselves. @throws BAD_ARGUMENT where it is on a server that nobody names */
export async function offlineGuardOptions(
  context: CommandContext,
): Promise<{ readonly spec: ChainSpec; readonly options: OpenGuardOptions }> {
  assertServerNamed(context.settings);
  const spec = await chainSpecOf(context);
  await mkdir(context.settings['data-dir'], { recursive: true, mode: 0o700 });
  // What a blank key may do is decided when a signer starts with it, by that signer's own setting.
  return { spec, options: { ...guardOptions(context.settings, spec), onMissingHistory: 'refuse' } };
}
