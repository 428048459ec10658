import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { closestName } from '../../../core/config/closest-name.ts';
import { splitsError } from '../splits-errors.ts';
import { buildPool } from './build-pool.ts';
import type { Pool } from './pool.ts';
import { namesAt, poolSchema } from './pool-schema.ts';

export type Path = readonly PropertyKey[];
/** Makes the error for a place of the file. */
export type Complain = (at: Path, problem: string) => Error;

export interface PoolSource {
  readonly pool: Pool;
  /** The file as it is, which the output folder keeps. */
  readonly text: string;
  /** sha256 of the text. */
  readonly hash: string;
}

/**
 * A pool's configuration from a YAML file; docs/reward-splits.md has the format.
 * @throws POOL_FILE_INVALID with file, line and path of the first offence
 */
export function readPoolFile(path: string): PoolSource {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw splitsError('POOL_FILE_INVALID', `${path} cannot be read: ${(error as Error).message}`, error);
  }
  return parsePool(text, path);
}

/** @param name what to call the text in errors */
export function parsePool(text: string, name: string): PoolSource {
  const lines = new LineCounter();
  // Failsafe: every scalar stays text, so that 0.1 never becomes a float.
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines });
  const [problem] = document.errors;
  if (problem !== undefined) throw splitsError('POOL_FILE_INVALID', `${name}: ${problem.message}`, problem);
  const complain: Complain = (at, what) =>
    splitsError(
      'POOL_FILE_INVALID',
      `${name}${lineOf(document, lines, at)}: ${at.join('.') || 'the pool'} ${what}`,
    );
  const values = valuesOf(document, complain);
  const odd = Array.isArray(values)
    ? 'a list'
    : typeof values === 'string' && values !== ''
      ? 'plain text'
      : null;
  if (odd !== null) throw complain([], `must be lines of "name: value" such as "version: 1", it is ${odd}`);
  const read = poolSchema.safeParse(values === '' ? {} : values);
  if (!read.success) throw firstIssue(read.error, (at) => valueAt(values, at) === undefined, complain);
  return { pool: buildPool(read.data, complain), text, hash: sha256(text) };
}

/** Aliases are followed here: one that names nothing, or so many that they grow without end, are no pool either. */
function valuesOf(document: Document, complain: Complain): unknown {
  let values: unknown;
  try {
    values = document.toJS();
  } catch (error) {
    throw complain([], `has aliases that cannot be used: ${(error as Error).message}`);
  }
  refuseProto(values, [], complain);
  return values ?? {};
}

/** A name that JavaScript takes for something else, wherever ids are names. */
function refuseProto(values: unknown, at: Path, complain: Complain): void {
  if (typeof values !== 'object' || values === null) return;
  for (const name of Object.keys(values)) {
    if (name === '__proto__') throw complain([...at, name], 'is no name that can be used');
    refuseProto((values as Record<string, unknown>)[name], [...at, name], complain);
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function firstIssue(error: z.ZodError, isMissing: (at: Path) => boolean, complain: Complain): Error {
  const [issue] = error.issues;
  if (issue === undefined) return complain([], 'is not a pool');
  if (issue.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys;
    const near = closestName(name, namesAt(issue.path));
    return complain([...issue.path, name], `is not known${near === null ? '' : `, did you mean ${near}?`}`);
  }
  return complain(issue.path, isMissing(issue.path) ? `is missing (it ${issue.message})` : issue.message);
}

function valueAt(values: unknown, at: Path): unknown {
  return at.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    values,
  );
}

function lineOf(document: Document, lines: LineCounter, at: Path): string {
  for (let length = at.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(at.slice(0, length), true);
    const range = (node as { range?: [number, number, number] | null } | undefined)?.range;
    if (range !== undefined && range !== null) return `:${lines.linePos(range[0]).line}`;
  }
  const whole = at.length === 0 ? document.contents?.range : null;
  return whole === null || whole === undefined ? '' : `:${lines.linePos(whole[0]).line}`;
}
