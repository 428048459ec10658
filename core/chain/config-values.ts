import { coreError } from '../core-errors.ts';
import { fromHex } from '../hex.ts';
import { FAR_FUTURE_EPOCH, parseUint64 } from '../uint64.ts';
import { epoch, type Root } from '../units.ts';
import type { ChainSpec } from './chain-spec.ts';
import { FORK_NAMES, type Fork, type ForkName } from './fork.ts';
import { isPresetBase, slotsPerEpochOf } from './preset.ts';

/** Configuration of a network by the names of the consensus specs, every value as text. */
export type ConfigValues = Readonly<Record<string, string | undefined>>;

export interface Genesis {
  readonly genesisTimeSeconds: bigint;
  readonly genesisValidatorsRoot: Root;
}

/**
 * A chain spec from `config.yaml` or `/eth/v1/config/spec` values. A fork whose epoch is not given is not
 * scheduled; nothing is filled in from mainnet, where a missing line would silently give a wrong domain.
 * @throws CHAIN_SPEC_INVALID naming the key
 */
export function chainSpecFromValues(values: ConfigValues, genesis: Genesis): ChainSpec {
  const presetBase = values['PRESET_BASE'] ?? 'mainnet';
  if (!isPresetBase(presetBase)) {
    throw coreError(
      'CHAIN_SPEC_INVALID',
      `PRESET_BASE must be mainnet, minimal or gnosis, it is "${presetBase}"`,
    );
  }
  const depositChainId = chainIdOf(values);
  return {
    name: values['CONFIG_NAME'] ?? 'custom',
    presetBase,
    ...genesis,
    slotsPerEpoch: slotsPerEpochOf(presetBase),
    slotDurationMs: slotDurationMs(values),
    forks: forksFrom(values),
    ...(depositChainId === null ? {} : { depositChainId }),
  };
}

/** Nothing is signed by it, so one that cannot be read keeps no signer from starting. */
function chainIdOf({ DEPOSIT_CHAIN_ID: text = '' }: ConfigValues): bigint | null {
  return /^(0|[1-9][0-9]{0,18})$/.test(text) ? BigInt(text) : null;
}

function slotDurationMs(values: ConfigValues): number {
  const milliseconds = values['SLOT_DURATION_MS'];
  const seconds = values['SECONDS_PER_SLOT'];
  if (milliseconds === undefined && seconds === undefined) {
    throw coreError('CHAIN_SPEC_INVALID', 'neither SLOT_DURATION_MS nor SECONDS_PER_SLOT is given');
  }
  const duration =
    milliseconds === undefined
      ? specInteger(seconds, 'SECONDS_PER_SLOT') * 1000n
      : specInteger(milliseconds, 'SLOT_DURATION_MS');
  if (duration < 100n || duration > 3_600_000n) {
    throw coreError('CHAIN_SPEC_INVALID', `a slot of ${duration.toString()} ms is not plausible`);
  }
  return Number(duration);
}

function forksFrom(values: ConfigValues): Fork[] {
  const forks: Fork[] = [];
  for (const name of FORK_NAMES) {
    const fork = forkFrom(values, name);
    if (fork === null) continue;
    const previous = forks.at(-1);
    if (previous !== undefined && fork.epoch < previous.epoch) {
      throw coreError(
        'CHAIN_SPEC_INVALID',
        `${epochKey(name)} comes before the fork that precedes it (${previous.name})`,
      );
    }
    forks.push(fork);
  }
  return forks;
}

const epochKey = (name: ForkName): string => `${name.toUpperCase()}_FORK_EPOCH`;

function forkFrom(values: ConfigValues, name: ForkName): Fork | null {
  const versionKey = name === 'phase0' ? 'GENESIS_FORK_VERSION' : `${name.toUpperCase()}_FORK_VERSION`;
  const activation = name === 'phase0' ? '0' : values[epochKey(name)];
  if (activation === undefined) return null;
  const at = specInteger(activation, epochKey(name));
  const version = values[versionKey];
  if (version === undefined) {
    if (at === FAR_FUTURE_EPOCH) return null;
    throw coreError('CHAIN_SPEC_INVALID', `${versionKey} is missing`);
  }
  try {
    return { name, version: fromHex(version, versionKey, 4), epoch: epoch(at) };
  } catch (error) {
    throw coreError('CHAIN_SPEC_INVALID', (error as Error).message, error);
  }
}

function specInteger(text: string | undefined, key: string): bigint {
  try {
    return parseUint64(text, key);
  } catch (error) {
    throw coreError('CHAIN_SPEC_INVALID', (error as Error).message, error);
  }
}
