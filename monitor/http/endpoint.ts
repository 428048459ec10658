import type { Schema } from '../../core/openapi/schema.ts';
import type { MonitorView } from './monitor-view.ts';
import { readOne, readQuery, type Parameter, type Parameters, type Values } from './query/parameter.ts';

/** One path of the API: what it takes, what it answers, and how the document describes both. */
export interface Endpoint {
  /** As OpenAPI writes it, under /api/v1. */
  readonly path: string;
  /** Unique in the document. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  /** In the path. */
  readonly name: { readonly parameter: string; readonly of: Parameter<unknown> } | null;
  readonly query: Parameters;
  readonly answer: Schema;
  /** Beside those that every path can end in. */
  readonly unknown: readonly ('MONITOR_UNKNOWN_VALIDATOR' | 'MONITOR_UNKNOWN_GROUP')[];
  /** @throws MONITOR_BAD_PARAMETER and those of `unknown` */
  answerTo(view: MonitorView, query: unknown, name: string): unknown;
}

interface Plain<P extends Parameters> {
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly query: P;
  readonly answer: Schema;
  readonly answerTo: (view: MonitorView, query: Values<P>) => unknown;
}

/** A path that is asked with a query. */
export function endpoint<const P extends Parameters>(plain: Plain<P>): Endpoint {
  const { group, validators } = plain.query;
  return {
    ...plain,
    name: null,
    unknown: [
      ...(group === undefined ? [] : (['MONITOR_UNKNOWN_GROUP'] as const)),
      ...(validators === undefined ? [] : (['MONITOR_UNKNOWN_VALIDATOR'] as const)),
    ],
    answerTo: (view, query) => plain.answerTo(view, readQuery(plain.query, query)),
  };
}

interface Named<T, P extends Parameters> extends Omit<Plain<P>, 'answerTo'> {
  readonly name: { readonly parameter: string; readonly of: Parameter<T> };
  readonly answerTo: (view: MonitorView, query: Values<P>, name: T) => unknown;
}

/** A path with a validator in it. */
export function namedEndpoint<T, const P extends Parameters>(named: Named<T, P>): Endpoint {
  const { parameter, of } = named.name;
  return {
    ...named,
    unknown: ['MONITOR_UNKNOWN_VALIDATOR'],
    answerTo: (view, query, name) =>
      named.answerTo(view, readQuery(named.query, query), readOne(parameter, of, name)),
  };
}
