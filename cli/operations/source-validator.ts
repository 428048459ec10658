import type { ValidatorState } from '../../beacon/index.ts';
import { parseRoot } from '../../core/units.ts';
import { readCredentials } from '../../key-life/deposit/withdrawal-credentials.ts';

/** The withdrawal address of a validator, from which its requests have to come; null where it has none. */
export const senderOf = ({ withdrawalCredentials }: ValidatorState): string | null =>
  readCredentials(parseRoot(withdrawalCredentials, 'withdrawal_credentials'))?.address ?? null;

export const isCompounding = ({ withdrawalCredentials }: ValidatorState): boolean =>
  withdrawalCredentials.startsWith('0x02');
