import { BitArray } from '@chainsafe/ssz';
import { ssz } from '@lodestar/types';
import { fromHex } from '../../../core/hex.ts';
import type { Checkpoint } from '../state.ts';
import type { StateView, TreeSource } from './state-tree.ts';
import { syncCommitteeValue } from './sync-committee-value.ts';

type Write = (view: StateView, state: TreeSource) => void;

/** Fields that are replaced when they change, and never changed in place: the same value is an unchanged one. */
const REPLACED: readonly (readonly [keyof TreeSource, Write])[] = [
  ['genesisTimeSeconds', (view, state) => (view.genesisTime = state.genesisTimeSeconds)],
  ['genesisValidatorsRoot', (view, state) => (view.genesisValidatorsRoot = state.genesisValidatorsRoot)],
  ['slot', (view, state) => (view.slot = state.slot)],
  ['fork', (view, { fork }) => (view.fork = ssz.phase0.Fork.toViewDU(fork))],
  [
    'latestHeader',
    (view, state) => (view.latestBlockHeader = ssz.phase0.BeaconBlockHeader.toViewDU(state.latestHeader)),
  ],
  ['eth1Data', (view, state) => (view.eth1Data = ssz.phase0.Eth1Data.toViewDU(state.eth1Data))],
  ['eth1DepositIndex', (view, state) => (view.eth1DepositIndex = state.eth1DepositIndex)],
  [
    'justificationBits',
    (view, state) =>
      (view.justificationBits = ssz.phase0.JustificationBits.toViewDU(
        BitArray.fromBoolArray([...state.justificationBits]),
      )),
  ],
  [
    'previousJustified',
    (view, state) => (view.previousJustifiedCheckpoint = checkpoint(state.previousJustified)),
  ],
  [
    'currentJustified',
    (view, state) => (view.currentJustifiedCheckpoint = checkpoint(state.currentJustified)),
  ],
  ['finalized', (view, state) => (view.finalizedCheckpoint = checkpoint(state.finalized))],
  [
    'currentSyncCommittee',
    (view, state) => (view.currentSyncCommittee = syncCommittee(state, state.currentSyncCommittee)),
  ],
  [
    'nextSyncCommittee',
    (view, state) => (view.nextSyncCommittee = syncCommittee(state, state.nextSyncCommittee)),
  ],
  [
    'executionHeader',
    (view, state) =>
      (view.latestExecutionPayloadHeader = ssz.electra.ExecutionPayloadHeader.toViewDU(
        state.executionHeader,
      )),
  ],
  ['nextWithdrawalIndex', (view, state) => (view.nextWithdrawalIndex = state.nextWithdrawalIndex)],
  [
    'nextWithdrawalValidatorIndex',
    (view, state) => (view.nextWithdrawalValidatorIndex = state.nextWithdrawalValidatorIndex),
  ],
  [
    'depositRequestsStartIndex',
    (view, state) => (view.depositRequestsStartIndex = state.depositRequestsStartIndex),
  ],
  [
    'depositBalanceToConsume',
    (view, state) => (view.depositBalanceToConsume = state.depositBalanceToConsume),
  ],
  ['exitBalanceToConsume', (view, state) => (view.exitBalanceToConsume = state.exitBalanceToConsume)],
  ['earliestExitEpoch', (view, state) => (view.earliestExitEpoch = state.earliestExitEpoch)],
  [
    'consolidationBalanceToConsume',
    (view, state) => (view.consolidationBalanceToConsume = state.consolidationBalanceToConsume),
  ],
  [
    'earliestConsolidationEpoch',
    (view, state) => (view.earliestConsolidationEpoch = state.earliestConsolidationEpoch),
  ],
  [
    'proposerLookahead',
    (view, { proposerLookahead }) => {
      if (proposerLookahead === null) return;
      view.proposerLookahead = ssz.fulu.ProposerLookahead.toViewDU([...proposerLookahead]);
    },
  ],
];

export function writeReplaced(view: StateView, state: TreeSource, before: TreeSource | null): void {
  for (const [field, write] of REPLACED) {
    if (before === null || before[field] !== state[field]) write(view, state);
  }
}

const checkpoint = ({ epoch, root }: Checkpoint) =>
  ssz.phase0.Checkpoint.toViewDU({ epoch, root: fromHex(root, 'root', 32) });

const syncCommittee = (state: TreeSource, members: readonly number[]) =>
  ssz.altair.SyncCommittee.toViewDU(syncCommitteeValue(state.validators, members));
