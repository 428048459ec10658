import { DOMAIN_BEACON_PROPOSER } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { epochOfSlot, forkAtEpoch, type ChainSpec } from '../../../core/chain/chain-spec.ts';
import { isAtLeast, type ForkName } from '../../../core/chain/fork.ts';
import { toHex } from '../../../core/hex.ts';
import type { JsonObject, JsonValue } from '../../../core/json/parse-strict-json.ts';
import { slot } from '../../../core/units.ts';
import { signerError } from '../../errors.ts';
import { readBlockProofs } from '../block-proofs/read-block-proofs.ts';
import { decodeAndHash } from '../decode/decoded-root.ts';
import { optionalMember, requireMember, requireObject } from '../decode/members.ts';
import type { DecodedMessage, MessageDefinition } from '../message-definition.ts';
import { readVersion } from '../versioned-payload.ts';

/** Full blocks are taken where the API has them; from Bellatrix on only the header travels. */
const BODY_ROOTS = {
  phase0: (json: JsonValue, path: string) => decodeAndHash(ssz.phase0.BeaconBlockBody, json, path).root,
  altair: (json: JsonValue, path: string) => decodeAndHash(ssz.altair.BeaconBlockBody, json, path).root,
};
type FullBlockFork = keyof typeof BODY_ROOTS;

/** `BLOCK`, the deprecated form: always a full phase0 block. */
export const block = {
  type: 'BLOCK',
  payloadKey: 'block',
  read: (payload, path, { spec }, request) => fullBlock('phase0', payload, path, spec, request),
} as const satisfies MessageDefinition;

/** `BLOCK_V2`: a full block for PHASE0 and ALTAIR, a header from BELLATRIX on. */
export const blockV2 = {
  type: 'BLOCK_V2',
  payloadKey: 'beacon_block',
  read(payload, path, { spec }, request) {
    const object = requireObject(payload, path);
    const version = readVersion(object, path);
    if (isFullBlockFork(version)) {
      return fullBlock(version, only(object, path, 'block', 'block_header'), `${path}.block`, spec, request);
    }
    const message = header(
      only(object, path, 'block_header', 'block'),
      `${path}.block_header`,
      spec,
      request,
    );
    // The header signs alike in every fork; but a client that is wrong about the fork is wrong about the block.
    return { ...message, firstFork: version, lastFork: version };
  },
} as const satisfies MessageDefinition;

function isFullBlockFork(fork: ForkName): fork is FullBlockFork {
  return !isAtLeast(fork, 'bellatrix');
}

function only(object: JsonObject, path: string, key: string, other: string): JsonValue {
  if (optionalMember(object, other) !== null) {
    throw signerError('MALFORMED_MESSAGE', `${path}.${other} does not belong in a block of this version`);
  }
  return requireMember(object, key, path);
}

/** A block and its header have the same root, so the body is reduced to its root and the rest read as a header. */
function fullBlock(
  fork: FullBlockFork,
  json: JsonValue,
  path: string,
  spec: ChainSpec,
  request: JsonObject,
): DecodedMessage {
  const object = requireObject(json, path);
  const bodyRoot = BODY_ROOTS[fork](requireMember(object, 'body', path), `${path}.body`);
  const message = header({ ...object, body_root: toHex(bodyRoot) }, path, spec, request);
  return { ...message, firstFork: fork, lastFork: fork };
}

function header(json: JsonValue, path: string, spec: ChainSpec, request: JsonObject): DecodedMessage {
  const { value, root } = decodeAndHash(ssz.phase0.BeaconBlockHeaderBigint, json, path);
  const at = slot(value.slot);
  const epoch = epochOfSlot(spec, at);
  const fork = forkAtEpoch(spec, epoch).name;
  const shown = readBlockProofs(request, fork, value.bodyRoot);
  const hidden =
    isAtLeast(fork, 'bellatrix') &&
    shown.feeRecipient === undefined &&
    shown.provesFeeRecipient === undefined;
  return {
    objectRoot: root,
    domain: { kind: 'fork', type: DOMAIN_BEACON_PROPOSER, epoch },
    facts: {
      validatorIndex: BigInt(value.proposerIndex),
      ...shown,
      ...(hidden ? { feeRecipientHidden: true } : {}),
    },
    guarded: (signingRoot) => ({ kind: 'block', slot: at, signingRoot }),
  };
}
