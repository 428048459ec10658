import { bytesOf, type Pubkey } from '../../core/units.ts';

/**
 * Transactions to the system contracts of EIP-7002 and EIP-7251. The sender has to be the withdrawal address of the
 * validator; the chain passes over what it does not allow, in silence, and keeps the fee.
 */
export interface RequestTransaction {
  /** Lower case. */
  readonly to: string;
  readonly data: string;
}

/** WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS. */
export const WITHDRAWAL_REQUESTS = '0x00000961ef480eb55e80d19ad83579a64c007002';
/** CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS. */
export const CONSOLIDATION_REQUESTS = '0x0000bbddc7ce488642fb579f8b00f3a590007251';

/** Of both contracts: what is asked with no data is answered with the fee of the next request, 32 bytes in wei. */
export const FEE_QUESTION = '0x';

/**
 * EIP-7002: pubkey (48 bytes) and amount in gwei (8 bytes, big-endian).
 * @param amountGwei 0 for the exit of the validator; otherwise that much is withdrawn from a compounding one
 */
export function withdrawalRequest(pubkey: Pubkey, amountGwei: bigint): RequestTransaction {
  const amount = Buffer.alloc(8);
  amount.writeBigUInt64BE(amountGwei);
  return { to: WITHDRAWAL_REQUESTS, data: hex(bytesOf(pubkey), amount) };
}

/**
 * EIP-7251: source and target pubkey (48 bytes each). With the same key twice a validator with 0x01 credentials becomes a
 * compounding one.
 */
export function consolidationRequest(source: Pubkey, target: Pubkey): RequestTransaction {
  return { to: CONSOLIDATION_REQUESTS, data: hex(bytesOf(source), bytesOf(target)) };
}

const hex = (...parts: readonly Uint8Array[]): string => `0x${Buffer.concat(parts).toString('hex')}`;
