import { isVigilError } from '../../core/errors.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Pubkey } from '../../core/units.ts';
import type { Guard, RecordedChange } from '../../slashing-db/index.ts';
import type { KeySettings, KeySettingsStore } from './key-settings.ts';

/** A setting of a key as the history and the log speak of it. */
export interface RecordedSetting {
  /** Name of the act in the history. */
  readonly act: RecordedChange;
  readonly read: (settings: KeySettings) => string | null;
}

export interface KeySettingChange {
  readonly pubkey: Pubkey;
  readonly change: Partial<KeySettings>;
  /** Who asked for it. */
  readonly by: string;
}

interface Modules {
  readonly guard: Guard;
  readonly keySettings: KeySettingsStore;
  readonly log: Logger;
}

/**
 * Changes a setting that says where the money of a key goes, or how its blocks are: on record before it is in force, so
 * that no change is ever without its record. What changes nothing leaves no trace.
 * @throws KEY_FILE_UNWRITABLE; then the old setting stands, and the history says that too
 */
export async function changeKeySetting(
  { act, read }: RecordedSetting,
  { pubkey, change, by }: KeySettingChange,
  { guard, keySettings, log }: Modules,
): Promise<void> {
  const record = (reason: string): Promise<void> => guard.operator.record(act, pubkey, { by, reason });
  const told: { from: string | null; to: string | null; recorded: boolean } = {
    from: null,
    to: null,
    recorded: false,
  };
  try {
    await keySettings.set(pubkey, change, async (before, after) => {
      [told.from, told.to] = [read(before), read(after)];
      await record(`${told.to ?? 'none'} instead of ${told.from ?? 'none'}`);
      told.recorded = true;
    });
  } catch (error) {
    const code = isVigilError(error) ? error.code : 'INTERNAL';
    if (told.recorded) await record(`${told.from ?? 'none'}: the change could not be kept (${code})`);
    throw error;
  }
  const { from, to, recorded } = told;
  if (recorded) log.info({ client: by, pubkey, from, to }, `${act} over the keymanager API`);
}
