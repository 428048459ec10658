import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { coreError } from '../core-errors.ts';
import { builtinChainSpec, isBuiltinNetwork } from './builtin-networks.ts';
import type { ChainSpec } from './chain-spec.ts';
import { chainSpecFromValues, type ConfigValues, type Genesis } from './config-values.ts';
import { activatePreset } from './preset.ts';

/**
 * The chain spec for `--network`: a built-in name, or the path of a consensus-specs `config.yaml`.
 * Activates the network's preset, see {@link activatePreset}.
 * @throws NETWORK_UNKNOWN, CHAIN_SPEC_INVALID, CHAIN_SPEC_INCOMPLETE
 */
export async function loadChainSpec(network: string, genesis: Partial<Genesis> = {}): Promise<ChainSpec> {
  if (isBuiltinNetwork(network)) return builtinChainSpec(network, genesis);
  const values = await readConfigYaml(network);
  const { genesisTimeSeconds, genesisValidatorsRoot } = genesis;
  if (genesisTimeSeconds === undefined || genesisValidatorsRoot === undefined) {
    const missing = genesisValidatorsRoot === undefined ? 'genesis validators root' : 'genesis time';
    throw coreError('CHAIN_SPEC_INCOMPLETE', `${network} does not say its ${missing}`);
  }
  return activated(chainSpecFromValues(values, { genesisTimeSeconds, genesisValidatorsRoot }));
}

/** As {@link loadChainSpec}, from what a beacon node answers at `/eth/v1/config/spec`. */
export function chainSpecFromNode(values: ConfigValues, genesis: Genesis): ChainSpec {
  return activated(chainSpecFromValues(values, genesis));
}

function activated(spec: ChainSpec): ChainSpec {
  activatePreset(spec.presetBase);
  return spec;
}

async function readConfigYaml(path: string): Promise<ConfigValues> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw coreError('NETWORK_UNKNOWN', `"${path}" is neither a built-in network nor a readable file`, error);
  }
  // The failsafe schema keeps every scalar as text: the core schema would read an unquoted 0x00000001 as 1.
  const document = parseDocument(text, { schema: 'failsafe' });
  const [problem] = document.errors;
  if (problem !== undefined) throw coreError('CHAIN_SPEC_INVALID', `${path}: ${problem.message}`, problem);
  const values: unknown = document.toJS();
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw coreError('CHAIN_SPEC_INVALID', `${path} is not a YAML mapping`);
  }
  const entries = Object.entries(values).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}
