import { ssz, type electra } from '@lodestar/types';
import { toHex } from '../../../core/hex.ts';
import { signingRootAt, type ChainContext } from '../context.ts';
import { ensure } from '../invalid.ts';
import { proposerAt } from '../proposers.ts';
import { epochAt } from '../rules.ts';
import { DOMAINS, randaoMixAt } from '../seeds.ts';
import { sha256 } from '../shuffle.ts';
import { processEth1Data } from './eth1-data.ts';
import { headerOf } from './execution-header.ts';
import { validatorAt, type BeaconState } from '../state.ts';
import { processAttestation } from './attestations.ts';
import { processVoluntaryExit } from './exits.ts';
import { processConsolidationRequest, processDepositRequest, processWithdrawalRequest } from './requests.ts';
import { processAttesterSlashing, processProposerSlashing } from './slashings.ts';
import { processSyncAggregate } from './sync-aggregate.ts';
import { processWithdrawals } from './withdrawals.ts';

/**
 * `process_block` of Electra and Fulu. There is no execution layer: a payload is taken as valid when it follows
 * its parent, and blobs mean nothing here.
 * @param verify false only for a block this simulation is itself putting together
 * @throws InvalidMessage
 */
export function processBlock(
  context: ChainContext,
  state: BeaconState,
  block: electra.BeaconBlock,
  verify: boolean,
): void {
  const { rules } = context;
  const { body } = block;
  processHeader(context, state, block);
  const payload = body.executionPayload;
  processWithdrawals(rules, state, payload.withdrawals);
  ensure(
    toHex(payload.parentHash) === toHex(state.executionHeader.blockHash),
    'the payload does not follow its parent',
  );
  const mix = randaoMixAt(state, epochAt(rules, state.slot));
  ensure(toHex(payload.prevRandao) === toHex(mix), 'the payload has another randao');
  state.executionHeader = headerOf(payload);
  processRandao(context, state, body.randaoReveal, verify);
  processEth1Data(rules, state, body.eth1Data);
  processOperations(context, state, body, verify);
  processSyncAggregate(context, state, body.syncAggregate, verify);
}

/** `process_block_header`. */
function processHeader({ rules }: ChainContext, state: BeaconState, block: electra.BeaconBlock): void {
  ensure(block.slot === state.slot, 'the block is of another slot');
  ensure(block.slot > state.latestHeader.slot, 'the slot has a block already');
  ensure(
    block.proposerIndex === proposerAt(rules, state),
    `validator ${block.proposerIndex} is not the proposer`,
  );
  ensure(
    toHex(block.parentRoot) === toHex(ssz.phase0.BeaconBlockHeader.hashTreeRoot(state.latestHeader)),
    'the block does not follow this state',
  );
  ensure(!validatorAt(state, block.proposerIndex).slashed, 'the proposer is slashed');
  const { slot, proposerIndex, parentRoot } = block;
  const bodyRoot = ssz.electra.BeaconBlockBody.hashTreeRoot(block.body);
  state.latestHeader = { slot, proposerIndex, parentRoot, stateRoot: new Uint8Array(32), bodyRoot };
}

function processRandao(context: ChainContext, state: BeaconState, reveal: Uint8Array, verify: boolean): void {
  const { rules, signatures } = context;
  const epoch = epochAt(rules, state.slot);
  if (verify) {
    const { pubkey } = validatorAt(state, proposerAt(rules, state));
    ensure(
      signatures.verify(randaoRoot(context, epoch), [pubkey], reveal),
      'the randao reveal is not the proposer’s',
    );
  }
  const mix = Uint8Array.from(randaoMixAt(state, epoch));
  sha256(reveal).forEach((byte, at) => (mix[at] = (mix[at] ?? 0) ^ byte));
  state.randaoMixes.set(epoch, mix);
}

export const randaoRoot = (context: ChainContext, epoch: number) =>
  signingRootAt(context, DOMAINS.randao, epoch, ssz.Epoch.hashTreeRoot(epoch));

export const blockSigningRoot = (context: ChainContext, block: electra.BeaconBlock) =>
  signingRootAt(
    context,
    DOMAINS.beaconProposer,
    epochAt(context.rules, block.slot),
    ssz.electra.BeaconBlock.hashTreeRoot(block),
  );

function processOperations(
  context: ChainContext,
  state: BeaconState,
  body: electra.BeaconBlockBody,
  verify: boolean,
): void {
  const { rules } = context;
  ensure(body.deposits.length === 0, 'deposits come as requests here');
  for (const slashing of body.proposerSlashings) processProposerSlashing(context, state, slashing);
  for (const slashing of body.attesterSlashings) processAttesterSlashing(context, state, slashing);
  for (const attestation of body.attestations) processAttestation(context, state, attestation, verify);
  for (const exit of body.voluntaryExits) processVoluntaryExit(context, state, exit);
  ensure(body.blsToExecutionChanges.length === 0, 'credential changes are not simulated');
  for (const request of body.executionRequests.deposits) processDepositRequest(context, state, request);
  for (const request of body.executionRequests.withdrawals) processWithdrawalRequest(rules, state, request);
  for (const request of body.executionRequests.consolidations) {
    processConsolidationRequest(rules, state, request);
  }
}
