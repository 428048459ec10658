import { closestName } from '../../../core/config/closest-name.ts';
import type { Schema } from '../../../core/openapi/schema.ts';
import { apiError } from '../api-errors.ts';

/** A parameter of a query: the same words parse it and describe it in the OpenAPI document. */
export interface Parameter<T> {
  readonly description: string;
  readonly schema: Schema;
  /** @throws an Error that says what is wrong, for which the name is put in front */
  readonly parse: (text: string) => T;
}

export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** What was said; nothing is made up for what was not. */
export type Values<P extends Parameters> = {
  readonly [Name in keyof P]: ReturnType<P[Name]['parse']> | undefined;
};

/**
 * Reads a query strictly: a misspelt parameter that was ignored would answer another question than was asked.
 * @throws MONITOR_BAD_PARAMETER naming the parameter
 */
export function readQuery<P extends Parameters>(parameters: P, query: unknown): Values<P> {
  const given = Object.entries(query as Record<string, unknown>);
  const names = Object.keys(parameters);
  const values = given.map(([name, text]) => {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (parameter === undefined) throw unknownParameter(name, names);
    if (typeof text !== 'string') throw badParameter(name, 'is given more than once');
    return [name, readOne(name, parameter, text)];
  });
  return Object.fromEntries(values) as Values<P>;
}

export function readOne<T>(name: string, { parse }: Parameter<T>, text: string): T {
  try {
    return parse(text);
  } catch (error) {
    throw badParameter(name, (error as Error).message);
  }
}

export const badParameter = (name: string, problem: string): Error =>
  apiError('MONITOR_BAD_PARAMETER', `${name} ${problem}`);

function unknownParameter(name: string, names: readonly string[]): Error {
  const near = closestName(name, names);
  const takes = names.length === 0 ? 'this path takes none' : `this path takes ${names.join(', ')}`;
  const shown = JSON.stringify(name.slice(0, 64));
  return apiError(
    'MONITOR_BAD_PARAMETER',
    `there is no parameter ${shown} here${near === null ? '' : `, did you mean ${near}?`}: ${takes}`,
  );
}
