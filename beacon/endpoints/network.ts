import { z } from 'zod';
import type { ConfigValues, Genesis } from '../../core/chain/config-values.ts';
import { apiRequest, simpleCall, type Call } from '../node/call.ts';
import { readAnswer } from './read-answer.ts';
import { root, strictUint64 } from './wire.ts';

const genesisData = z
  .object({ genesis_time: strictUint64, genesis_validators_root: root })
  .transform((data): Genesis => ({
    genesisTimeSeconds: data.genesis_time,
    genesisValidatorsRoot: data.genesis_validators_root,
  }));

/** `/eth/v1/config/spec`; values that are not text (schedules) are left out. */
const specData = z
  .record(z.string(), z.unknown())
  .transform((data): ConfigValues =>
    Object.fromEntries(
      Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
  );

/** When the chain began, and the root that tells it from all others. */
export const genesis = (): Call<Genesis> =>
  simpleCall(apiRequest('getGenesis'), (raw) => readAnswer(genesisData, raw));

/** The constants of the network, by the names of the consensus specifications. */
export const configSpec = (): Call<ConfigValues> =>
  simpleCall(apiRequest('getSpec'), (raw) => readAnswer(specData, raw));
