import { z } from 'zod';
import type { Epoch } from '../../core/units.ts';
import { apiRequest, type Call } from '../node/call.ts';
import { chunkedCall } from './chunked.ts';
import { validatorIdText } from './ids.ts';
import { readAnswer } from './read-answer.ts';
import { uint64 } from './wire.ts';

export interface Liveness {
  readonly index: bigint;
  readonly isLive: boolean;
}

const livenessData = z
  .object({ index: uint64, is_live: z.boolean() })
  .transform(({ index, is_live }): Liveness => ({ index, isLive: is_live }));

/**
 * Whom the node has seen sign in an epoch, this one or the last. A hint: nodes forget at a restart, so false proves
 * nothing.
 */
export function liveness(at: Epoch, indices: readonly bigint[]): Call<Liveness[]> {
  return chunkedCall({
    ids: indices,
    request: (part) =>
      apiRequest('getLiveness', { at: { epoch: at.toString() }, body: part.map(validatorIdText) }),
    read: (raw) => readAnswer(z.array(livenessData), raw),
    namesOf: ({ index }) => [index.toString()],
    nameOf: validatorIdText,
  });
}
