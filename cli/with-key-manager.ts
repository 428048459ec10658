import { createLogger } from '../core/log/logger.ts';
import { SigningPool } from '../signer/bls/signing-pool.ts';
import { KeyManager } from '../signer/keys/key-manager.ts';
import { KeySettingsStore } from '../signer/keys/key-settings.ts';
import { Keyring } from '../signer/keys/keyring.ts';
import { KeyDirectory } from '../signer/keystore/key-directory.ts';
import type { Guard } from '../slashing-db/index.ts';
import type { CommandContext } from './command-context.ts';
import { withGuard } from './with-guard.ts';

/** Runs a verb on the keys of a data directory whose signer is stopped. @throws DB_IN_USE while it runs */
export function withKeyManager<T>(
  context: CommandContext,
  use: (keyManager: KeyManager, guard: Guard) => Promise<T>,
): Promise<T> {
  return withGuard(context, (guard) => {
    const dataDir = context.settings['data-dir'];
    const directory = new KeyDirectory(dataDir);
    const settings = new KeySettingsStore(dataDir);
    const keyring = new Keyring(guard, new SigningPool());
    // The verb itself says what happened; a second voice in the log would only blur its output.
    const log = createLogger('silent');
    return use(new KeyManager({ directory, guard, keyring, settings, log }), guard);
  });
}
