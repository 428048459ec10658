import { forkNamed } from '../../../core/chain/chain-spec.ts';
import { computeDomain, computeSigningRoot } from '../../../core/chain/signing-root.ts';
import { ssz, type phase0 } from '@lodestar/types';
import type { ChainContext } from '../context.ts';
import { initiateExit } from '../exit-queue.ts';
import { ensure } from '../invalid.ts';
import { epochAt } from '../rules.ts';
import { DOMAINS } from '../seeds.ts';
import { isActive, type BeaconState } from '../state.ts';

/** `process_voluntary_exit`; signed for Capella for ever (EIP-7044). @throws InvalidMessage */
export function processVoluntaryExit(
  context: ChainContext,
  state: BeaconState,
  { message, signature }: phase0.SignedVoluntaryExit,
): void {
  const { rules, spec, signatures } = context;
  const epoch = epochAt(rules, state.slot);
  const validator = state.validators[message.validatorIndex];
  ensure(validator !== undefined, `no validator ${message.validatorIndex}`);
  ensure(isActive(validator, epoch), 'only an active validator can exit');
  ensure(validator.exitEpoch === Infinity, 'the validator is exiting already');
  ensure(epoch >= message.epoch, 'the exit is for a later epoch');
  ensure(
    epoch >= validator.activationEpoch + rules.SHARD_COMMITTEE_PERIOD,
    'the validator is too young to exit',
  );
  ensure(pendingPartials(state, message.validatorIndex) === 0n, 'withdrawals of the validator are pending');
  const capella = forkNamed(spec, 'capella');
  ensure(capella !== undefined, 'the network has no Capella fork');
  const domain = computeDomain(DOMAINS.voluntaryExit, capella.version, spec.genesisValidatorsRoot);
  const root = computeSigningRoot(ssz.phase0.VoluntaryExit.hashTreeRoot(message), domain);
  ensure(signatures.verify(root, [validator.pubkey], signature), 'the exit is not signed by the validator');
  initiateExit(rules, state, message.validatorIndex);
}

/** `get_pending_balance_to_withdraw`. */
export function pendingPartials(state: BeaconState, index: number): bigint {
  return state.pendingPartialWithdrawals
    .filter(({ validatorIndex }) => validatorIndex === index)
    .reduce((total, { amount }) => total + amount, 0n);
}
