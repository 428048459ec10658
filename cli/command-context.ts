import type { Command } from 'commander';
import { BeaconNode } from '../beacon/beacon-node.ts';
import { isBuiltinNetwork } from '../core/chain/builtin-networks.ts';
import type { ChainSpec } from '../core/chain/chain-spec.ts';
import type { Genesis } from '../core/chain/config-values.ts';
import { chainSpecFromNode, loadChainSpec } from '../core/chain/load-chain-spec.ts';
import { resolveSettings, type ResolvedSettings } from '../core/config/resolve-settings.ts';
import { SETTING_NAMES, type SettingName, type Settings } from '../core/config/settings.ts';
import { Output } from './output/output.ts';

/** What a verb works with: its settings from all sources, and where to write. */
export interface CommandContext extends ResolvedSettings {
  readonly output: Output;
}

/**
 * @param configFlag the flag that names Vigil's own configuration file, where a verb uses `--config` for another
 * @throws CONFIG_INVALID
 */
export function commandContext(command: Command, configFlag = 'config'): CommandContext {
  const options = command.optsWithGlobals<Record<string, unknown>>();
  const flags: Partial<Record<SettingName, string | string[]>> = {};
  for (const name of SETTING_NAMES) {
    const value = options[camelCase(name)];
    if (value !== undefined) flags[name] = value as string | string[];
  }
  const configFile = options[configFlag] as string | undefined;
  const resolved = resolveSettings({ flags, environment: process.env, configFile });
  return { ...resolved, output: new Output(options['json'] === true) };
}

/**
 * The chain spec of the configured network. What is not configured is asked of the first beacon node, if there is one:
 * the whole network when none was named, or the genesis values of one that does not have them.
 */
export async function chainSpecOf({ settings, sources }: ResolvedSettings): Promise<ChainSpec> {
  const given = configuredGenesis(settings);
  const [url] = settings['beacon-node'];
  if (url === undefined) return loadChainSpec(settings.network, given);
  const node = new BeaconNode(url);
  if (networkFromNode({ settings, sources }))
    return chainSpecFromNode(await node.spec(), { ...(await node.genesis()), ...given });
  const complete = given.genesisTimeSeconds !== undefined && given.genesisValidatorsRoot !== undefined;
  if (complete || hasGenesis(settings.network)) return loadChainSpec(settings.network, given);
  return loadChainSpec(settings.network, { ...(await node.genesis()), ...given });
}

/** No network was named, but a node that knows one. */
export const networkFromNode = ({
  settings,
  sources,
}: Pick<ResolvedSettings, 'settings' | 'sources'>): boolean =>
  sources.network === 'default' && settings['beacon-node'].length > 0;

/** Whether the name alone says everything; ephemery starts anew every week. */
export const hasGenesis = (network: string): boolean => isBuiltinNetwork(network) && network !== 'ephemery';

function configuredGenesis(settings: Settings): Partial<Genesis> {
  const time = settings['genesis-time'];
  const root = settings['genesis-validators-root'];
  return {
    ...(time === null ? {} : { genesisTimeSeconds: time }),
    ...(root === null ? {} : { genesisValidatorsRoot: root }),
  };
}

const camelCase = (name: string): string =>
  name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
