import { PublicKey, Signature, verify } from '@chainsafe/blst';
import { fromHex } from '../hex.ts';
import { bytesOf, type Pubkey, type Root } from '../units.ts';

/** @param signature 96 bytes as `0x` hex; one that is no point of the curve does not hold */
export function signatureHolds(signingRoot: Root, pubkey: Pubkey, signature: string): boolean {
  try {
    const point = Signature.fromBytes(fromHex(signature, 'signature', 96), true);
    return verify(bytesOf(signingRoot), PublicKey.fromBytes(bytesOf(pubkey), true), point);
  } catch {
    return false;
  }
}
