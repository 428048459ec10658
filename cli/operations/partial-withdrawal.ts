import {
  BeaconFailure,
  pendingPartialWithdrawals,
  type BeaconNodes,
  type ValidatorState,
} from '../../beacon/index.ts';
import { forkAtEpoch } from '../../core/chain/chain-spec.ts';
import { isAtLeast } from '../../core/chain/fork.ts';
import { ethText, GWEI_PER_ETH } from '../../key-life/deposit/amount.ts';
import type { AskedValidators } from './ask-validators.ts';

/** `MIN_ACTIVATION_BALANCE`: what a validator that stays keeps at least. */
const KEPT_GWEI = 32n * GWEI_PER_ETH;

export interface PartialJudgement {
  /** For which the chain would pass the request over in silence. */
  readonly problems: readonly string[];
  readonly remarks: readonly string[];
}

/**
 * What `process_withdrawal_request` (Electra) makes of a request for a part of the balance. What was asked for before and
 * is not paid out yet counts as gone.
 * @param pendingGwei null when it is not known
 */
export function judgePartial(
  { balanceGwei, effectiveBalanceGwei }: Pick<ValidatorState, 'balanceGwei' | 'effectiveBalanceGwei'>,
  amountGwei: bigint,
  pendingGwei: bigint | null,
): PartialJudgement {
  const problems: string[] = [];
  const remarks: string[] = [];
  if (effectiveBalanceGwei < KEPT_GWEI) problems.push('its effective balance is below 32 ETH');
  const free = balanceGwei - KEPT_GWEI - (pendingGwei ?? 0n);
  if (free <= 0n) {
    problems.push(
      pendingGwei === null || pendingGwei === 0n
        ? 'it has no more than 32 ETH'
        : `it has no more than 32 ETH and the ${ethText(pendingGwei)} ETH of partial withdrawals that wait already`,
    );
  } else if (amountGwei > free) {
    const counted = pendingGwei === null || pendingGwei === 0n ? '' : ' and what waits to be withdrawn';
    remarks.push(`only ${ethText(free)} ETH of it would be withdrawn: what is above 32 ETH${counted}`);
  }
  if (pendingGwei === null) {
    remarks.push(
      'not known, because the beacon node does not tell: how much waits to be withdrawn from it already; unless it has more than 32 ETH and that, the request does nothing and the fee is gone',
    );
  }
  return { problems, remarks };
}

/** What waits to be withdrawn from a validator; null when no node answers that. @throws BEACON_NO_TRUTH */
export async function pendingOf(
  { index }: Pick<ValidatorState, 'index'>,
  {
    nodes,
    spec,
    currentEpoch,
  }: Pick<AskedValidators, 'spec' | 'currentEpoch'> & { readonly nodes: Pick<BeaconNodes, 'ask'> },
): Promise<bigint | null> {
  // No queue before Electra.
  if (!isAtLeast(forkAtEpoch(spec, currentEpoch).name, 'electra')) return 0n;
  try {
    const { data } = await nodes.ask(pendingPartialWithdrawals('head'));
    return data
      .filter(({ validatorIndex }) => validatorIndex === index)
      .reduce((sum, { amountGwei }) => sum + amountGwei, 0n);
  } catch (error) {
    if (error instanceof BeaconFailure) return null;
    throw error;
  }
}
