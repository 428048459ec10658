import type { ForkName } from '../../../core/chain/fork.ts';
import { fromHex, toHex } from '../../../core/hex.ts';
import type { JsonObject, JsonValue } from '../../../core/json/parse-strict-json.ts';
import { parseUint64 } from '../../../core/uint64.ts';
import { signerError } from '../../errors.ts';
import { optionalMember, requireMember, requireObject } from '../decode/members.ts';
import type { MessageFacts } from '../message-facts.ts';
import { isValidMerkleBranch } from './merkle-branch.ts';
import { provenFields, type ProvenField } from './proven-fields.ts';

interface Proof {
  readonly field: ProvenField;
  /** What was sent as the field's value; null when only the branch was. */
  readonly value: Uint8Array | null;
  /** Whether the body has this value, as a leaf of 32 bytes. */
  readonly proves: (leaf: Uint8Array) => boolean;
}

/** Bytes of each field; on its leaf it is followed by zeros. */
const BYTES: Readonly<Record<ProvenField, number>> = { fee_recipient: 20, gas_limit: 8, graffiti: 32 };

/**
 * What `proofs` of a block request shows of the body behind the header: `{index, proof, value?}` each, as "verifying"
 * validator clients send them. `value` is the field as SSZ, bare or as its leaf. Clients leave it out; then the signer
 * can only try the fee recipients it knows.
 * @throws BLOCK_PROOF_INVALID, MALFORMED_MESSAGE, BAD_INTEGER, BAD_HEX
 */
export function readBlockProofs(request: JsonObject, fork: ForkName, bodyRoot: Uint8Array): MessageFacts {
  const sent = optionalMember(request, 'proofs');
  if (sent === null) return {};
  if (!Array.isArray(sent)) throw signerError('MALFORMED_MESSAGE', 'proofs must be an array');
  const seen = new Set<ProvenField>();
  let facts: MessageFacts = {};
  for (const [position, json] of sent.entries()) {
    const path = `proofs[${position}]`;
    const proof = readProof(json, path, fork, bodyRoot);
    if (seen.has(proof.field)) {
      throw signerError('BLOCK_PROOF_INVALID', `${path} proves ${proof.field} a second time`);
    }
    seen.add(proof.field);
    facts = { ...facts, ...factOf(proof, path) };
  }
  return facts;
}

function readProof(json: JsonValue, path: string, fork: ForkName, bodyRoot: Uint8Array): Proof {
  const object = requireObject(json, path);
  const gindex = parseUint64(requireMember(object, 'index', path), `${path}.index`);
  const field = provenFields(fork).get(gindex);
  if (field === undefined) {
    throw signerError('BLOCK_PROOF_INVALID', `${path}.index is ${gindex}, no field known in ${fork}`);
  }
  const hashes = requireMember(object, 'proof', path);
  if (!Array.isArray(hashes)) throw signerError('MALFORMED_MESSAGE', `${path}.proof must be an array`);
  const branch = hashes.map((hash, index) => fromHex(hash, `${path}.proof[${index}]`, 32));
  const value = optionalMember(object, 'value');
  return {
    field,
    value: value === null ? null : fromHex(value, `${path}.value`),
    proves: (leaf) => isValidMerkleBranch(leaf, branch, gindex, bodyRoot),
  };
}

function factOf({ field, value, proves }: Proof, path: string): MessageFacts {
  const size = BYTES[field];
  if (value === null) {
    // A number cannot be tried out, and nothing is decided about graffiti.
    if (field !== 'fee_recipient') return {};
    return { provesFeeRecipient: (candidate) => proves(leafOf(fromHex(candidate, 'candidate', size))) };
  }
  if (value.length !== size && value.length !== 32) {
    throw signerError('BLOCK_PROOF_INVALID', `${path}.value must have ${size} or 32 bytes for ${field}`);
  }
  if (value.subarray(size).some((byte) => byte !== 0)) {
    throw signerError('BLOCK_PROOF_INVALID', `${path}.value has more in it than ${field}`);
  }
  if (!proves(leafOf(value))) {
    throw signerError(
      'BLOCK_PROOF_INVALID',
      `${path} does not lead from its value to the body root of the header`,
    );
  }
  const bare = value.subarray(0, size);
  if (field === 'fee_recipient') return { feeRecipient: toHex(bare) };
  if (field === 'gas_limit') return { gasLimit: Buffer.from(bare).readBigUInt64LE() };
  return {};
}

function leafOf(value: Uint8Array): Uint8Array {
  const leaf = new Uint8Array(32);
  leaf.set(value);
  return leaf;
}
