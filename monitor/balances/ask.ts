import type { Answer, Call } from '../../beacon/index.ts';
import { ledgerError } from '../ledger/ledger-errors.ts';

/** Whoever answers calls: the beacon nodes as one. */
export interface Asked {
  ask<T>(call: Call<T>, signal?: AbortSignal): Promise<Answer<T>>;
}

/**
 * The answer about a state that is final by the chain's own account. A node that calls it not final is behind, or on
 * another branch; one that says nothing is believed.
 * @throws BALANCES_NOT_FINAL, or what the nodes fail with
 */
export async function askFinal<T>(nodes: Asked, call: Call<T>, signal?: AbortSignal): Promise<T> {
  const { data, finalized } = await nodes.ask(call, signal);
  if (finalized === false)
    throw ledgerError('BALANCES_NOT_FINAL', `the answer to ${call.operation} is not finalized`);
  return data;
}
