import type { Decision } from '../../history/decision.ts';
import { link, type ChainHead } from '../../history/hash-chain.ts';
import { MAX_STORABLE } from '../../rules/check-time.ts';
import { bytesArray, intArray, textArray } from './rows.ts';

/** Decisions as they are chained and written: the columns of `history` behind the instance, as arrays. */
export interface ChainedRows {
  readonly head: ChainHead;
  readonly columns: readonly string[];
}

/** The columns that {@link chainedRows} gives, from the n-th parameter on. */
export const historyColumns = (n: number): string =>
  `unnest(${[
    'int8',
    'int8',
    'text',
    'bytea',
    'text',
    'int8',
    'int8',
    'int8',
    'bytea',
    'text',
    'text',
    'bytea',
  ]
    .map((type, at) => `$${n + at}::${type}[]`)
    .join(', ')})`;

export function chainedRows(before: ChainHead, decisions: readonly Decision[]): ChainedRows {
  const kept = decisions.map(storable);
  let head = before;
  const heads = kept.map((decision) => (head = link(head, decision)));
  return {
    head,
    columns: [
      intArray(heads.map(({ index }) => index)),
      intArray(kept.map(({ timeMs }) => timeMs)),
      textArray(kept.map(({ client }) => client)),
      bytesArray(kept.map(({ pubkey }) => pubkey)),
      textArray(kept.map(({ type }) => type)),
      intArray(kept.map(({ slot }) => slot)),
      intArray(kept.map(({ source }) => source)),
      intArray(kept.map(({ target }) => target)),
      bytesArray(kept.map(({ signingRoot }) => signingRoot)),
      textArray(kept.map(({ verdict }) => verdict)),
      textArray(kept.map(({ reason }) => reason)),
      bytesArray(heads.map(({ hash }) => hash)),
    ],
  };
}

/** Numbers that no column holds were refused for that: the reason tells it. Text is kept as it can be read again. */
function storable(decision: Decision): Decision {
  const { slot, source, target, client, type, reason } = decision;
  return {
    ...decision,
    slot: inRange(slot),
    source: inRange(source),
    target: inRange(target),
    client: readable(client),
    type: readable(type),
    reason: reason === null ? null : readable(reason),
  };
}

const inRange = (value: bigint | null): bigint | null =>
  value !== null && value > MAX_STORABLE ? null : value;
const readable = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');
