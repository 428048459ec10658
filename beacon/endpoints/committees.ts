import { z } from 'zod';
import { epochOfSlot, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { slot, type Epoch, type Slot } from '../../core/units.ts';
import { apiRequest, InvalidAnswer, simpleCall, type Call } from '../node/call.ts';
import { idText, type StateId } from './ids.ts';
import { readAnswer } from './read-answer.ts';
import { indexList, uint64 } from './wire.ts';

export interface Committee {
  readonly slot: Slot;
  /** Of the committee, within its slot. */
  readonly index: number;
  /** Validator indices in committee order. */
  readonly validators: Uint32Array;
}

/** `MAX_COMMITTEES_PER_SLOT` of every preset is at most this: the width of `committee_bits`. */
const MAX_COMMITTEES_PER_SLOT = 64n;

const committeeData = z
  .object({ index: uint64, slot: uint64, validators: indexList })
  .refine(({ index }) => index < MAX_COMMITTEES_PER_SLOT, { path: ['index'], message: 'must be below 64' })
  .transform(({ index, slot: at, validators }): Committee => ({
    slot: slot(at),
    index: Number(index),
    validators,
  }));

/**
 * All committees of an epoch, or of one slot of it: the answer that grows with the network. Most clients answer for the
 * epochs next to that of the state only.
 */
export function committees(
  state: StateId,
  at: { epoch: Epoch; slot?: Slot },
  spec: ChainSpec,
): Call<Committee[]> {
  const request = apiRequest('getEpochCommittees', {
    at: { state_id: idText(state) },
    query: { epoch: at.epoch.toString(), slot: at.slot?.toString() },
  });
  return simpleCall(request, (raw) => {
    const answer = readAnswer(z.array(committeeData), raw);
    for (const each of answer.data) {
      if (at.slot === undefined ? epochOfSlot(spec, each.slot) !== at.epoch : each.slot !== at.slot) {
        throw new InvalidAnswer(`data: a committee of slot ${each.slot}, which was not asked for`);
      }
    }
    const names = new Set(answer.data.map((each) => `${each.slot}/${each.index}`));
    if (names.size !== answer.data.length) throw new InvalidAnswer('data: a committee comes twice');
    return answer;
  });
}

const syncCommitteeData = z.object({ validators: indexList }).transform(({ validators }) => validators);

/** The sync committee of the period of an epoch: validator indices by position, some of them more than once. */
export function syncCommittee(state: StateId, at: Epoch): Call<Uint32Array> {
  const request = apiRequest('getEpochSyncCommittees', {
    at: { state_id: idText(state) },
    query: { epoch: at.toString() },
  });
  return simpleCall(request, (raw) => readAnswer(syncCommitteeData, raw));
}
