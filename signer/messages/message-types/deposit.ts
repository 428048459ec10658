import { DOMAIN_DEPOSIT } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { fromHex, toHex } from '../../../core/hex.ts';
import { signerError } from '../../errors.ts';
import { decodeAndHash } from '../decode/decoded-root.ts';
import { requireMember, requireObject } from '../decode/members.ts';
import type { MessageDefinition } from '../message-definition.ts';
import { genesisForkVersion } from '../resolve-domain.ts';

/** A deposit is signed before the validator exists, so its domain has no genesis validators root. */
export const deposit = {
  type: 'DEPOSIT',
  payloadKey: 'deposit',
  read(payload, path, { spec }) {
    const object = requireObject(payload, path);
    const { root } = decodeAndHash(ssz.phase0.DepositMessage, object, path);
    const versionPath = `${path}.genesis_fork_version`;
    const sent = toHex(fromHex(requireMember(object, 'genesis_fork_version', path), versionPath, 4));
    const ours = toHex(genesisForkVersion(spec));
    if (sent !== ours) {
      throw signerError(
        'DEPOSIT_WRONG_NETWORK',
        `${versionPath} is ${sent}, that of ${spec.name} is ${ours}`,
      );
    }
    return {
      objectRoot: root,
      domain: { kind: 'genesis', type: DOMAIN_DEPOSIT },
      guarded: (signingRoot) => ({ kind: 'unslashable', signingRoot, irrevocable: true }),
    };
  },
} as const satisfies MessageDefinition;
