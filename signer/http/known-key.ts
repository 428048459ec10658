import type { Pubkey } from '../../core/units.ts';
import type { Keyring } from '../keys/keyring.ts';
import { httpError } from './http-errors.ts';
import { parseIdentifier } from './request-identifier.ts';

/** The key that a URL names, if it can sign here. @throws MALFORMED_IDENTIFIER, UNKNOWN_KEY, KEY_LOADING */
export function knownKey(text: string, keyring: Keyring): Pubkey {
  const pubkey = parseIdentifier(text);
  if (pubkey === null) throw httpError('MALFORMED_IDENTIFIER');
  assertLoaded(pubkey, keyring);
  return pubkey;
}

/** @throws UNKNOWN_KEY, KEY_LOADING */
export function assertLoaded(pubkey: Pubkey, keyring: Keyring): void {
  if (keyring.has(pubkey)) return;
  if (keyring.isAwaited(pubkey)) throw httpError('KEY_LOADING', `the key ${pubkey} is not open yet`);
  throw httpError('UNKNOWN_KEY', `the key ${pubkey} is not loaded in this signer`);
}
