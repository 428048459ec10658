import {
  BitListType,
  ByteListType,
  ContainerType,
  ListBasicType,
  ListCompositeType,
  ProgressiveBitListType,
  ProgressiveByteListType,
  ProgressiveContainerType,
  ProgressiveListBasicType,
  ProgressiveListCompositeType,
  VectorBasicType,
  VectorCompositeType,
  type Type,
} from '@chainsafe/ssz';

/*
 * Kinds of SSZ types that are one kind in JSON, though the library has a class for each way to keep them.
 */

export interface SszField {
  readonly fieldName: string;
  readonly fieldType: Type<unknown>;
  readonly jsonKey: string;
}

/** The fields of a container, or null for another type. */
export function fieldsOf(type: Type<unknown>): readonly SszField[] | null {
  return type instanceof ContainerType || type instanceof ProgressiveContainerType
    ? (type.fieldsEntries as readonly SszField[])
    : null;
}

export const isBitList = (type: Type<unknown>) =>
  type instanceof BitListType || type instanceof ProgressiveBitListType;

export const isByteList = (type: Type<unknown>) =>
  type instanceof ByteListType || type instanceof ProgressiveByteListType;

export const isVector = (type: Type<unknown>) =>
  type instanceof VectorBasicType || type instanceof VectorCompositeType;

export const isList = (type: Type<unknown>) =>
  type instanceof ListBasicType ||
  type instanceof ListCompositeType ||
  type instanceof ProgressiveListBasicType ||
  type instanceof ProgressiveListCompositeType;
