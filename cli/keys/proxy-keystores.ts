import type { Settings } from '../../core/config/settings.ts';
import { proxyKeystoresPath } from '../../signer/data-directory.ts';

/** The folder of the proxy keys in force. */
export const proxyKeystores = (settings: Settings): string =>
  settings['proxy-keystores'] ?? proxyKeystoresPath(settings['data-dir']);
