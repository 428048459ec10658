import { ssz, type SignedBeaconBlock } from '@lodestar/types';
import type { ForkName } from '../../core/chain/fork.ts';
import { rootFromBytes, type Root } from '../../core/units.ts';
import { InvalidAnswer } from '../node/call.ts';

/** Loaded only after a preset was chosen: see core/chain/preset.ts. */

export interface DecodedBlock {
  readonly fork: ForkName;
  readonly root: Root;
  readonly signedBlock: SignedBeaconBlock;
}

/** @throws InvalidAnswer */
export function decodeBlockSsz(fork: ForkName, bytes: Uint8Array): DecodedBlock {
  return decoded(fork, () => ssz[fork].SignedBeaconBlock.deserialize(bytes));
}

/** @throws InvalidAnswer */
export function decodeBlockJson(fork: ForkName, json: unknown): DecodedBlock {
  return decoded(fork, () => ssz[fork].SignedBeaconBlock.fromJson(json));
}

function decoded(fork: ForkName, read: () => SignedBeaconBlock): DecodedBlock {
  try {
    const signedBlock = read();
    // Each fork has a type of its own; the value was just made by the one that hashes it.
    const message: { hashTreeRoot(value: unknown): Uint8Array } = ssz[fork].BeaconBlock;
    return { fork, signedBlock, root: rootFromBytes(message.hashTreeRoot(signedBlock.message)) };
  } catch (error) {
    throw new InvalidAnswer(`data: not a block of ${fork}: ${(error as Error).message.slice(0, 200)}`, {
      cause: error,
    });
  }
}
