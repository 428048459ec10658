import { resolve } from 'node:path';
import { isBuiltinNetwork } from '../../core/chain/builtin-networks.ts';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { hasGenesis, networkFromNode, type CommandContext } from '../command-context.ts';

/**
 * The lines of a configuration file that name the network. What the node of `--beacon-node` answered is written down:
 * later verbs must not depend on being told again.
 */
export function networkValues(context: CommandContext, spec: ChainSpec): Record<string, unknown> {
  const { network, 'beacon-node': nodes } = context.settings;
  const fromNode = networkFromNode(context);
  return {
    // A file is named in full: the signer may be started from elsewhere.
    ...(fromNode
      ? { 'beacon-node': [...nodes] }
      : { network: isBuiltinNetwork(network) ? network : resolve(network) }),
    ...(fromNode || !hasGenesis(network)
      ? {
          'genesis-validators-root': spec.genesisValidatorsRoot,
          'genesis-time': spec.genesisTimeSeconds.toString(),
        }
      : {}),
  };
}
