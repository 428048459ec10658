import { ssz } from '@lodestar/types';
import { toHex } from '../../core/hex.ts';
import { newValidator } from './epoch/pending.ts';
import { emptyJournal } from './journal.ts';
import type { Rules } from './rules.ts';
import { UNSET } from './block/requests.ts';
import { ELECTRA_FORK } from './config-values.ts';
import { validatorValue } from './ssz/values.ts';
import { stateRoot } from './state-root.ts';
import { upgradeToFulu } from './upgrade-fulu.ts';
import type { BeaconState, Validator } from './state.ts';
import { nextSyncCommittee } from './sync-committee.ts';

const ZERO_BYTES_32 = new Uint8Array(32);

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
  genesisTimeSeconds = 0,
): BeaconState {
  const validators = deposits.map((deposit): Validator => {
    const validator = newValidator(rules, { ...deposit, amount: deposit.balanceGwei });
    return { ...validator, activationEligibilityEpoch: 0, activationEpoch: 0 };
  });
  const zero = { epoch: 0, root: toHex(ZERO_BYTES_32) };
  const { BeaconBlockBody, ExecutionPayloadHeader } = ssz.electra;
  const state: BeaconState = {
    ...{
      ...{ genesisTimeSeconds, genesisValidatorsRoot: registryRoot(validators) },
      ...{ slot: 0, fork: ELECTRA_FORK },
      latestHeader: {
        ...ssz.phase0.BeaconBlockHeader.defaultValue(),
        bodyRoot: BeaconBlockBody.hashTreeRoot(BeaconBlockBody.defaultValue()),
      },
      ...{ blockRoots: new Map<number, string>(), stateRoots: new Map<number, Uint8Array>() },
      // No contract has these deposits, so there is no root of them.
      eth1Data: { depositRoot: ZERO_BYTES_32, depositCount: BigInt(deposits.length), blockHash: genesisMix },
      ...{ eth1DataVotes: [], eth1DepositIndex: deposits.length },
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
    depositRequestsStartIndex: UNSET,
    ...{ depositBalanceToConsume: 0n, exitBalanceToConsume: 0n, earliestExitEpoch: 0 },
    ...{ consolidationBalanceToConsume: 0n, earliestConsolidationEpoch: 0 },
    ...{ pendingDeposits: [], pendingPartialWithdrawals: [], pendingConsolidations: [] },
    proposerLookahead: null,
    executionHeader: { ...ExecutionPayloadHeader.defaultValue(), blockHash: genesisMix },
    tree: null,
    ...{ journal: emptyJournal(), activeBalanceMemo: null, proposersMemo: null },
  };
  state.currentSyncCommittee = nextSyncCommittee(rules, state);
  state.nextSyncCommittee = state.currentSyncCommittee;
  if (rules.FULU_FORK_EPOCH === 0) {
    upgradeToFulu(rules, state);
  }
  return state;
}

/** The hash tree root of the registry at genesis, that every signature is bound to. */
const registryRoot = (validators: readonly Validator[]): Uint8Array =>
  ssz.phase0.Validators.hashTreeRoot(validators.map(validatorValue));

/** The block at slot 0, that nobody proposed: the state has its header already. */
export function genesisBlock(state: BeaconState) {
  const block = ssz.electra.SignedBeaconBlock.defaultValue();
  block.message.stateRoot = stateRoot(state);
  const root = toHex(ssz.electra.BeaconBlock.hashTreeRoot(block.message));
  return { block, root };
}
