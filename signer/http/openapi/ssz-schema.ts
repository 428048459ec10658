import {
  BitVectorType,
  BooleanType,
  ByteVectorType,
  UintBigintType,
  UintNumberType,
  type Type,
} from '@chainsafe/ssz';
import { ssz } from '@lodestar/types';
import { FORK_NAMES } from '../../../core/chain/fork.ts';
import {
  fieldsOf,
  isBitList,
  isByteList,
  isList,
  isVector,
  type SszField,
} from '../../messages/decode/ssz-kinds.ts';
import { anyBytes, bytes, object, ref, text, type Schema } from './schema.ts';

/** Above this no limit is worth telling: no request is that large. */
const MOST_TOLD = 2 ** 20;

/**
 * The JSON that `messages/decode/decode-ssz.ts` takes for SSZ types. Containers become components, named as the specs
 * name them with the fork that brought them: `phase0.Checkpoint`. Lengths are those of the preset that is active.
 */
export class SszSchemas {
  readonly components: Record<string, Schema> = {};
  readonly #names = namesOfContainers();

  of(type: Type<unknown>): Schema {
    if (type instanceof UintBigintType || type instanceof UintNumberType) return this.#uint(type.byteLength);
    if (type instanceof ByteVectorType)
      return this.#component(`Bytes${type.lengthBytes}`, bytes(type.lengthBytes));
    const fields = fieldsOf(type);
    if (fields !== null) return this.#container(type, fields);
    if (type instanceof BooleanType) return { type: 'boolean' };
    if (type instanceof BitVectorType) return bytes(Math.ceil(type.lengthBits / 8));
    // One bit more than the limit: the delimiter.
    if (isBitList(type)) return atMostBytes(Math.floor(type.limitBits / 8) + 1, 1);
    if (isByteList(type)) return atMostBytes(type.limitBytes, 0);
    if (isVector(type)) {
      return this.#list(type.elementType as Type<unknown>, type.length, type.length);
    }
    if (isList(type)) {
      return this.#list(type.elementType as Type<unknown>, 0, type.limit);
    }
    throw new Error(`no schema is known for the SSZ type ${type.typeName}`);
  }

  #uint(byteLength: number): Schema {
    return byteLength <= 8 ? ref('Uint64') : this.#component('Uint256', text('^(0|[1-9][0-9]{0,77})$'));
  }

  #container(type: Type<unknown>, fields: readonly SszField[]): Schema {
    const schema = object(
      Object.fromEntries(fields.map(({ jsonKey, fieldType }) => [jsonKey, this.of(fieldType)])),
    );
    const name = this.#names.get(type);
    return name === undefined ? schema : this.#component(name, schema);
  }

  #list(elementType: Type<unknown>, least: number, most: number): Schema {
    const schema: Schema = { type: 'array', items: this.of(elementType) };
    return {
      ...schema,
      ...(least === 0 ? {} : { minItems: least }),
      ...(most > MOST_TOLD ? {} : { maxItems: most }),
    };
  }

  #component(name: string, schema: Schema): Schema {
    const known = this.components[name];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new Error(`two SSZ types have the name ${name}`);
    }
    this.components[name] = schema;
    return ref(name);
  }
}

function atMostBytes(most: number, least: 0 | 1): Schema {
  const maxLength = 2 + 2 * most;
  return { ...anyBytes(least), ...(maxLength > MOST_TOLD ? {} : { maxLength }) };
}

/** A type that later forks took over keeps the name of the first. */
function namesOfContainers(): Map<Type<unknown>, string> {
  const names = new Map<Type<unknown>, string>();
  for (const fork of FORK_NAMES) {
    for (const [name, type] of Object.entries(ssz[fork]) as [string, Type<unknown>][]) {
      if (names.has(type)) continue;
      // The same type for messages whose integers are kept as bigint: on the wire there is no difference.
      names.set(type, `${fork}.${name.replace(/Bigint$/, '')}`);
    }
  }
  return names;
}
