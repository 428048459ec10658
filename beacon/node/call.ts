import { operationShape, type Operation } from '../endpoints/operations.ts';
import type { RawAnswer } from './exchange.ts';

/** One request of a call, as yet without a node to send it to. */
export interface ApiRequest {
  readonly operation: Operation;
  readonly path: string;
  readonly body?: unknown;
  readonly accept: string;
  readonly okStatuses?: readonly number[];
  /** False for what must not arrive twice: it is sent to one node, once. */
  readonly idempotent: boolean;
}

export type Send = (request: ApiRequest) => Promise<RawAnswer>;

export interface Answer<T> {
  readonly data: T;
  /** True when it rests on a payload that the execution client has not verified: no source of truth. */
  readonly executionOptimistic: boolean;
  /** Null when the node did not say. */
  readonly finalized: boolean | null;
}

/**
 * A question to a beacon node: the requests it takes and how the answers are read and checked. All requests of one call
 * go to the same node, so that the parts of a long list come from the same view of the chain.
 */
export interface Call<T> {
  readonly operation: Operation;
  readonly idempotent: boolean;
  /** @throws InvalidAnswer */
  run(send: Send): Promise<Answer<T>>;
}

/** What an answer does wrong, naming the field; the client of the node adds whose answer it is. */
export class InvalidAnswer extends Error {}

const JSON_ONLY = 'application/json';
/** Nodes that do not serve SSZ choose the second. */
const SSZ_OR_JSON = 'application/octet-stream, application/json;q=0.9';

interface RequestParts {
  /** For the `{names}` of the template. */
  readonly at?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly ssz?: boolean;
  readonly okStatuses?: readonly number[];
}

export function apiRequest(operation: Operation, parts: RequestParts = {}): ApiRequest {
  const { at = {}, query = {}, body, ssz = false, okStatuses } = parts;
  const path = operationShape(operation).template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = at[name];
    if (value === undefined) throw new Error(`${operation} needs ${name}`);
    return encodeURIComponent(value);
  });
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const search = new URLSearchParams(given).toString();
  return {
    operation,
    path: search === '' ? path : `${path}?${search}`,
    accept: ssz ? SSZ_OR_JSON : JSON_ONLY,
    idempotent: true,
    ...(body === undefined ? {} : { body }),
    ...(okStatuses === undefined ? {} : { okStatuses }),
  };
}

/** A call of one request. */
export function simpleCall<T>(
  request: ApiRequest,
  read: (raw: RawAnswer) => Answer<T> | Promise<Answer<T>>,
): Call<T> {
  const { operation, idempotent } = request;
  return { operation, idempotent, run: async (send) => read(await send(request)) };
}
