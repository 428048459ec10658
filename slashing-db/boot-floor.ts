import { epochOfSlot, type ChainSpec } from '../core/chain/chain-spec.ts';
import { epoch, slot, type Epoch, type Slot } from '../core/units.ts';
import type { AttestationMessage, BlockMessage } from './message.ts';
import { refuse, type Refusal } from './refusals.ts';
import { mergeAttestation, mergeBlock } from './rules/merge-watermarks.ts';
import type { Watermarks } from './watermark.ts';

/** When all keys are raised to the present at start: when history is in doubt, at every start, or not by itself. */
export type BootFloor = 'auto' | 'always' | 'never';

/** A floor under all keys of a database: blocks above `slot`, votes from `source` on and above `target`. */
export interface Floor {
  readonly slot: Slot;
  readonly source: Epoch;
  readonly target: Epoch;
}

/**
 * The floor that makes any loss of records before now harmless. What was released before has slots up to now plus
 * the tolerance for clients that run ahead, targets up to the epoch of that slot and sources below their targets;
 * so a later message above this floor can neither double nor surround it, nor be surrounded by it.
 * @param now the latest slot this database was ever used in, or the present one if that is later
 */
export function bootFloorAt(spec: ChainSpec, now: Slot, toleranceSlots: bigint): Floor {
  const latest = slot(now + toleranceSlots);
  const target = epochOfSlot(spec, latest);
  return { slot: latest, source: epoch(target === 0n ? 0n : target - 1n), target };
}

/** Floors only rise. */
export function higherFloor(a: Floor | null, b: Floor): Floor {
  if (a === null) return b;
  return {
    slot: a.slot > b.slot ? a.slot : b.slot,
    source: a.source > b.source ? a.source : b.source,
    target: a.target > b.target ? a.target : b.target,
  };
}

/**
 * @param sourceOverride the lowest source this one key may vote with in spite of the floor: while the chain does not
 *   finalise, honest votes keep an old source
 */
export function checkFloor(
  floor: Floor | null,
  sourceOverride: Epoch | null,
  message: BlockMessage | AttestationMessage,
): Refusal | null {
  if (floor === null) return null;
  if (message.kind === 'block') {
    if (message.slot > floor.slot) return null;
    return refuse(
      'BELOW_BOOT_FLOOR',
      `slot ${message.slot.toString()}, the floor is ${floor.slot.toString()}`,
    );
  }
  if (message.target <= floor.target) {
    return refuse(
      'BELOW_BOOT_FLOOR',
      `target ${message.target.toString()}, the floor is ${floor.target.toString()}`,
    );
  }
  const source = sourceOverride ?? floor.source;
  if (message.source >= source) return null;
  return refuse(
    'SOURCE_BELOW_BOOT_FLOOR',
    `source ${message.source.toString()}, the floor is ${source.toString()}`,
  );
}

/** What another signer must know of a key: the boot floor may cover messages that are on no record. */
export function aboveFloor<K extends Watermarks>(floor: Floor | null, key: K): K {
  if (floor === null) return key;
  const { slot, source, target } = floor;
  return {
    ...key,
    block: mergeBlock(key.block, { slot, signingRoot: null }),
    attestation: mergeAttestation(key.attestation, { source, target, signingRoot: null }),
  };
}
