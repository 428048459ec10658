import { mkdir } from 'node:fs/promises';
import type { ChainSpec } from '../core/chain/chain-spec.ts';
import { SlotClock } from '../core/chain/slot-clock.ts';
import { databasePath } from '../signer/data-directory.ts';
import { openGuard, type Guard } from '../slashing-db/index.ts';
import { chainSpecOf, type CommandContext } from './command-context.ts';

/**
 * Runs a verb with the slashing database open and in its sole possession; closes it whatever happens.
 * @throws DB_IN_USE while the signer runs, and all that opening can throw
 */
export async function withGuard<T>(
  context: CommandContext,
  use: (guard: Guard, spec: ChainSpec) => Promise<T>,
): Promise<T> {
  const spec = await chainSpecOf(context);
  const dataDir = context.settings['data-dir'];
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const guard = openGuard({
    path: databasePath(dataDir),
    spec,
    clock: new SlotClock(spec, Date.now),
    // What a blank key may do is decided when a signer starts with it, by that signer's own setting.
    onMissingHistory: 'refuse',
  });
  try {
    return await use(guard, spec);
  } finally {
    await guard.close();
  }
}
