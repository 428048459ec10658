import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { coreError } from '../core-errors.ts';
import { closestName } from './closest-name.ts';
import type { SettingName } from './settings.ts';

/** Settings that name a file which is, or may hold, a secret. */
const FILES: readonly SettingName[] = [
  'tls-cert',
  'tls-key',
  'tls-client-ca',
  'access-file',
  'signer-token-file',
  'slashing-db-password-file',
];

/** What systemd puts before the name of each file when a unit says `LoadCredential=vigil:FOLDER`. */
const PREFIX = 'vigil_';

/**
 * The files that a service manager handed over (systemd.exec(5), LoadCredential), as values of the settings that they
 * are named after. None without a service manager.
 * @throws CONFIG_INVALID for one that is named after no such setting: it was meant for something
 */
export function credentialSettings(
  environment: Readonly<Record<string, string | undefined>>,
): Partial<Record<SettingName, string>> {
  const directory = environment['CREDENTIALS_DIRECTORY'];
  if (directory === undefined || directory === '') return {};
  const found: Partial<Record<SettingName, string>> = {};
  for (const file of namesIn(directory)) {
    if (!file.startsWith(PREFIX)) continue;
    const name = file.slice(PREFIX.length);
    const setting = FILES.find((known) => known === name);
    if (setting === undefined) {
      const near = closestName(name, FILES);
      const meant = near === null ? `use one of ${FILES.join(', ')}` : `did you mean ${near}?`;
      throw coreError('CONFIG_INVALID', `the credential ${name} is no file that a setting names; ${meant}`);
    }
    found[setting] = join(directory, file);
  }
  return found;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    throw coreError('CONFIG_INVALID', `the credentials in ${directory} cannot be listed`, error);
  }
}
