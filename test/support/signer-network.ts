import { chainSpecFromNode } from '../../core/chain/load-chain-spec.ts';
import { forkAtEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { FORK_NAMES, type ForkName } from '../../core/chain/fork.ts';
import { toHex } from '../../core/hex.ts';
import { epoch, parseRoot } from '../../core/units.ts';

/** A network with the minimal preset on which every fork lasts ten epochs: phase0 from 0, electra from 50. */
const versionOf = (fork: ForkName): string => `0x0${FORK_NAMES.indexOf(fork)}0000f0`;
export const firstEpochOf = (fork: ForkName): bigint => 10n * BigInt(FORK_NAMES.indexOf(fork));

export const NETWORK: ChainSpec = chainSpecFromNode(
  {
    PRESET_BASE: 'minimal',
    CONFIG_NAME: 'signer-tests',
    SECONDS_PER_SLOT: '6',
    GENESIS_FORK_VERSION: versionOf('phase0'),
    ...Object.fromEntries(
      FORK_NAMES.slice(1).flatMap((fork) => [
        [`${fork.toUpperCase()}_FORK_VERSION`, versionOf(fork)],
        [`${fork.toUpperCase()}_FORK_EPOCH`, firstEpochOf(fork).toString()],
      ]),
    ),
  },
  {
    genesisTimeSeconds: 1_600_000_000n,
    genesisValidatorsRoot: parseRoot(`0x${'5e'.repeat(32)}`, 'root'),
  },
);

/** The epoch in which the tests take place unless they say otherwise: in Electra, with a past and a future. */
export const NOW_EPOCH = 55n;
export const NOW_SLOT = NOW_EPOCH * NETWORK.slotsPerEpoch + 3n;

/** Milliseconds since the Unix epoch at the start of a slot. */
export const timeOfSlot = (slot: bigint, spec: ChainSpec = NETWORK): number =>
  Number(spec.genesisTimeSeconds) * 1000 + Number(slot) * spec.slotDurationMs;

/** `fork_info` as a client on the right fork sends it for a message of an epoch. */
export function forkInfoAt(at: bigint, spec: ChainSpec = NETWORK) {
  const fork = forkAtEpoch(spec, epoch(at));
  const version = toHex(fork.version);
  return {
    fork: { previous_version: version, current_version: version, epoch: fork.epoch.toString() },
    genesis_validators_root: spec.genesisValidatorsRoot as string,
  };
}
