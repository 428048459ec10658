import { loadChainSpec } from '../../core/chain/load-chain-spec.ts';
import { parseRoot } from '../../core/units.ts';
import { EpochTime } from '../../monitor/alerting/index.ts';
import { chainSpecOf, hasGenesis, networkFromNode, type CommandContext } from '../command-context.ts';

/** Only durations are read of it, and a custom network should not have to say more. */
const NO_GENESIS = {
  genesisTimeSeconds: 0n,
  genesisValidatorsRoot: parseRoot(`0x${'00'.repeat(32)}`, 'root'),
};

/** Name of the network and how long its epochs are. */
export async function networkTime(
  context: CommandContext,
): Promise<{ readonly network: string; readonly time: EpochTime }> {
  const { network } = context.settings;
  const complete = networkFromNode(context) || hasGenesis(network);
  const spec = complete ? await chainSpecOf(context) : await loadChainSpec(network, NO_GENESIS);
  return { network: spec.name, time: new EpochTime(spec) };
}
