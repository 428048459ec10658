import type { ValidatorState } from '../../beacon/index.ts';
import type { UnitFacts } from '../engine/unit-facts.ts';
import type { ExecutionPayment } from '../model/ledger-part.ts';
import type { ProposalVerdict } from '../model/verdicts.ts';
import { hasPayload, type ExecutionIncome } from './execution-income.ts';

/** Of the blocks of one final epoch, one after the other: a node is not to be asked everything at once. */
export function paymentsOf(income: ExecutionIncome, configured: readonly string[]) {
  const known = new Set(configured.map((address) => address.toLowerCase()));
  return async (
    proposals: readonly ProposalVerdict[],
    { view, watched, states }: Pick<UnitFacts, 'view' | 'watched' | 'states'>,
  ): Promise<ExecutionPayment[]> => {
    const payments: ExecutionPayment[] = [];
    const validators = new Map(watched.map((validator) => [validator.index, validator]));
    for (const { validatorIndex, slot, result } of proposals) {
      const validator = validators.get(validatorIndex);
      const block = result === 'included' ? view.blockAt(slot) : null;
      if (block === null || validator === undefined || !hasPayload(block)) continue;
      const withdrawal = withdrawalAddress(
        [...states.values()].findLast((known) => known.has(validatorIndex))?.get(validatorIndex),
      );
      payments.push(await income.paymentOf(block, validator, { configured: known, withdrawal }));
    }
    return payments;
  };
}

/** Of execution credentials (0x01) and compounding ones (0x02); BLS credentials have none. */
export function withdrawalAddress(
  state: Pick<ValidatorState, 'withdrawalCredentials'> | null | undefined,
): string | null {
  const credentials = state?.withdrawalCredentials.toLowerCase();
  return credentials !== undefined && /^0x0[12]0{22}/.test(credentials)
    ? `0x${credentials.slice(-40)}`
    : null;
}
