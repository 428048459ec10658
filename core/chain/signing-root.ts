import { createHash } from 'node:crypto';
import { rootFromBytes, bytesOf, type Root } from '../units.ts';

/** 32 bytes that bind a signature to its purpose, fork and network. */
export type Domain = Uint8Array;

/**
 * `compute_domain` of the consensus specs.
 * @param domainType 4 bytes
 * @param forkVersion 4 bytes
 */
export function computeDomain(
  domainType: Uint8Array,
  forkVersion: Uint8Array,
  genesisValidatorsRoot: Root,
): Domain {
  const versionChunk = new Uint8Array(32);
  versionChunk.set(forkVersion);
  const forkDataRoot = sha256(versionChunk, bytesOf(genesisValidatorsRoot));
  const domain = new Uint8Array(32);
  domain.set(domainType);
  domain.set(forkDataRoot.subarray(0, 28), 4);
  return domain;
}

/** `compute_signing_root` of the consensus specs, from the object's `hash_tree_root` (32 bytes). */
export function computeSigningRoot(objectRoot: Uint8Array, domain: Domain): Root {
  return rootFromBytes(sha256(objectRoot, domain));
}

function sha256(left: Uint8Array, right: Uint8Array): Uint8Array {
  return createHash('sha256').update(left).update(right).digest();
}
