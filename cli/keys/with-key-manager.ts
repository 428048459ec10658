import type { Pubkey } from '../../core/units.ts';
import { createLogger, type Logger } from '../../core/log/logger.ts';
import { SigningPool } from '../../signer/bls/signing-pool.ts';
import { KeyManager } from '../../signer/keys/key-manager.ts';
import { KeySettingsStore } from '../../signer/keys/key-settings.ts';
import { Keyring } from '../../signer/keys/keyring.ts';
import { keyCacheOf } from '../../signer/keystore/cache/key-caches.ts';
import { KeyDirectory } from '../../signer/keystore/key-directory.ts';
import type { Guard } from '../../slashing-db/index.ts';
import type { CommandContext } from '../command-context.ts';
import { KeptInCache } from './kept-in-cache.ts';
import { withGuard } from '../database/with-guard.ts';

type Use<T> = (keyManager: KeyManager, guard: Guard) => Promise<T>;

/** Runs a verb on the keys of a data directory whose signer is stopped. @throws DB_IN_USE while it runs */
function withKeyManager<T>(context: CommandContext, use: Use<T>): Promise<T> {
  return withGuard(context, (guard) =>
    use(keyManagerOn(new KeyDirectory(context.settings['data-dir']), context, guard), guard),
  );
}

/**
 * The same with the key cache, unless `key-cache` is off: keys that were brought in are in it afterwards, beside those that
 * were in it before, and keys that were deleted are not.
 * @throws DB_IN_USE, KEY_FILE_UNREADABLE
 */
export function withKeysCached<T>(context: CommandContext, use: Use<T>): Promise<T> {
  if (context.settings['key-cache'] === 'off') return withKeyManager(context, use);
  return withGuard(context, async (guard) => {
    const dataDir = context.settings['data-dir'];
    const cache = keyCacheOf(dataDir, silentLog());
    const directory = new KeptInCache(dataDir, cache);
    try {
      const stored = await directory.list();
      // One that was deleted here and whose keystore outlived that must not come back into the file.
      const unwanted = (pubkey: Pubkey): boolean => guard.statusOf(pubkey).state === 'deleted';
      await directory.openCache(
        stored.filter((pubkey) => !unwanted(pubkey)),
        { unwanted },
      );
      return await use(keyManagerOn(directory, context, guard), guard);
    } finally {
      await cache.close();
    }
  });
}

const keyManagerOn = (directory: KeyDirectory, { settings }: CommandContext, guard: Guard): KeyManager =>
  new KeyManager({
    directory,
    guard,
    keyring: new Keyring(guard, new SigningPool()),
    settings: new KeySettingsStore(settings['data-dir']),
    log: silentLog(),
  });

/** The verb itself says what happened; a second voice in the log would only blur its output. */
const silentLog = (): Logger => createLogger('silent');
