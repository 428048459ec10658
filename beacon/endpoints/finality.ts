import { z } from 'zod';
import { epoch as epochOf, type Epoch, type Root } from '../../core/units.ts';
import { apiRequest, simpleCall, type Call } from '../node/call.ts';
import { idText, type StateId } from './ids.ts';
import { readAnswer } from './read-answer.ts';
import { root, uint64 } from './wire.ts';

export interface Checkpoint {
  readonly epoch: Epoch;
  readonly root: Root;
}

export interface FinalityCheckpoints {
  readonly previousJustified: Checkpoint;
  readonly currentJustified: Checkpoint;
  readonly finalized: Checkpoint;
}

const checkpoint = z
  .object({ epoch: uint64, root })
  .transform((data): Checkpoint => ({ epoch: epochOf(data.epoch), root: data.root }));

const finalityData = z
  .object({ previous_justified: checkpoint, current_justified: checkpoint, finalized: checkpoint })
  .transform((data): FinalityCheckpoints => ({
    previousJustified: data.previous_justified,
    currentJustified: data.current_justified,
    finalized: data.finalized,
  }));

export function finalityCheckpoints(state: StateId): Call<FinalityCheckpoints> {
  const request = apiRequest('getStateFinalityCheckpoints', { at: { state_id: idText(state) } });
  return simpleCall(request, (raw) => readAnswer(finalityData, raw));
}
