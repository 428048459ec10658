import type { BeaconNode, ValidatorOnChain } from '../../beacon/beacon-node.ts';
import { gaveNoAnswer } from '../../beacon/errors.ts';
import { epoch, type Epoch, type Pubkey } from '../../core/units.ts';

/** A key that was seen, or was not, in an epoch. */
export interface Sighting {
  readonly pubkey: Pubkey;
  readonly epoch: Epoch;
  readonly seen: boolean;
}

const CHUNK = 1000;

/**
 * What a node has seen of validators of late: what came by on the network in this epoch and the last (`liveness`), and
 * what the chain holds of the newest epoch whose votes can all be in it (`rewards`). The first is quick and forgets
 * everything at a restart of the node; the second is late and does not. A node that does not offer one of them leaves
 * it out; one that offers neither proves nothing.
 */
export async function lookForSightings(
  node: BeaconNode,
  validators: readonly ValidatorOnChain[],
  now: Epoch,
): Promise<Sighting[]> {
  const sightings: Sighting[] = [];
  const add = (at: Epoch, seen: ReadonlyMap<string, boolean>): void => {
    for (const { pubkey, index } of validators) {
      const live = seen.get(index);
      if (live !== undefined) sightings.push({ pubkey, epoch: at, seen: live });
    }
  };
  for (const at of [now, now - 1n]) {
    if (at >= 0n) add(epoch(at), await inChunks(validators, (part) => node.liveness(epoch(at), part)));
  }
  const included = now - 2n;
  if (included >= 0n) {
    const seen = await inChunks(validators, (part) => node.attestersIncluded(epoch(included), part));
    add(epoch(included), seen);
  }
  return sightings;
}

async function inChunks(
  validators: readonly ValidatorOnChain[],
  ask: (indices: readonly string[]) => Promise<ReadonlyMap<string, boolean>>,
): Promise<Map<string, boolean>> {
  const all = new Map<string, boolean>();
  for (let at = 0; at < validators.length; at += CHUNK) {
    const indices = validators.slice(at, at + CHUNK).map(({ index }) => index);
    try {
      for (const [index, seen] of await ask(indices)) all.set(index, seen);
    } catch (error) {
      // Old state is not kept by every node, and liveness is switched off on some: no answer, no sighting.
      if (!gaveNoAnswer(error)) throw error;
    }
  }
  return all;
}
