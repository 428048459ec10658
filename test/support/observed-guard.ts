import { onTestFinished } from 'vitest';
import type { Guard } from '../../slashing-db/index.ts';
import { toOpen } from '../../slashing-db/open-guard.ts';
import { openShared } from '../../slashing-db/shared/open-shared.ts';
import { SharedGuard } from '../../slashing-db/shared/shared-guard.ts';
import { SlashingGuard } from '../../slashing-db/slashing-guard.ts';
import { overAny } from './any-storage.ts';
import type { CommitGate } from './commit-gate.ts';
import { ObservedSharedStorage } from './observed-shared-storage.ts';
import { ObservedStorage } from './observed-storage.ts';
import { tempDatabase, TRUSTING } from './temp-guard.ts';
import { openTestStorage } from './test-storage.ts';

/** A guard over the storage under test, whose commits a test can come in between; closed after it. */
export async function observedGuard(): Promise<{ guard: Guard; storage: CommitGate; path: string }> {
  const path = tempDatabase();
  const { guard, storage } = await watched(path);
  onTestFinished(() => guard.close());
  return { guard, storage, path };
}

async function watched(path: string) {
  const options = await overAny({ ...TRUSTING, path });
  if (!options.shared) {
    const storage = new ObservedStorage(openTestStorage(path));
    return { storage, guard: new SlashingGuard(storage, options) };
  }
  const { storage: real } = await openShared(options.shared, toOpen(options), () => null);
  const storage = new ObservedSharedStorage(real);
  return { storage, guard: new SharedGuard(storage, options) };
}
