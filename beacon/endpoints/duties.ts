import { z } from 'zod';
import { epochOfSlot, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { slot, type Epoch, type Pubkey, type Root, type Slot } from '../../core/units.ts';
import { apiRequest, InvalidAnswer, simpleCall, type Answer, type Call } from '../node/call.ts';
import type { RawAnswer } from '../node/exchange.ts';
import { chunkedCall } from './chunked.ts';
import { validatorIdText } from './ids.ts';
import { checked, parseJson, readAnswer } from './read-answer.ts';
import { pubkey, root, uint64 } from './wire.ts';

export interface AttesterDuty {
  readonly validatorIndex: bigint;
  readonly pubkey: Pubkey;
  readonly slot: Slot;
  readonly committeeIndex: bigint;
  readonly committeeLength: bigint;
  readonly committeesAtSlot: bigint;
  /** Position in the committee. */
  readonly validatorCommitteeIndex: bigint;
}

export interface ProposerDuty {
  readonly validatorIndex: bigint;
  readonly pubkey: Pubkey;
  readonly slot: Slot;
}

export interface ProposerDuties {
  readonly duties: readonly ProposerDuty[];
  /**
   * When it changes, the duties may have. Good for dropping what was kept, not for proving anything: clients disagree
   * on which block it names since Fulu. Null when the node does not say.
   */
  readonly dependentRoot: Root | null;
}

export interface SyncDuty {
  readonly validatorIndex: bigint;
  readonly pubkey: Pubkey;
  /** Positions in the sync committee; a validator may hold several. */
  readonly positions: readonly bigint[];
}

const attesterData = z
  .object({
    pubkey,
    validator_index: uint64,
    committee_index: uint64,
    committee_length: uint64,
    committees_at_slot: uint64,
    validator_committee_index: uint64,
    slot: uint64,
  })
  .refine((duty) => duty.validator_committee_index < duty.committee_length, {
    path: ['validator_committee_index'],
    message: 'must be below committee_length',
  })
  .transform((duty): AttesterDuty => ({
    validatorIndex: duty.validator_index,
    pubkey: duty.pubkey,
    slot: slot(duty.slot),
    committeeIndex: duty.committee_index,
    committeeLength: duty.committee_length,
    committeesAtSlot: duty.committees_at_slot,
    validatorCommitteeIndex: duty.validator_committee_index,
  }));

const proposerData = z
  .object({ pubkey, validator_index: uint64, slot: uint64 })
  .transform((duty): ProposerDuty => ({
    validatorIndex: duty.validator_index,
    pubkey: duty.pubkey,
    slot: slot(duty.slot),
  }));

const syncData = z
  .object({ pubkey, validator_index: uint64, validator_sync_committee_indices: z.array(uint64) })
  .transform((duty): SyncDuty => ({
    validatorIndex: duty.validator_index,
    pubkey: duty.pubkey,
    positions: duty.validator_sync_committee_indices,
  }));

const dependent = z.object({ dependent_root: root.optional() });

/** Where and when the validators attest in an epoch, the current one or the next. Inactive ones are missing. */
export function attesterDuties(at: Epoch, indices: readonly bigint[], spec: ChainSpec): Call<AttesterDuty[]> {
  return chunkedCall({
    ids: indices,
    request: (part) =>
      apiRequest('getAttesterDuties', { at: { epoch: at.toString() }, body: part.map(validatorIdText) }),
    read: (raw) => {
      const answer = readAnswer(z.array(attesterData), raw);
      assertInEpoch(answer.data, at, spec);
      return answer;
    },
    namesOf: ({ validatorIndex }) => [validatorIndex.toString()],
    nameOf: validatorIdText,
  });
}

/** Who proposes in each slot of an epoch, of the whole network. */
export function proposerDuties(at: Epoch, spec: ChainSpec): Call<ProposerDuties> {
  const request = apiRequest('getProposerDuties', { at: { epoch: at.toString() } });
  return simpleCall(request, (raw: RawAnswer): Answer<ProposerDuties> => {
    const { data: duties, ...rest } = readAnswer(z.array(proposerData), raw);
    assertInEpoch(duties, at, spec);
    if (new Set(duties.map((duty) => duty.slot)).size !== duties.length) {
      throw new InvalidAnswer('data: a slot has two proposers');
    }
    const { dependent_root: dependentRoot = null } = checked(dependent, parseJson(raw));
    return { data: { duties, dependentRoot }, ...rest };
  });
}

/** Those of the validators that are in the sync committee of the period of an epoch. */
export function syncDuties(at: Epoch, indices: readonly bigint[]): Call<SyncDuty[]> {
  return chunkedCall({
    ids: indices,
    request: (part) =>
      apiRequest('getSyncCommitteeDuties', { at: { epoch: at.toString() }, body: part.map(validatorIdText) }),
    read: (raw) => readAnswer(z.array(syncData), raw),
    namesOf: ({ validatorIndex }) => [validatorIndex.toString()],
    nameOf: validatorIdText,
  });
}

function assertInEpoch(duties: readonly { readonly slot: Slot }[], at: Epoch, spec: ChainSpec): void {
  const stray = duties.find((duty) => epochOfSlot(spec, duty.slot) !== at);
  if (stray !== undefined) {
    throw new InvalidAnswer(`data: a duty at slot ${stray.slot}, which is not in epoch ${at}`);
  }
}
