import { isBuiltinNetwork } from '../../core/chain/builtin-networks.ts';
import type { ConfigValues } from '../../core/chain/config-values.ts';

/**
 * What a network known by name has configured; nothing for another. The network's preset must be active before, since
 * the library behind it reads it when it is loaded.
 */
export async function builtinConfig(network: string): Promise<ConfigValues> {
  if (!isBuiltinNetwork(network)) return {};
  const { networksChainConfig } = await import('@lodestar/config/networks');
  const { chainConfigToJson } = await import('@lodestar/config');
  return chainConfigToJson(networksChainConfig[network]) as ConfigValues;
}
