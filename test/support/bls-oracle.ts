import { bls12_381 } from '@noble/curves/bls12-381.js';
import { bytesOfHex, hexOf } from './ssz-oracle.ts';

const noble = bls12_381.longSignatures;
/** The ciphersuite of the consensus specs. */
const DST = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_';

/** Whether a signature is that of a key over a root, judged by an implementation that the signer does not use. */
export function verifiesAs(pubkey: string, root: string, signature: string): boolean {
  const message = noble.hash(bytesOfHex(root), DST);
  return noble.verify(bytesOfHex(signature), message, bytesOfHex(pubkey));
}

/** The one signature that a secret key makes over a root. */
export function signatureBy(secretKey: string, root: string): string {
  return hexOf(noble.sign(noble.hash(bytesOfHex(root), DST), bytesOfHex(secretKey)).toBytes());
}
