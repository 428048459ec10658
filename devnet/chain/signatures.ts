import { aggregateSignatures, fastAggregateVerify, PublicKey, Signature } from '@chainsafe/blst';
import { fromHex, toHex } from '../../core/hex.ts';
import { bytesOf, type Root } from '../../core/units.ts';
import { interopSecretKey } from './interop-keys.ts';
import { sha256 } from './shuffle.ts';

/** `G2_POINT_AT_INFINITY`: the aggregate of no signatures. */
export const INFINITY_SIGNATURE = fromHex(`0xc0${'00'.repeat(95)}`, 'signature');

/** How a chain treats signatures: real ones, or none for runs over thousands of epochs that are not about them. */
export interface Signatures {
  readonly real: boolean;
  /** Whether one signature is that of all these keys over the same root. */
  verify(root: Root, pubkeys: readonly string[], signature: Uint8Array): boolean;
  aggregate(signatures: readonly Uint8Array[]): Uint8Array;
  /** Signs as a validator whose interop key the simulation itself holds. */
  signAs(interopIndex: number, root: Root): Uint8Array;
  pubkeyOf(interopIndex: number): string;
}

/** BLS by blst. */
export class RealSignatures implements Signatures {
  readonly real = true;
  readonly #pubkeys = new Map<string, PublicKey>();

  verify(root: Root, pubkeys: readonly string[], signature: Uint8Array): boolean {
    if (pubkeys.length === 0) return Buffer.compare(signature, INFINITY_SIGNATURE) === 0;
    try {
      const keys = pubkeys.map((pubkey) => this.#publicKey(pubkey));
      return fastAggregateVerify(bytesOf(root), keys, Signature.fromBytes(signature, true));
    } catch {
      // Not a point of the curve, or not in the group: not a signature.
      return false;
    }
  }

  aggregate(signatures: readonly Uint8Array[]): Uint8Array {
    if (signatures.length === 0) return INFINITY_SIGNATURE;
    return aggregateSignatures(signatures.map((bytes) => Signature.fromBytes(bytes))).toBytes();
  }

  signAs(interopIndex: number, root: Root): Uint8Array {
    return interopSecretKey(interopIndex).sign(bytesOf(root)).toBytes();
  }

  pubkeyOf(interopIndex: number): string {
    return toHex(interopSecretKey(interopIndex).toPublicKey().toBytes());
  }

  #publicKey(hex: string): PublicKey {
    const known = this.#pubkeys.get(hex) ?? PublicKey.fromHex(hex, true);
    this.#pubkeys.set(hex, known);
    return known;
  }
}

/** Everything holds. Signatures are all the point at infinity, and keys are made up and only look like keys. */
export class NoSignatures implements Signatures {
  readonly real = false;

  verify(): boolean {
    return true;
  }

  aggregate(): Uint8Array {
    return INFINITY_SIGNATURE;
  }

  signAs(): Uint8Array {
    return INFINITY_SIGNATURE;
  }

  pubkeyOf(interopIndex: number): string {
    const label = Buffer.from(`validator ${interopIndex}`);
    return toHex(Buffer.concat([sha256(label), sha256(label, label).subarray(0, 16)]));
  }
}
