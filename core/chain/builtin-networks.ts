import type { PresetBase } from './preset.ts';
import { activatePreset } from './preset.ts';
import { parseRoot } from '../units.ts';
import { chainSpecFromValues, type ConfigValues, type Genesis } from './config-values.ts';
import type { ChainSpec } from './chain-spec.ts';
import { coreError } from '../core-errors.ts';

/** Networks known by name; their values come from `@lodestar/config`. */
export const BUILTIN_NETWORKS = ['mainnet', 'sepolia', 'hoodi', 'ephemery', 'gnosis', 'chiado'] as const;
export type BuiltinNetwork = (typeof BUILTIN_NETWORKS)[number];

const PRESET_OF: Record<BuiltinNetwork, PresetBase> = {
  mainnet: 'mainnet',
  sepolia: 'mainnet',
  hoodi: 'mainnet',
  ephemery: 'mainnet',
  gnosis: 'gnosis',
  chiado: 'gnosis',
};

export function isBuiltinNetwork(name: string): name is BuiltinNetwork {
  return (BUILTIN_NETWORKS as readonly string[]).includes(name);
}

/**
 * @param overrides genesis values: needed for ephemery, which starts anew every week with another genesis validators
 *   root (EIP-6916); for the others they may only confirm what is built in
 * @throws CHAIN_SPEC_INCOMPLETE for ephemery without genesis values, CHAIN_SPEC_INVALID for a contradiction
 */
export async function builtinChainSpec(
  name: BuiltinNetwork,
  overrides: Partial<Genesis>,
): Promise<ChainSpec> {
  activatePreset(PRESET_OF[name]);
  const { networksChainConfig, genesisData } = await import('@lodestar/config/networks');
  const { chainConfigToJson } = await import('@lodestar/config');
  const values = chainConfigToJson(networksChainConfig[name]) as ConfigValues;
  // Each iteration of it has a chain id of its own, which no version of a library can know.
  const lasting = name === 'ephemery' ? { ...values, DEPOSIT_CHAIN_ID: undefined } : values;
  return { ...chainSpecFromValues(lasting, genesisOf(name, genesisData[name], overrides)), name };
}

function genesisOf(
  name: BuiltinNetwork,
  known: { genesisTime: number; genesisValidatorsRoot: string },
  overrides: Partial<Genesis>,
): Genesis {
  const { genesisTimeSeconds, genesisValidatorsRoot } = overrides;
  if (name === 'ephemery') {
    if (genesisTimeSeconds === undefined || genesisValidatorsRoot === undefined) {
      throw coreError(
        'CHAIN_SPEC_INCOMPLETE',
        'ephemery starts anew every week: this iteration must be named',
      );
    }
    return { genesisTimeSeconds, genesisValidatorsRoot };
  }
  const builtin = {
    genesisTimeSeconds: BigInt(known.genesisTime),
    genesisValidatorsRoot: parseRoot(known.genesisValidatorsRoot, 'genesis_validators_root'),
  };
  // A wrong genesis time would shift the future check and the floor of real keys.
  const contradicts =
    (genesisTimeSeconds ?? builtin.genesisTimeSeconds) !== builtin.genesisTimeSeconds ||
    (genesisValidatorsRoot ?? builtin.genesisValidatorsRoot) !== builtin.genesisValidatorsRoot;
  if (contradicts) {
    throw coreError(
      'CHAIN_SPEC_INVALID',
      `the genesis values given are not those of ${name}, which are built in`,
    );
  }
  return builtin;
}
