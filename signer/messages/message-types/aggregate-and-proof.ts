import { DOMAIN_AGGREGATE_AND_PROOF } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { epochOfSlot, forkAtEpoch } from '../../../core/chain/chain-spec.ts';
import { isAtLeast, type ForkName } from '../../../core/chain/fork.ts';
import type { JsonObject, JsonValue } from '../../../core/json/parse-strict-json.ts';
import { parseUint64 } from '../../../core/uint64.ts';
import { slot, type Slot } from '../../../core/units.ts';
import { signerError } from '../../errors.ts';
import { decodeAndHash, type Decoded } from '../decode/decoded-root.ts';
import { optionalMember, requireMember, requireObject } from '../decode/members.ts';
import type { DecodedMessage, MessageDefinition, ParseContext } from '../message-definition.ts';
import { readVersionedData } from '../versioned-payload.ts';

/** `AGGREGATE_AND_PROOF`, the deprecated name; clients send either shape under either name. */
export const aggregateAndProof = {
  type: 'AGGREGATE_AND_PROOF',
  payloadKey: 'aggregate_and_proof',
  read: readAggregateAndProof,
} as const satisfies MessageDefinition;

export const aggregateAndProofV2 = {
  type: 'AGGREGATE_AND_PROOF_V2',
  payloadKey: 'aggregate_and_proof',
  read: readAggregateAndProof,
} as const satisfies MessageDefinition;

/** The container is chosen by the slot of the aggregate and our fork schedule, as the domain is. */
function readAggregateAndProof(payload: JsonValue, path: string, { spec }: ParseContext): DecodedMessage {
  const { object, at } = unwrap(requireObject(payload, path), path);
  const aggregated = readSlot(object, at);
  const epoch = epochOfSlot(spec, aggregated);
  const { value, root } = decodeAs(forkAtEpoch(spec, epoch).name, object, at);
  return {
    objectRoot: root,
    domain: { kind: 'fork', type: DOMAIN_AGGREGATE_AND_PROOF, epoch },
    earliest: aggregated,
    facts: { validatorIndex: BigInt(value.aggregatorIndex) },
  };
}

/** Flat, or in a `{version, data}` envelope. */
function unwrap(payload: JsonObject, path: string): { object: JsonObject; at: string } {
  if (optionalMember(payload, 'data') === null) return { object: payload, at: path };
  if (optionalMember(payload, 'aggregate') !== null) {
    throw signerError('MALFORMED_MESSAGE', `${path} has both aggregate and data`);
  }
  return { object: readVersionedData(payload, path, 'phase0'), at: `${path}.data` };
}

function readSlot(object: JsonObject, path: string): Slot {
  const aggregate = requireObject(requireMember(object, 'aggregate', path), `${path}.aggregate`);
  const dataPath = `${path}.aggregate.data`;
  const data = requireObject(requireMember(aggregate, 'data', `${path}.aggregate`), dataPath);
  return slot(parseUint64(requireMember(data, 'slot', dataPath), `${dataPath}.slot`));
}

function decodeAs(
  fork: ForkName,
  json: JsonObject,
  path: string,
): Decoded<{ readonly aggregatorIndex: number }> {
  if (isAtLeast(fork, 'gloas')) return decodeAndHash(ssz.gloas.AggregateAndProof, json, path);
  if (isAtLeast(fork, 'electra')) return decodeAndHash(ssz.electra.AggregateAndProof, json, path);
  return decodeAndHash(ssz.phase0.AggregateAndProof, json, path);
}
