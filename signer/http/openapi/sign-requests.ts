import { DEFINITIONS } from '../../messages/registry.ts';
import { bytes, object, ref, type Schema } from './schema.ts';
import { signPayloads, type SignPayload } from './sign-payloads.ts';
import { SszSchemas } from './ssz-schema.ts';

const SUPPLIED_ROOT: Schema = {
  ...bytes(32),
  type: ['string', 'null'],
  description: 'Only compared with the root that the signer computes.',
};

const FORK_INFO: Schema = object({
  fork: object({
    previous_version: bytes(4),
    current_version: bytes(4),
    epoch: ref('Uint64'),
  }),
  genesis_validators_root: ref('Bytes32'),
});

/**
 * `SignRequest` and what it consists of: one schema for each type of `messages/registry.ts`, with the name of the type,
 * which is how a discriminator without a mapping finds it.
 */
export function signRequestSchemas(): Record<string, Schema> {
  const types = new SszSchemas();
  const payloads = signPayloads(types);
  const requests = DEFINITIONS.map(({ type, payloadKey }) => [
    type,
    requestOf(type, payloadKey, payloads[type]),
  ]);
  return {
    SignRequest: {
      oneOf: DEFINITIONS.map(({ type }) => ref(type)),
      type: 'object',
      discriminator: { propertyName: 'type' },
      description:
        'What is to be signed. `type` is taken in any letter case. Members that belong to no type are ignored; a payload ' +
        'of another type is refused.',
    },
    ...(Object.fromEntries(requests) as Record<string, Schema>),
    ForkInfo: FORK_INFO,
    ...types.components,
  };
}

function requestOf(type: string, payloadKey: string, { schema, forkInfo, beside = {} }: SignPayload): Schema {
  const members: Record<string, Schema> = {
    type: { type: 'string', const: type },
    ...(forkInfo === undefined ? {} : { fork_info: forkInfoSchema(forkInfo) }),
    [payloadKey]: schema,
    ...beside,
    signing_root: SUPPLIED_ROOT,
    signingRoot: SUPPLIED_ROOT,
  };
  const optional = Object.keys(beside).concat(
    'signing_root',
    'signingRoot',
    forkInfo === 'optional' ? ['fork_info'] : [],
  );
  return object(members, optional);
}

const forkInfoSchema = (presence: 'required' | 'optional'): Schema =>
  presence === 'required' ? ref('ForkInfo') : { anyOf: [ref('ForkInfo'), { type: 'null' }] };
