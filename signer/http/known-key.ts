import type { Pubkey } from '../../core/units.ts';
import type { Keyring } from '../keys/keyring.ts';
import { httpError } from './http-errors.ts';
import { parseIdentifier } from './request-identifier.ts';

/** The key that a URL names, if it can sign here. @throws MALFORMED_IDENTIFIER, UNKNOWN_KEY */
export function knownKey(text: string, keyring: Keyring): Pubkey {
  const pubkey = parseIdentifier(text);
  if (pubkey === null) throw httpError('MALFORMED_IDENTIFIER');
  if (!keyring.has(pubkey)) throw httpError('UNKNOWN_KEY', `the key ${pubkey} is not loaded in this signer`);
  return pubkey;
}
