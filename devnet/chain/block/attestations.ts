import { ssz, type electra, type phase0 } from '@lodestar/types';
import { toHex } from '../../../core/hex.ts';
import { baseRewardPerIncrement, changeBalance, incrementOf } from '../balances.ts';
import { blockRootAtEpoch, blockRootAtSlot } from '../block-roots.ts';
import { committeesOf } from '../committees.ts';
import { signingRootAt, type ChainContext } from '../context.ts';
import { ensure } from '../invalid.ts';
import { proposerAt } from '../proposers.ts';
import { epochAt, type Rules } from '../rules.ts';
import { DOMAINS } from '../seeds.ts';
import { validatorAt, type BeaconState, type Checkpoint } from '../state.ts';
import { FLAGS, HEAD_BIT, PROPOSER_WEIGHT, SOURCE_BIT, TARGET_BIT, WEIGHT_DENOMINATOR } from '../weights.ts';

export interface Attester {
  readonly validator: number;
  readonly committeeIndex: number;
}

/**
 * `get_attesting_indices` (EIP-7549): the bits of all committees named, one after the other.
 * @throws InvalidMessage when the bits do not fit the committees, or a committee has nobody
 */
export function attestersOf(rules: Rules, state: BeaconState, attestation: electra.Attestation): Attester[] {
  const { data, aggregationBits, committeeBits } = attestation;
  const committees = committeesOf(rules, state, epochAt(rules, data.slot)).bySlot[
    data.slot % rules.SLOTS_PER_EPOCH
  ];
  const attesters: Attester[] = [];
  let offset = 0;
  for (const committeeIndex of committeeBits.getTrueBitIndexes()) {
    const members = committees?.[committeeIndex];
    ensure(members !== undefined, `slot ${data.slot} has no committee ${committeeIndex}`);
    const before = attesters.length;
    members.forEach((validator, position) => {
      if (offset + position < aggregationBits.bitLen && aggregationBits.get(offset + position)) {
        attesters.push({ validator, committeeIndex });
      }
    });
    ensure(attesters.length > before, `nobody of committee ${committeeIndex} attests`);
    offset += members.length;
  }
  ensure(aggregationBits.bitLen === offset, 'the aggregation bits do not fit the committees');
  return attesters;
}

/** Whether an attestation may be in a block at the state's slot. @throws InvalidMessage */
export function checkAttestationData(rules: Rules, state: BeaconState, data: phase0.AttestationData): void {
  const current = epochAt(rules, state.slot);
  const target = data.target.epoch;
  ensure(
    target === current || target === current - 1,
    `target epoch ${target} is not of this epoch or the last`,
  );
  ensure(target === epochAt(rules, data.slot), 'the slot is not in the target epoch');
  ensure(
    data.slot + rules.MIN_ATTESTATION_INCLUSION_DELAY <= state.slot,
    'the vote is too young to be included',
  );
  ensure(data.index === 0, 'the index of an Electra vote is 0');
  const justified = justifiedFor(rules, state, target);
  ensure(
    data.source.epoch === justified.epoch && toHex(data.source.root) === justified.root,
    'the source is not the justified checkpoint',
  );
}

export const justifiedFor = (rules: Rules, state: BeaconState, targetEpoch: number): Checkpoint =>
  targetEpoch === epochAt(rules, state.slot) ? state.currentJustified : state.previousJustified;

interface Judgement {
  readonly flags: number;
  readonly matchesHead: boolean;
  readonly matchesTarget: boolean;
}

/** `get_attestation_participation_flag_indices` of Deneb and later: a right target counts at any delay (EIP-7045). */
function judge(rules: Rules, state: BeaconState, data: phase0.AttestationData): Judgement {
  const matchesTarget = toHex(data.target.root) === blockRootAtEpoch(rules, state, data.target.epoch);
  const matchesHead = matchesTarget && toHex(data.beaconBlockRoot) === blockRootAtSlot(state, data.slot);
  const delay = state.slot - data.slot;
  const inTime = delay <= Math.floor(Math.sqrt(rules.SLOTS_PER_EPOCH));
  const source = inTime ? SOURCE_BIT : 0;
  const target = matchesTarget ? TARGET_BIT : 0;
  const head = matchesHead && delay === rules.MIN_ATTESTATION_INCLUSION_DELAY ? HEAD_BIT : 0;
  return { flags: source | target | head, matchesHead, matchesTarget };
}

/** `process_attestation`. @throws InvalidMessage */
export function processAttestation(
  context: ChainContext,
  state: BeaconState,
  attestation: electra.Attestation,
  verify: boolean,
): void {
  const { rules } = context;
  const { data } = attestation;
  checkAttestationData(rules, state, data);
  const attesters = attestersOf(rules, state, attestation);
  ensure(attesters.length > 0, 'nobody attests');
  if (verify) verifyAggregate(context, state, attestation, attesters);
  const judgement = judge(rules, state, data);
  const isCurrent = data.target.epoch === epochAt(rules, state.slot);
  const participation = isCurrent ? state.currentParticipation : state.previousParticipation;
  const perIncrement = baseRewardPerIncrement(rules, state);
  const dataRoot = toHex(ssz.phase0.AttestationData.hashTreeRoot(data));
  let numerator = 0n;
  for (const { validator, committeeIndex } of attesters) {
    const before = participation[validator] ?? 0;
    const base = (validatorAt(state, validator).effectiveBalance / incrementOf(rules)) * perIncrement;
    for (const { bit, weight } of FLAGS) {
      if ((judgement.flags & bit) !== 0 && (before & bit) === 0) numerator += base * weight;
    }
    participation[validator] = before | judgement.flags;
    state.journal.votes.push({
      ...{ validator, slot: data.slot, committeeIndex, inclusionSlot: state.slot, ...judgement },
      dataRoot,
    });
  }
  const denominator = ((WEIGHT_DENOMINATOR - PROPOSER_WEIGHT) * WEIGHT_DENOMINATOR) / PROPOSER_WEIGHT;
  changeBalance(state, proposerAt(rules, state), numerator / denominator, 'proposer_attestations');
}

function verifyAggregate(
  context: ChainContext,
  state: BeaconState,
  { data, signature }: electra.Attestation,
  attesters: readonly Attester[],
): void {
  const root = attestationRoot(context, data);
  const pubkeys = attesters.map(({ validator }) => validatorAt(state, validator).pubkey);
  ensure(context.signatures.verify(root, pubkeys, signature), 'the signature is not that of the attesters');
}

export const attestationRoot = (context: ChainContext, data: phase0.AttestationData) =>
  signingRootAt(
    context,
    DOMAINS.beaconAttester,
    data.target.epoch,
    ssz.phase0.AttestationData.hashTreeRoot(data),
  );
