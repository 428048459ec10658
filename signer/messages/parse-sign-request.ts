import { ACTIVE_PRESET } from '@lodestar/params';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { computeSigningRoot } from '../../core/chain/signing-root.ts';
import { coreError } from '../../core/core-errors.ts';
import type { JsonObject, JsonValue } from '../../core/json/parse-strict-json.ts';
import type { Root } from '../../core/units.ts';
import type { GuardedMessage } from '../../slashing-db/message.ts';
import { signerError } from '../errors.ts';
import { optionalMember, requireObject } from './decode/members.ts';
import type { DecodedMessage, ParseContext } from './message-definition.ts';
import type { MessageFacts } from './message-facts.ts';
import { DEFINITIONS, type MessageType, type RegisteredDefinition } from './registry.ts';
import { resolveDomain } from './resolve-domain.ts';
import { checkSuppliedSigningRoot, hasSuppliedSigningRoot } from './supplied-signing-root.ts';

export interface SignRequest {
  readonly type: MessageType;
  /** Ready for the guard; its signing root is ours. */
  readonly message: GuardedMessage;
  /** For the policy. */
  readonly facts: MessageFacts;
}

/** In any letter case, as Web3Signer takes it. Only ASCII: other letters have an upper case that is ASCII. */
const TYPE_NAME = /^[A-Za-z0-9_]+$/;

const PAYLOAD_KEYS = new Set(DEFINITIONS.map(({ payloadKey }) => payloadKey));

/**
 * The message of a sign request, decoded strictly, with the signing root computed from it. Nothing is decided
 * about slashing here, and nothing about time: both are the guard's.
 * Members that belong to no message type are ignored, because clients send them.
 * @param onType told of the type as soon as it is known, also when nothing comes of the rest
 * @throws VigilError with a code of `signer/errors.ts`, or BAD_INTEGER or BAD_HEX, naming the field
 */
export function parseSignRequest(
  body: JsonValue,
  context: ParseContext,
  onType: (type: MessageType) => void = () => undefined,
): SignRequest {
  assertPreset(context.spec);
  const request = requireObject(body, 'the request body');
  const definition = definitionOf(request);
  const { type, payloadKey } = definition;
  onType(type);
  const message = definition.read(payloadOf(request, definition), payloadKey, context, request);
  const signingRoot = computeSigningRoot(message.objectRoot, resolveDomain(message, request, context.spec));
  checkSuppliedSigningRoot(request, signingRoot);
  const { facts = {} } = message;
  return { type, message: message.guarded?.(signingRoot) ?? unslashable(message, signingRoot), facts };
}

const unslashable = ({ earliest }: DecodedMessage, signingRoot: Root): GuardedMessage => ({
  kind: 'unslashable',
  signingRoot,
  ...(earliest === undefined ? {} : { earliest }),
});

/** The SSZ types took their lengths and limits from the preset when they were loaded, for good. */
function assertPreset(spec: ChainSpec): void {
  const active: string = ACTIVE_PRESET;
  if (active !== spec.presetBase) {
    throw coreError(
      'PRESET_CONFLICT',
      `the SSZ types were loaded with the ${active} preset, ${spec.name} has the ${spec.presetBase} preset`,
    );
  }
}

function definitionOf(request: JsonObject): RegisteredDefinition {
  const type = optionalMember(request, 'type');
  const name = typeof type === 'string' && TYPE_NAME.test(type) ? type.toUpperCase() : null;
  const definition = DEFINITIONS.find((candidate) => candidate.type === name);
  if (definition === undefined) throw signerError('UNKNOWN_MESSAGE_TYPE', unknownType(type));
  return definition;
}

function unknownType(type: JsonValue): string {
  if (type === null) return 'type is missing';
  if (typeof type !== 'string') return 'type must be a string';
  return `type ${JSON.stringify(type.slice(0, 64))} is not known`;
}

/** A request with two payloads is refused: whoever looked at it before us may have judged the other one. */
function payloadOf(request: JsonObject, { type, payloadKey }: RegisteredDefinition): JsonValue {
  for (const key of PAYLOAD_KEYS) {
    if (key !== payloadKey && optionalMember(request, key) !== null) {
      throw signerError('MALFORMED_MESSAGE', `${key} does not belong in a request of type ${type}`);
    }
  }
  const payload = optionalMember(request, payloadKey);
  if (payload !== null) return payload;
  if (hasSuppliedSigningRoot(request)) {
    throw signerError(
      'SIGNING_ROOT_WITHOUT_MESSAGE',
      `a signing root was sent, but ${payloadKey} is missing`,
    );
  }
  throw signerError('MALFORMED_MESSAGE', `${payloadKey} is missing`);
}
