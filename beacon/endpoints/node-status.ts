import { z } from 'zod';
import { slot, type Slot } from '../../core/units.ts';
import { apiRequest, simpleCall, type Call } from '../node/call.ts';
import { readAnswer } from './read-answer.ts';
import { uint64 } from './wire.ts';

export interface SyncStatus {
  readonly headSlot: Slot;
  /** Slots between its head and its clock, by its own account. */
  readonly syncDistance: bigint;
  readonly isSyncing: boolean;
  /** The head rests on a payload that the execution client has not verified. */
  readonly isOptimistic: boolean;
  /** The execution client does not answer: what comes next cannot be verified. */
  readonly elOffline: boolean;
}

/** The last two came with the merge and later: a client that leaves them out has nothing to say there. */
const syncingData = z
  .object({
    head_slot: uint64,
    sync_distance: uint64,
    is_syncing: z.boolean(),
    is_optimistic: z.boolean().optional(),
    el_offline: z.boolean().optional(),
  })
  .transform((data): SyncStatus => ({
    headSlot: slot(data.head_slot),
    syncDistance: data.sync_distance,
    isSyncing: data.is_syncing,
    isOptimistic: data.is_optimistic ?? false,
    elOffline: data.el_offline ?? false,
  }));

const versionData = z.object({ version: z.string().max(1000) }).transform(({ version }) => version);

export const syncing = (): Call<SyncStatus> =>
  simpleCall(apiRequest('getSyncingStatus'), (raw) => readAnswer(syncingData, raw));

/** The client, for people: `Lighthouse/v8.0.0-…`. */
export const nodeVersion = (): Call<string> =>
  simpleCall(apiRequest('getNodeVersion'), (raw) => readAnswer(versionData, raw));

export type NodeHealth = 'ready' | 'syncing' | 'not-initialized';

/** Said by the status alone, the body is empty. */
const HEALTH_BY_STATUS: Readonly<Record<number, NodeHealth>> = {
  200: 'ready',
  206: 'syncing',
  503: 'not-initialized',
};

export const nodeHealth = (): Call<NodeHealth> =>
  simpleCall(apiRequest('getHealth', { okStatuses: [200, 206, 503] }), ({ status }) => ({
    data: HEALTH_BY_STATUS[status] ?? 'not-initialized',
    executionOptimistic: false,
    finalized: null,
  }));
