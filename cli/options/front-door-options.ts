import type { Settings } from '../../core/config/settings.ts';
import { tlsSettings } from '../../core/config/tls-settings.ts';
import type { SignerOptions } from '../../signer/signer-options.ts';

/** What the settings say of listeners, TLS and access. @throws CONFIG_INVALID */
export function frontDoorOptions(settings: Settings): Required<Pick<SignerOptions, 'admin' | 'frontDoor'>> {
  const port = settings['admin-port'];
  const rate = settings['rate-limit'];
  return {
    admin: port === null ? null : { host: settings['admin-host'], port },
    frontDoor: {
      accessFile: settings['access-file'],
      tls: tlsSettings(settings),
      rateLimit: rate === null ? null : Number(rate),
    },
  };
}
