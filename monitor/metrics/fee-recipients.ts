import type { ValidatorState } from '../../beacon/index.ts';
import type { ExecutionPayment } from '../model/ledger-part.ts';
import type { Series } from './series.ts';

export interface FeeRecipientSources {
  readonly statusOf: (validatorIndex: number) => ValidatorState | null;
  /** Of `--fee-recipient`; nobody is expected where it is not given. */
  readonly feeRecipients?: readonly string[];
}

/**
 * Blocks of ours that paid somebody else. A builder has its own address in the block and pays at its end, so what counts
 * is where the payment went; where nobody can say, it is the address in the block.
 */
export function feeRecipientCounter(series: Series, { statusOf, feeRecipients = [] }: FeeRecipientSources) {
  const expected = new Set(feeRecipients.map((address) => address.toLowerCase()));
  const others = series.counter(
    'fee_recipient_mismatches_total',
    'Final blocks of ours of which, as far as is known, nothing went to an address of --fee-recipient or to the withdrawal address; none are counted without --fee-recipient.',
    ['group'],
  );
  const isExpected = (validatorIndex: number, address: string): boolean => {
    const withdrawal = statusOf(validatorIndex)?.withdrawalCredentials.toLowerCase() ?? '';
    return expected.has(address) || (!withdrawal.startsWith('0x00') && withdrawal.endsWith(address.slice(2)));
  };
  return {
    know(groups: Iterable<string>): void {
      for (const group of groups) others.inc({ group }, 0);
    },
    final(payments: readonly ExecutionPayment[], groupOf: (index: number) => string): void {
      if (expected.size === 0) return;
      for (const { validatorIndex, feeRecipient } of payments) {
        if (isExpected(validatorIndex, feeRecipient.toLowerCase())) continue;
        others.inc({ group: groupOf(validatorIndex) });
      }
    },
  };
}
