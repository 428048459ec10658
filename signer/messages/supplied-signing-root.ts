import type { JsonObject } from '../../core/json/parse-strict-json.ts';
import { parseRoot, type Root } from '../../core/units.ts';
import { signerError } from '../errors.ts';
import { optionalMember } from './decode/members.ts';

/** Both spellings are in use among clients. */
const SPELLINGS = ['signing_root', 'signingRoot'] as const;

export function hasSuppliedSigningRoot(request: JsonObject): boolean {
  return SPELLINGS.some((key) => optionalMember(request, key) !== null);
}

/**
 * A signing root that came along must be ours, in each spelling that was used: a difference means that client
 * and signer do not mean the same message.
 * @throws SIGNING_ROOT_MISMATCH, BAD_HEX
 */
export function checkSuppliedSigningRoot(request: JsonObject, computed: Root): void {
  for (const key of SPELLINGS) {
    const sent = optionalMember(request, key);
    if (sent === null) continue;
    const supplied = parseRoot(sent, key);
    if (supplied !== computed) {
      throw signerError('SIGNING_ROOT_MISMATCH', `${key} is ${supplied}, that of the message is ${computed}`);
    }
  }
}
