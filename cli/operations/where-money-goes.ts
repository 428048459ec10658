import { checksumAddress } from '../../core/execution-address.ts';
import type { Root } from '../../core/units.ts';
import { readCredentials } from '../../key-life/deposit/withdrawal-credentials.ts';

/** Where the balance of a validator ends, in words. */
export function whereMoneyGoes(withdrawalCredentials: Root): string {
  const read = readCredentials(withdrawalCredentials);
  if (read === null) return `nobody knows where: its credentials are ${withdrawalCredentials}`;
  if (read.address === null) {
    return 'nowhere until its credentials are set to an address (vigil credentials set)';
  }
  return `to ${checksumAddress(read.address)}`;
}
