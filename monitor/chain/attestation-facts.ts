import type { BitArray } from '@chainsafe/ssz';
import { epoch, rootFromBytes, slot } from '../../core/units.ts';
import type { AttestationDataFacts, IncludedAttestation } from '../model/block-facts.ts';
import type { BlockBody } from './block-facts.ts';

type Aggregate = BlockBody['attestations'][number];

/** The aggregates of a block, those of old forks in the form of the new: committees, and one row of bits over all. */
export function includedAttestations({
  attestations,
}: Pick<BlockBody, 'attestations'>): IncludedAttestation[] {
  return attestations.map((aggregate) => ({
    data: dataFacts(aggregate.data),
    committees: committeesOf(aggregate),
    bits: oneBytePerBit(aggregate.aggregationBits),
  }));
}

function committeesOf(aggregate: Aggregate): number[] {
  // Ascending: a bit field is read from its first bit on.
  if ('committeeBits' in aggregate) return aggregate.committeeBits.getTrueBitIndexes();
  return [aggregate.data.index];
}

function dataFacts({
  slot: at,
  index,
  beaconBlockRoot,
  source,
  target,
}: Aggregate['data']): AttestationDataFacts {
  return {
    slot: slot(BigInt(at)),
    index: BigInt(index),
    beaconBlockRoot: rootFromBytes(beaconBlockRoot),
    source: { epoch: epoch(BigInt(source.epoch)), root: rootFromBytes(source.root) },
    target: { epoch: epoch(BigInt(target.epoch)), root: rootFromBytes(target.root) },
  };
}

/** Bits spread out, because votes are looked up by position and counted by sum a million times an epoch. */
export function oneBytePerBit({ uint8Array, bitLen }: BitArray): Uint8Array {
  const bits = new Uint8Array(bitLen);
  for (let at = 0; at < bitLen; at += 1) bits[at] = ((uint8Array[at >> 3] ?? 0) >> (at & 7)) & 1;
  return bits;
}
