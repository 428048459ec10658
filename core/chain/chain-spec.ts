import { FAR_FUTURE_EPOCH } from '../uint64.ts';
import { epoch, slot, type Epoch, type Root, type Slot } from '../units.ts';
import type { Fork, ForkName } from './fork.ts';
import type { PresetBase } from './preset.ts';

/** What tells one network from another, as far as signing on it is concerned. */
export interface ChainSpec {
  /** `CONFIG_NAME`, for people; never compared. */
  readonly name: string;
  readonly presetBase: PresetBase;
  /** Unix seconds. */
  readonly genesisTimeSeconds: bigint;
  readonly genesisValidatorsRoot: Root;
  readonly slotsPerEpoch: bigint;
  readonly slotDurationMs: number;
  /** In order of activation; the first is phase0 at epoch 0. Unscheduled forks have `FAR_FUTURE_EPOCH`. */
  readonly forks: readonly Fork[];
  /** `DEPOSIT_CHAIN_ID`, by which the execution layer knows the network; absent where nothing says it. */
  readonly depositChainId?: bigint;
}

export function epochOfSlot(spec: ChainSpec, at: Slot): Epoch {
  return epoch(at / spec.slotsPerEpoch);
}

export function startSlotOfEpoch(spec: ChainSpec, at: Epoch): Slot {
  return slot(at * spec.slotsPerEpoch);
}

/** The fork in force at an epoch: the last one activated by then (`compute_fork_version` of the specs). */
export function forkAtEpoch(spec: ChainSpec, at: Epoch): Fork {
  const fork = spec.forks.findLast(
    (candidate) => candidate.epoch <= at && candidate.epoch !== FAR_FUTURE_EPOCH,
  );
  if (fork === undefined) throw new Error('a chain spec always has phase0 at epoch 0');
  return fork;
}

export function forkNamed(spec: ChainSpec, name: ForkName): Fork | undefined {
  return spec.forks.find((fork) => fork.name === name);
}
