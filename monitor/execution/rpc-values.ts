import { z } from 'zod';

/** `0x` hex without leading zeros, at most a uint256. */
export const quantity = z
  .string()
  .regex(/^0x(0|[1-9a-f][0-9a-f]{0,63})$/i, 'must be a hex quantity')
  .transform((text) => BigInt(text));

export const hash = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/i, 'must be 32 bytes of hex')
  .transform((text) => text.toLowerCase());

export const address = z
  .string()
  .regex(/^0x[0-9a-f]{40}$/i, 'must be an address')
  .transform((text) => text.toLowerCase());

export const hexQuantity = (value: bigint): string => `0x${value.toString(16)}`;
