import { ssz, type deneb, type electra } from '@lodestar/types';

const { transactions: Transactions, withdrawals: Withdrawals } = ssz.electra.ExecutionPayload.fields;

/** What a state keeps of the latest payload: everything, of the lists their roots. */
export function headerOf(payload: electra.ExecutionPayload): deneb.ExecutionPayloadHeader {
  const { transactions, withdrawals, ...kept } = payload;
  return {
    ...kept,
    transactionsRoot: Transactions.hashTreeRoot(transactions),
    withdrawalsRoot: Withdrawals.hashTreeRoot(withdrawals),
  };
}
