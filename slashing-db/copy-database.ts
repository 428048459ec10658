import { existsSync } from 'node:fs';
import { slashingDbError } from './errors.ts';
import { openAnyGuard, type OpenGuardOptions } from './open-guard.ts';
import { holdIdleServer } from './storage/postgres/hold-server.ts';
import type { PostgresTarget } from './storage/postgres/database-url.ts';
import { takeInstanceLock } from './storage/sqlite/instance-lock.ts';
import { readDatabaseStatus } from './storage/sqlite/read-status.ts';
import type { StoredState } from './storage/storage-port.ts';
import type { Root } from '../core/units.ts';

/** A database that is copied from: a file, or on a server. */
export type CopySource = { readonly path: string } | PostgresTarget;

export interface CopyReport {
  readonly keys: number;
  readonly deleted: number;
  readonly frozen: number;
  readonly handedOver: number;
}

/**
 * Merges what one database knows into another, of any kind: states and tombstones, controls, floors, watermarks; of each
 * the stricter. The history stays where it is, because its chain is bound to its database.
 * @param to how the other is opened
 * @throws DB_IN_USE while a signer uses the source, DB_WRONG_NETWORK, and what opening throws; then nothing was changed
 */
export async function copyDatabase(
  from: CopySource,
  to: OpenGuardOptions,
  by: string,
  shown: string,
): Promise<CopyReport> {
  const source = await read(from);
  try {
    const { genesisValidatorsRoot, keys, controls } = source.state;
    if (genesisValidatorsRoot !== to.spec.genesisValidatorsRoot) {
      throw slashingDbError(
        'DB_WRONG_NETWORK',
        `${shown} is of genesis validators root ${genesisValidatorsRoot}`,
      );
    }
    const guard = await openAnyGuard(to);
    try {
      await guard.mergeState(source.state, by, shown);
      await source.fence();
    } finally {
      await guard.close();
    }
    return {
      keys: keys.length,
      deleted: keys.filter(({ state }) => state === 'deleted').length,
      frozen: [...controls.values()].filter(({ frozen }) => frozen !== null).length,
      handedOver: [...controls.values()].filter(({ outEpoch }) => outEpoch !== null).length,
    };
  } finally {
    await source.release();
  }
}

/** Held until the copy is through: what a signer signed meanwhile would not be in it. */
interface HeldSource {
  readonly state: StoredState & { readonly genesisValidatorsRoot: Root };
  /** A signer that only lost its connection must not come back to it. */
  readonly fence: () => void | Promise<void>;
  readonly release: () => void | Promise<void>;
}

async function read(from: CopySource): Promise<HeldSource> {
  if ('url' in from) {
    const { status, fence, release } = await holdIdleServer(from);
    return { state: status, fence, release };
  }
  if (!existsSync(from.path)) {
    throw slashingDbError('DB_CANNOT_OPEN', `there is no slashing database at ${from.path}`);
  }
  const lock = takeInstanceLock(from.path);
  try {
    // Who has a file open has its lock.
    return { state: readDatabaseStatus(from.path), fence: () => undefined, release: () => lock.release() };
  } catch (error) {
    lock.release();
    throw error;
  }
}
