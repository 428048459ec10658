import { expect, it } from 'vitest';
import { checksumAddress } from '../../../../core/execution-address.ts';
import { parsePubkey } from '../../../../core/units.ts';
import {
  consolidationRequest,
  CONSOLIDATION_REQUESTS,
  withdrawalRequest,
  WITHDRAWAL_REQUESTS,
} from '../../../../key-life/requests/request-transaction.ts';

const SOURCE = parsePubkey(`0x${'a1'.repeat(48)}`, 'pubkey');
const TARGET = parsePubkey(`0x${'b2'.repeat(48)}`, 'pubkey');

it('the contracts are those of EIP-7002 and EIP-7251, as the EIPs write them', () => {
  expect(checksumAddress(WITHDRAWAL_REQUESTS)).toBe('0x00000961Ef480Eb55e80D19ad83579A64c007002');
  expect(checksumAddress(CONSOLIDATION_REQUESTS)).toBe('0x0000BBdDc7CE488642fb579F8B00f3a590007251');
});

it('an exit is 56 bytes: the key and a zero amount', () => {
  const { to, data } = withdrawalRequest(SOURCE, 0n);
  expect(to).toBe(WITHDRAWAL_REQUESTS);
  expect(data).toBe(`${SOURCE}0000000000000000`);
});

it('a withdrawal names its gwei big-endian', () => {
  expect(withdrawalRequest(SOURCE, 1_000_000_000n).data).toBe(`${SOURCE}000000003b9aca00`);
});

it('a consolidation is 96 bytes: source before target', () => {
  expect(consolidationRequest(SOURCE, TARGET)).toEqual({
    to: CONSOLIDATION_REQUESTS,
    data: `${SOURCE}${TARGET.slice(2)}`,
  });
});
