import { createHash } from 'node:crypto';
import { isChecksummed } from '../../core/execution-address.ts';
import { fromHex } from '../../core/hex.ts';
import { parseRoot, rootFromBytes, type Pubkey, type Root } from '../../core/units.ts';
import { keyLifeError } from '../key-life-errors.ts';

/**
 * Where the money of a validator goes: `bls` (0x00) nowhere until a BLS-to-execution change is sent, `execution` (0x01)
 * to an address with all above 32 ETH swept to it, `compounding` (0x02) to an address with rewards kept up to 2048 ETH.
 */
export type CredentialsKind = 'bls' | 'execution' | 'compounding';

const PREFIX: Readonly<Record<CredentialsKind, number>> = { bls: 0x00, execution: 0x01, compounding: 0x02 };

/** @throws WITHDRAWAL_ADDRESS_INVALID for another length, a wrong EIP-55 checksum and the zero address */
export function parseWithdrawalAddress(text: string, field: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = fromHex(text, field, 20);
  } catch (error) {
    throw keyLifeError('WITHDRAWAL_ADDRESS_INVALID', (error as Error).message, error);
  }
  if (!isChecksummed(text)) {
    throw keyLifeError('WITHDRAWAL_ADDRESS_INVALID', `${field} has a wrong checksum (EIP-55)`);
  }
  if (bytes.every((byte) => byte === 0)) {
    throw keyLifeError('WITHDRAWAL_ADDRESS_INVALID', `${field} must not be the zero address`);
  }
  return bytes;
}

export function addressCredentials(kind: 'execution' | 'compounding', address: Uint8Array): Root {
  const credentials = new Uint8Array(32);
  credentials[0] = PREFIX[kind];
  credentials.set(address, 12);
  return rootFromBytes(credentials);
}

/** `BLS_WITHDRAWAL_PREFIX` and the hash of the withdrawal key without its first byte. */
export function blsCredentials(withdrawalKey: Pubkey): Root {
  const digest = createHash('sha256')
    .update(Buffer.from(withdrawalKey.slice(2), 'hex'))
    .digest();
  digest[0] = PREFIX.bls;
  return rootFromBytes(digest);
}

/** What credentials say, null for ones that the chain knows nothing of. */
export function readCredentials(
  credentials: Root,
): { readonly kind: CredentialsKind; readonly address: string | null } | null {
  const bytes = fromHex(parseRoot(credentials, 'withdrawal_credentials'), 'withdrawal_credentials', 32);
  const kind = (Object.keys(PREFIX) as CredentialsKind[]).find((name) => PREFIX[name] === bytes[0]);
  if (kind === undefined) return null;
  if (kind === 'bls') return { kind, address: null };
  // Eleven zero bytes stand before the address; with anything else nobody could withdraw.
  if (bytes.subarray(1, 12).some((byte) => byte !== 0)) return null;
  return { kind, address: `0x${credentials.slice(26)}` };
}
