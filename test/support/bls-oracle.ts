import { bls12_381 } from '@noble/curves/bls12-381.js';

const { longSignatures } = bls12_381;
/** Of the consensus specs. */
const DST = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_';

/** Verifies with an implementation that has nothing in common with the one that signs. All hex with 0x. */
export function blsVerifies(pubkey: string, signingRoot: string, signature: string): boolean {
  const message = longSignatures.hash(bytes(signingRoot), DST);
  return longSignatures.verify(bytes(signature), message, bytes(pubkey));
}

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.slice(2), 'hex'));
