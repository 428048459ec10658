import { isBuiltinNetwork } from '../../../core/chain/builtin-networks.ts';
import { cliError } from '../../cli-errors.ts';
import type { CommandContext } from '../../command-context.ts';
import type { OptionMap } from './option-map.ts';
import { isForkOverride } from './options/network-and-guard.ts';

/**
 * The context with the network of Web3Signer in it, unless Vigil was told one: keys must not come into the database of
 * another network for want of a flag.
 * @throws BAD_ARGUMENT when the two differ, or when Web3Signer's cannot be taken over and none was given
 */
export function chooseNetwork(context: CommandContext, { options, settings }: OptionMap): CommandContext {
  const changed = options.find(({ option }) => isForkOverride(option))?.option;
  if (changed !== undefined) return withItsOwnSchedule(context, changed);
  const theirs = settings.get('network')?.[0];
  if (context.sources.network !== 'default') {
    const ours = context.settings.network;
    const differ =
      theirs !== undefined && theirs !== ours && isBuiltinNetwork(theirs) && isBuiltinNetwork(ours);
    if (differ) throw cliError('BAD_ARGUMENT', `Web3Signer works on ${theirs}, Vigil is set to ${ours}`);
    return context;
  }
  if (theirs !== undefined) {
    return {
      ...context,
      settings: { ...context.settings, network: theirs },
      sources: { ...context.sources, network: 'file' },
    };
  }
  const named = options.some(({ option }) => option === 'eth2.network');
  if (named && context.settings['beacon-node'].length === 0) {
    throw cliError(
      'BAD_ARGUMENT',
      'the network of Web3Signer cannot be taken over: name it with --network, or give --beacon-node',
    );
  }
  return context;
}

/**
 * The forks of this network are at other epochs than those that its name stands for: messages would be refused, or
 * signed for a fork that is not in force.
 */
function withItsOwnSchedule(context: CommandContext, option: string): CommandContext {
  const { settings, sources } = context;
  const named = sources.network !== 'default';
  if (named ? !isBuiltinNetwork(settings.network) : settings['beacon-node'].length > 0) return context;
  throw cliError(
    'BAD_ARGUMENT',
    `${option} changes the fork schedule: name a config.yaml that has it with --network, or give --beacon-node and no --network`,
  );
}
