import { BeaconNodes } from '../../../beacon/index.ts';
import type { ChainSpec } from '../../../core/chain/chain-spec.ts';
import { SlotClock } from '../../../core/chain/slot-clock.ts';
import { createLogger } from '../../../core/log/logger.ts';
import { cliError } from '../../cli-errors.ts';
import { chainSpecOf, type CommandContext } from '../../command-context.ts';

export interface BeaconAccess {
  readonly spec: ChainSpec;
  readonly clock: SlotClock;
  readonly nodes: BeaconNodes;
}

/**
 * The configured beacon nodes, for a verb that asks a few questions and ends. Nothing is logged: results are on stdout,
 * and what keeps a node from being believed is in the error.
 * @throws BAD_ARGUMENT without a beacon node, and what reading the network throws
 */
export async function askBeacon(context: CommandContext): Promise<BeaconAccess> {
  const urls = context.settings['beacon-node'];
  if (urls.length === 0) throw cliError('BAD_ARGUMENT', 'name a beacon node to ask: --beacon-node URL');
  const spec = await chainSpecOf(context);
  const clock = new SlotClock(spec, Date.now);
  return { spec, clock, nodes: new BeaconNodes({ urls }, { spec, clock, log: createLogger('silent') }) };
}
