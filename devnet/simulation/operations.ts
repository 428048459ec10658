import { ssz, type electra, type phase0 } from '@lodestar/types';
import { toHex } from '../../core/hex.ts';
import { processVoluntaryExit } from '../chain/block/exits.ts';
import { processAttesterSlashing, processProposerSlashing } from '../chain/block/slashings.ts';
import type { ChainContext } from '../chain/context.ts';
import { InvalidMessage } from '../chain/invalid.ts';
import { cloneState, type BeaconState } from '../chain/state.ts';

/** Operations that wait for a block: exits and slashings, and what the execution layer would ask for. */
export class Operations {
  readonly exits: phase0.SignedVoluntaryExit[] = [];
  readonly proposerSlashings: phase0.ProposerSlashing[] = [];
  readonly attesterSlashings: electra.AttesterSlashing[] = [];
  readonly #requests: electra.ExecutionRequests = ssz.electra.ExecutionRequests.defaultValue();
  readonly #context: ChainContext;

  constructor(context: ChainContext) {
    this.#context = context;
  }

  /** @throws InvalidMessage */
  addExit(state: BeaconState, exit: phase0.SignedVoluntaryExit): void {
    processVoluntaryExit(this.#context, cloneState(state), exit);
    this.exits.push(exit);
  }

  /** @throws InvalidMessage */
  addProposerSlashing(state: BeaconState, slashing: phase0.ProposerSlashing): void {
    processProposerSlashing(this.#context, cloneState(state), slashing);
    this.proposerSlashings.push(slashing);
  }

  /** @throws InvalidMessage */
  addAttesterSlashing(state: BeaconState, slashing: electra.AttesterSlashing): void {
    processAttesterSlashing(this.#context, cloneState(state), slashing);
    this.attesterSlashings.push(slashing);
  }

  requestDeposit(request: electra.DepositRequest): void {
    this.#requests.deposits.push(request);
  }

  requestWithdrawal(request: electra.WithdrawalRequest): void {
    this.#requests.withdrawals.push(request);
  }

  requestConsolidation(request: electra.ConsolidationRequest): void {
    this.#requests.consolidations.push(request);
  }

  /**
   * What of it a block on this state may have; what became impossible is left out. The state is changed by it.
   * @param included roots of the requests that the branch has already
   */
  packInto(state: BeaconState, body: electra.BeaconBlockBody, included: ReadonlySet<string>): void {
    const { rules } = this.#context;
    const possible = <T>(list: readonly T[], apply: (item: T) => void, most: number): T[] =>
      list.filter((item) => holds(() => apply(item))).slice(0, most);
    const context = this.#context;
    body.proposerSlashings = possible(
      this.proposerSlashings,
      (slashing) => processProposerSlashing(context, state, slashing),
      rules.MAX_PROPOSER_SLASHINGS,
    );
    body.attesterSlashings = possible(
      this.attesterSlashings.slice(0, rules.MAX_ATTESTER_SLASHINGS_ELECTRA),
      (slashing) => processAttesterSlashing(context, state, slashing),
      rules.MAX_ATTESTER_SLASHINGS_ELECTRA,
    );
    body.voluntaryExits = possible(
      this.exits,
      (exit) => processVoluntaryExit(context, state, exit),
      rules.MAX_VOLUNTARY_EXITS,
    );
    const { deposits, withdrawals, consolidations } = this.#requests;
    const fresh = <T>(list: readonly T[], key: (item: T) => string, most: number) =>
      list.filter((item) => !included.has(key(item))).slice(0, most);
    body.executionRequests = {
      deposits: fresh(deposits, depositKey, rules.MAX_DEPOSIT_REQUESTS_PER_PAYLOAD),
      withdrawals: fresh(withdrawals, withdrawalKey, rules.MAX_WITHDRAWAL_REQUESTS_PER_PAYLOAD),
      consolidations: fresh(consolidations, consolidationKey, rules.MAX_CONSOLIDATION_REQUESTS_PER_PAYLOAD),
    };
  }

  /** Forgets what a finalized block has; until then a re-org may need it again. */
  finalized(body: electra.BeaconBlockBody): void {
    drop(this.exits, body.voluntaryExits, (exit) => `${exit.message.validatorIndex}`);
    drop(this.proposerSlashings, body.proposerSlashings, proposerKey);
    drop(this.attesterSlashings, body.attesterSlashings, attesterKey);
    drop(this.#requests.deposits, body.executionRequests.deposits, depositKey);
    drop(this.#requests.withdrawals, body.executionRequests.withdrawals, withdrawalKey);
    drop(this.#requests.consolidations, body.executionRequests.consolidations, consolidationKey);
  }
}

/** Keys of the requests in a block. */
export function requestKeys({ executionRequests }: electra.BeaconBlockBody): string[] {
  return [
    ...executionRequests.deposits.map(depositKey),
    ...executionRequests.withdrawals.map(withdrawalKey),
    ...executionRequests.consolidations.map(consolidationKey),
  ];
}

const depositKey = (request: electra.DepositRequest) =>
  toHex(ssz.electra.DepositRequest.hashTreeRoot(request));
const withdrawalKey = (request: electra.WithdrawalRequest) =>
  toHex(ssz.electra.WithdrawalRequest.hashTreeRoot(request));
const consolidationKey = (request: electra.ConsolidationRequest) =>
  toHex(ssz.electra.ConsolidationRequest.hashTreeRoot(request));
const proposerKey = (slashing: phase0.ProposerSlashing) =>
  toHex(ssz.phase0.ProposerSlashing.hashTreeRoot(slashing));
const attesterKey = (slashing: electra.AttesterSlashing) =>
  toHex(ssz.electra.AttesterSlashing.hashTreeRoot(slashing));

function drop<T>(list: T[], included: readonly T[], key: (item: T) => string): void {
  const gone = new Set(included.map(key));
  for (let at = list.length - 1; at >= 0; at -= 1) {
    const item = list[at];
    if (item !== undefined && gone.has(key(item))) list.splice(at, 1);
  }
}

function holds(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof InvalidMessage) return false;
    throw error;
  }
}
