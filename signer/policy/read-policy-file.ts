import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { closestName } from '../../core/config/closest-name.ts';
import type { GatedType } from '../../core/config/gated-types.ts';
import { parsePubkey, type Pubkey } from '../../core/units.ts';
import { generalPolicy, type Policy, type Rules } from './policy.ts';
import { policyError } from './policy-errors.ts';
import { namesAt, policySchema, type PolicyEntry } from './policy-schema.ts';

type Path = readonly PropertyKey[];
type Complain = (at: Path, problem: string) => Error;

/**
 * A policy from a YAML file; the format is in docs/policy.md.
 * @param allow the types that the setting allows besides
 * @throws POLICY_FILE_INVALID with file, line and path of the first offence
 */
export function readPolicyFile(path: string, allow: readonly GatedType[]): Policy {
  const lines = new LineCounter();
  // Failsafe: every scalar stays text, or 0x… would become a number.
  const document = parseDocument(textOf(path), { schema: 'failsafe', lineCounter: lines });
  const [problem] = document.errors;
  if (problem !== undefined) throw policyError('POLICY_FILE_INVALID', `${path}: ${problem.message}`, problem);
  const complain: Complain = (at, what) =>
    policyError(
      'POLICY_FILE_INVALID',
      `${path}${lineOf(document, lines, at)}: ${at.join('.') || 'the policy'} ${what}`,
    );

  const values: unknown = document.toJS();
  const read = policySchema.safeParse(values === null || values === '' ? {} : values);
  if (!read.success) throw firstIssue(read.error, complain);
  const { 'keys': keys = {}, 'block-fee-recipient': blockFeeRecipient, ...general } = read.data;
  const base = generalPolicy(allow);
  return {
    general: { ...base.general, ...rulesOf(general), allow: new Set([...allow, ...(general.allow ?? [])]) },
    keys: keysOf(keys, complain),
    blockFeeRecipient: blockFeeRecipient ?? base.blockFeeRecipient,
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw policyError('POLICY_FILE_INVALID', `${path} cannot be read: ${(error as Error).message}`, error);
  }
}

function keysOf(keys: Readonly<Record<string, PolicyEntry>>, complain: Complain): Policy['keys'] {
  const all = new Map<Pubkey, Partial<Rules>>();
  for (const [text, entry] of Object.entries(keys)) {
    const pubkey = pubkeyOf(text, complain);
    // The same key in another letter case is another name to YAML.
    if (all.has(pubkey)) throw complain(['keys', text], 'is there twice');
    all.set(pubkey, rulesOf(entry));
  }
  return all;
}

function pubkeyOf(text: string, complain: Complain): Pubkey {
  try {
    return parsePubkey(text, 'the key');
  } catch {
    throw complain(['keys', text], 'is not a public key: 0x and 96 hex digits');
  }
}

function rulesOf({
  'fee-recipients': recipients,
  'gas-limit': gasLimit,
  allow,
}: PolicyEntry): Partial<Rules> {
  return {
    ...(recipients === undefined ? {} : { feeRecipients: recipients === null ? null : new Set(recipients) }),
    ...(gasLimit === undefined ? {} : { gasLimit }),
    ...(allow === undefined ? {} : { allow: new Set(allow) }),
  };
}

function firstIssue(error: z.ZodError, complain: Complain): Error {
  const [issue] = error.issues;
  if (issue === undefined) return complain([], 'is not a policy');
  const { path, leaf } = innermost(issue, []);
  if (leaf.code !== 'unrecognized_keys') return complain(path, leaf.message);
  const [name = ''] = leaf.keys;
  const near = closestName(name, namesAt(path));
  return complain([...path, name], `is not known${near === null ? '' : `, did you mean ${near}?`}`);
}

type Issue = z.core.$ZodIssue;

/** What is wrong with a list is not that it is not the word "any". */
function innermost(issue: Issue, above: Path): { readonly path: Path; readonly leaf: Issue } {
  const path = [...above, ...issue.path];
  const inner = issue.code === 'invalid_union' ? issue.errors.at(-1)?.[0] : undefined;
  return inner === undefined ? { path, leaf: issue } : innermost(inner, path);
}

function lineOf(document: Document, lines: LineCounter, at: Path): string {
  for (let length = at.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(at.slice(0, length), true);
    const range = (node as { range?: [number, number, number] | null } | undefined)?.range;
    if (range !== undefined && range !== null) return `:${lines.linePos(range[0]).line}`;
  }
  return '';
}
