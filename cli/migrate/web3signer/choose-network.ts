import { isBuiltinNetwork } from '../../../core/chain/builtin-networks.ts';
import { cliError } from '../../cli-errors.ts';
import type { CommandContext } from '../../command-context.ts';
import type { OptionMap } from './option-map.ts';

/**
 * The context with the network of Web3Signer in it, unless Vigil was told one: keys must not come into the database of
 * another network for want of a flag.
 * @throws BAD_ARGUMENT when the two differ, or when Web3Signer's cannot be taken over and none was given
 */
export function chooseNetwork(context: CommandContext, { options, settings }: OptionMap): CommandContext {
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
