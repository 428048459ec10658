import { chainSpecFromNode } from '../../../../core/chain/load-chain-spec.ts';
import { FORK_NAMES, type ForkName } from '../../../../core/chain/fork.ts';
import { SlotClock } from '../../../../core/chain/slot-clock.ts';
import { parseRoot } from '../../../../core/units.ts';

/** A network with the mainnet preset on which every fork lasts one epoch: phase0 is epoch 0, heze epoch 8. */
export const GENESIS_VALIDATORS_ROOT = `0x${'5e'.repeat(32)}`;
export const SLOTS_PER_EPOCH = 32n;

export const epochOf = (fork: ForkName): bigint => BigInt(FORK_NAMES.indexOf(fork));
export const versionOf = (fork: ForkName): string => `0x0${FORK_NAMES.indexOf(fork)}0000f0`;
export const firstSlotOf = (fork: ForkName): bigint => epochOf(fork) * SLOTS_PER_EPOCH;

export const spec = chainSpecFromNode(
  {
    PRESET_BASE: 'mainnet',
    CONFIG_NAME: 'successive-forks',
    SECONDS_PER_SLOT: '12',
    GENESIS_FORK_VERSION: versionOf('phase0'),
    ...Object.fromEntries(
      FORK_NAMES.slice(1).flatMap((fork) => [
        [`${fork.toUpperCase()}_FORK_VERSION`, versionOf(fork)],
        [`${fork.toUpperCase()}_FORK_EPOCH`, epochOf(fork).toString()],
      ]),
    ),
  },
  { genesisTimeSeconds: 0n, genesisValidatorsRoot: parseRoot(GENESIS_VALIDATORS_ROOT, 'root') },
);

/** A clock that stands in the first slot of a fork. */
export const clockIn = (fork: ForkName): SlotClock =>
  new SlotClock(spec, () => Number(firstSlotOf(fork)) * 12_000);

/** `fork_info` as clients send it for a message of an epoch in this fork: with the epoch of the message. */
export const forkInfo = (fork: ForkName) => ({
  fork: {
    previous_version: versionOf(FORK_NAMES[Math.max(0, FORK_NAMES.indexOf(fork) - 1)]!),
    current_version: versionOf(fork),
    epoch: epochOf(fork).toString(),
  },
  genesis_validators_root: GENESIS_VALIDATORS_ROOT,
});
