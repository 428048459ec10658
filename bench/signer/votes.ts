import { writeFileSync } from 'node:fs';
import { forkAtEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { toHex } from '../../core/hex.ts';
import { epoch, type Pubkey } from '../../core/units.ts';

/** One request of a run: which key signs which body. */
export interface Vote {
  readonly pubkey: Pubkey;
  readonly body: string;
}

/**
 * What a validator client with these keys sends in so many epochs: each key votes once an epoch, in one of its 32
 * slots, and the keys of a slot send the same bytes.
 * @param first the first target epoch; each key's votes rise from there
 */
export function votesOf(spec: ChainSpec, pubkeys: readonly Pubkey[], first: bigint, epochs: number): Vote[] {
  const votes: Vote[] = [];
  const slots = Number(spec.slotsPerEpoch);
  for (let target = first; target < first + BigInt(epochs); target += 1n) {
    for (let inEpoch = 0; inEpoch < slots; inEpoch += 1) {
      const body = attestation(spec, target, target * spec.slotsPerEpoch + BigInt(inEpoch));
      for (let n = inEpoch; n < pubkeys.length; n += slots) {
        const pubkey = pubkeys[n];
        if (pubkey !== undefined) votes.push({ pubkey, body });
      }
    }
  }
  return votes;
}

/** One body for all keys: the keys of the whole operator in one committee slot, as in a burst. */
export function burstOf(spec: ChainSpec, pubkeys: readonly Pubkey[], target: bigint): Vote[] {
  const body = attestation(spec, target, target * spec.slotsPerEpoch);
  return pubkeys.map((pubkey) => ({ pubkey, body }));
}

function attestation(spec: ChainSpec, target: bigint, slot: bigint): string {
  const fork = forkAtEpoch(spec, epoch(target));
  const root = `0x${slot.toString(16).padStart(64, '5')}`;
  return JSON.stringify({
    type: 'ATTESTATION',
    fork_info: {
      fork: {
        previous_version: toHex(fork.version),
        current_version: toHex(fork.version),
        epoch: target.toString(),
      },
      genesis_validators_root: spec.genesisValidatorsRoot,
    },
    attestation: {
      slot: slot.toString(),
      index: '0',
      beacon_block_root: root,
      source: { epoch: (target - 1n).toString(), root },
      target: { epoch: target.toString(), root },
    },
  });
}

/** The file that `load.c` reads. */
export function writeVotes(path: string, votes: readonly Vote[]): void {
  const bodies = [...new Set(votes.map(({ body }) => body))];
  const pubkeys = [...new Set(votes.map(({ pubkey }) => pubkey))];
  const bodyIndex = new Map(bodies.map((body, index) => [body, index]));
  const keyIndex = new Map(pubkeys.map((pubkey, index) => [pubkey, index]));
  const sequence = new Uint32Array(
    votes.flatMap(({ body, pubkey }) => [bodyIndex.get(body) ?? 0, keyIndex.get(pubkey) ?? 0]),
  );
  writeFileSync(
    path,
    Buffer.concat([
      uint32(bodies.length, pubkeys.length, votes.length),
      ...bodies.flatMap((body) => [uint32(body.length), Buffer.from(body)]),
      ...pubkeys.map((pubkey) => Buffer.from(pubkey)),
      new Uint8Array(sequence.buffer),
    ]),
  );
}

const uint32 = (...values: number[]): Buffer => Buffer.from(new Uint32Array(values).buffer);
