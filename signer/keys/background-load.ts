import type { Logger } from '../../core/log/logger.ts';
import { isVigilError } from '../../core/errors.ts';
import type { FoundKeys, KeyManager, LoadResult } from './key-manager.ts';
import { logLoadProgress, type OnLoadProgress } from './load-progress.ts';

export interface BackgroundLoad {
  /** When every key signs or has failed; rejects never. */
  readonly done: Promise<LoadResult>;
  /** Opens no further keystore; resolves when those under way have come. */
  stop(): Promise<void>;
}

/** Opens the keys that were found while the signer answers already. */
export function startLoading(
  found: FoundKeys,
  modules: { keyManager: KeyManager; log: Logger; onProgress?: OnLoadProgress | undefined },
): BackgroundLoad {
  const { keyManager, log } = modules;
  const stopping = new AbortController();
  const start = performance.now();
  const load = async (): Promise<LoadResult> => {
    try {
      const onProgress = modules.onProgress ?? logLoadProgress(log);
      const result = await keyManager.loadAll({ onProgress, signal: stopping.signal }, found);
      const seconds = Number(((performance.now() - start) / 1000).toFixed(1));
      if (!stopping.signal.aborted) log.info({ ...result, seconds }, 'keys are loaded');
      return result;
    } catch (error) {
      const { code, hint } = isVigilError(error) ? error : { code: 'KEY_LOAD_FAILED', hint: undefined };
      log.error(
        { err: error, code, hint },
        'the keys could not be loaded: those that are open go on signing',
      );
      return { loaded: 0, failed: keyManager.failedKeys, deleted: found.deleted };
    }
  };
  const done = load();
  return {
    done,
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}
