import { isIP } from 'node:net';
import type { Logger } from '../../core/log/logger.ts';
import { OPEN_DOOR, type FrontDoorOptions } from './front-door.ts';

export interface Listeners {
  readonly httpHost: string;
  readonly admin?: { readonly host: string } | null;
  readonly frontDoor?: FrontDoorOptions;
  readonly log: Logger;
}

const HINT = 'Give --tls-cert and --tls-key, or listen on a loopback address.';

/**
 * A bearer token that crosses a network without TLS can be read and used by whoever is on the way. The keymanager and
 * admin API always take one; the signing API takes them with an access file, and without one it signs for whoever
 * reaches it.
 */
export function warnOfPlainTokens({ httpHost, admin = null, frontDoor = OPEN_DOOR, log }: Listeners): void {
  const { accessFile, tls } = frontDoor;
  const signsForAnybody = accessFile === null && tls?.clientAuth !== 'required';
  if (signsForAnybody && !isLoopback(httpHost)) {
    log.warn(
      {
        host: httpHost,
        code: 'ANYBODY_MAY_SIGN',
        hint: 'Say with --access-file who may sign, or ask for certificates with --tls-client-ca, or listen on a loopback address.',
      },
      'whoever reaches this address may sign with every key',
    );
  }
  if (tls !== null) return;
  // Without a listener of its own the keymanager API, whose token is the owner's, is on the signing port.
  const hosts = [
    ...(accessFile === null && admin !== null ? [] : [httpHost]),
    ...(admin === null ? [] : [admin.host]),
  ];
  const open = hosts.find((host) => !isLoopback(host));
  if (open === undefined) return;
  log.warn({ host: open, code: 'TOKENS_IN_CLEAR', hint: HINT }, 'bearer tokens travel without TLS');
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
