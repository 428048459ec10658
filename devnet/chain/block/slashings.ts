import { ssz, type electra, type phase0 } from '@lodestar/types';
import { toHex } from '../../../core/hex.ts';
import { signingRootAt, type ChainContext } from '../context.ts';
import { ensure } from '../invalid.ts';
import { epochAt } from '../rules.ts';
import { DOMAINS } from '../seeds.ts';
import { validatorAt, type BeaconState } from '../state.ts';
import { isSlashable, slashValidator } from './slash.ts';

/** `process_proposer_slashing`. */
export function processProposerSlashing(
  context: ChainContext,
  state: BeaconState,
  slashing: phase0.ProposerSlashing,
): void {
  const [first, second] = [slashing.signedHeader1, slashing.signedHeader2];
  const index = first.message.proposerIndex;
  ensure(first.message.slot === second.message.slot, 'the headers are of different slots');
  ensure(
    first.message.proposerIndex === second.message.proposerIndex,
    'the headers are of different proposers',
  );
  ensure(headerRoot(first) !== headerRoot(second), 'the headers are the same');
  const proposer = state.validators[index];
  const epoch = epochAt(context.rules, state.slot);
  ensure(proposer !== undefined && isSlashable(proposer, epoch), `validator ${index} cannot be slashed`);
  for (const { message, signature } of [first, second]) {
    const objectRoot = ssz.phase0.BeaconBlockHeaderBigint.hashTreeRoot(message);
    const at = epochAt(context.rules, Number(message.slot));
    const root = signingRootAt(context, DOMAINS.beaconProposer, at, objectRoot);
    ensure(
      context.signatures.verify(root, [proposer.pubkey], signature),
      'a header is not signed by its proposer',
    );
  }
  slashValidator(context.rules, state, index, 'proposer_slashings');
}

const headerRoot = (header: phase0.SignedBeaconBlockHeaderBigint): string =>
  toHex(ssz.phase0.BeaconBlockHeaderBigint.hashTreeRoot(header.message));

/** `process_attester_slashing`: all who made both votes. */
export function processAttesterSlashing(
  context: ChainContext,
  state: BeaconState,
  slashing: electra.AttesterSlashing,
): void {
  const { attestation1, attestation2 } = slashing;
  ensure(isSlashableData(attestation1.data, attestation2.data), 'the votes do not contradict each other');
  for (const { attestingIndices, data, signature } of [attestation1, attestation2]) {
    ensure(isSortedSet(attestingIndices), 'the attesting indices are not a sorted set');
    const objectRoot = ssz.phase0.AttestationDataBigint.hashTreeRoot(data);
    const root = signingRootAt(context, DOMAINS.beaconAttester, Number(data.target.epoch), objectRoot);
    const pubkeys = attestingIndices.map((index) => validatorAt(state, index).pubkey);
    ensure(context.signatures.verify(root, pubkeys, signature), 'a vote is not signed by its attesters');
  }
  const epoch = epochAt(context.rules, state.slot);
  const both = new Set(attestation1.attestingIndices);
  const guilty = attestation2.attestingIndices.filter(
    (index) => both.has(index) && isSlashable(validatorAt(state, index), epoch),
  );
  ensure(guilty.length > 0, 'nobody can be slashed by it');
  for (const index of guilty) slashValidator(context.rules, state, index, 'attester_slashings');
}

/** `is_slashable_attestation_data`: a double vote, or the first surrounds the second. */
export function isSlashableData(
  first: phase0.AttestationDataBigint,
  second: phase0.AttestationDataBigint,
): boolean {
  const same = ssz.phase0.AttestationDataBigint.equals(first, second);
  const double = !same && first.target.epoch === second.target.epoch;
  return double || (first.source.epoch < second.source.epoch && second.target.epoch < first.target.epoch);
}

const isSortedSet = (indices: readonly number[]): boolean =>
  indices.length > 0 && indices.every((index, at) => at === 0 || (indices[at - 1] ?? 0) < index);
