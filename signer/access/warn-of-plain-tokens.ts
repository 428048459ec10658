import { isIP } from 'node:net';
import type { Logger } from '../../core/log/logger.ts';
import { OPEN_DOOR, type FrontDoorOptions } from './front-door.ts';

export interface Listeners {
  readonly httpHost: string;
  readonly admin?: { readonly host: string } | null;
  readonly frontDoor?: FrontDoorOptions;
  readonly log: Logger;
}

/** A bearer token that crosses a network without TLS can be read and used by whoever is on the way. */
export function warnOfPlainTokens({ httpHost, admin = null, frontDoor = OPEN_DOOR, log }: Listeners): void {
  if (frontDoor.tls !== null) return;
  const hosts = [
    ...(frontDoor.accessFile === null ? [] : [httpHost]),
    ...(admin === null ? [] : [admin.host]),
  ];
  const open = hosts.find((host) => !isLoopback(host));
  if (open === undefined) return;
  log.warn(
    {
      host: open,
      code: 'TOKENS_IN_CLEAR',
      hint: 'Give --tls-cert and --tls-key, or listen on a loopback address.',
    },
    'bearer tokens travel without TLS',
  );
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
