import { ssz } from '@lodestar/types';
import { fromHex, toHex } from '../../core/hex.ts';
import { newValidator } from './epoch/pending.ts';
import { emptyJournal } from './journal.ts';
import { computeProposers } from './proposers.ts';
import type { Rules } from './rules.ts';
import { stateDigest, ZERO_BYTES_32 } from './state-digest.ts';
import type { BeaconState, Validator } from './state.ts';
import { nextSyncCommittee } from './sync-committee.ts';

export interface GenesisValidator {
  readonly pubkey: string;
  /** 32 bytes, hex. */
  readonly withdrawalCredentials: string;
  readonly balanceGwei: bigint;
}

/** A state at slot 0 in which all validators are active, as test networks begin. */
export function genesisState(
  rules: Rules,
  deposits: readonly GenesisValidator[],
  genesisMix: Uint8Array,
): BeaconState {
  const validators = deposits.map((deposit): Validator => {
    const validator = newValidator(rules, { ...deposit, amount: deposit.balanceGwei });
    return { ...validator, activationEligibilityEpoch: 0, activationEpoch: 0 };
  });
  const zero = { epoch: 0, root: toHex(ZERO_BYTES_32) };
  const state: BeaconState = {
    ...{
      slot: 0,
      latestBlock: { slot: 0, root: toHex(ZERO_BYTES_32) },
      blockRoots: new Map<number, string>(),
    },
    ...{ validators, balances: deposits.map(({ balanceGwei }) => balanceGwei) },
    previousParticipation: new Uint8Array(validators.length),
    currentParticipation: new Uint8Array(validators.length),
    inactivityScores: validators.map(() => 0),
    ...{ randaoMixes: new Map([[0, genesisMix]]), genesisMix },
    justificationBits: [false, false, false, false],
    ...{ previousJustified: zero, currentJustified: zero, finalized: zero },
    ...{ currentSyncCommittee: [], nextSyncCommittee: [] },
    slashings: new Map<number, bigint>(),
    ...{ nextWithdrawalIndex: 0, nextWithdrawalValidatorIndex: 0 },
    ...{ depositBalanceToConsume: 0n, exitBalanceToConsume: 0n, earliestExitEpoch: 0 },
    ...{ consolidationBalanceToConsume: 0n, earliestConsolidationEpoch: 0 },
    ...{ pendingDeposits: [], pendingPartialWithdrawals: [], pendingConsolidations: [] },
    proposerLookahead: null,
    ...{ executionBlockHash: genesisMix, executionBlockNumber: 0 },
    ...{ journal: emptyJournal(), activeBalanceMemo: null, proposersMemo: null },
  };
  state.currentSyncCommittee = nextSyncCommittee(rules, state);
  state.nextSyncCommittee = state.currentSyncCommittee;
  if (rules.FULU_FORK_EPOCH === 0) {
    state.proposerLookahead = [...computeProposers(rules, state, 0), ...computeProposers(rules, state, 1)];
  }
  return state;
}

/** The hash tree root of the registry at genesis, that every signature is bound to. */
export function genesisValidatorsRoot(state: BeaconState): Uint8Array {
  return ssz.phase0.Validators.hashTreeRoot(
    state.validators.map((validator) => ({
      pubkey: fromHex(validator.pubkey, 'pubkey', 48),
      withdrawalCredentials: fromHex(validator.withdrawalCredentials, 'withdrawal_credentials', 32),
      effectiveBalance: Number(validator.effectiveBalance),
      slashed: validator.slashed,
      activationEligibilityEpoch: validator.activationEligibilityEpoch,
      activationEpoch: validator.activationEpoch,
      exitEpoch: validator.exitEpoch,
      withdrawableEpoch: validator.withdrawableEpoch,
    })),
  );
}

/** The block at slot 0, that nobody proposed. The state is told of it. */
export function genesisBlock(state: BeaconState) {
  const block = ssz.electra.SignedBeaconBlock.defaultValue();
  block.message.stateRoot = stateDigest(state);
  const root = toHex(ssz.electra.BeaconBlock.hashTreeRoot(block.message));
  state.latestBlock = { slot: 0, root };
  return { block, root };
}
