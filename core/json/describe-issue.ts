import type { z } from 'zod';

/** Where a value departs from its schema, and how: the first of what zod found, in words of whoever sent it. */
export function describeIssue(issue: z.core.$ZodIssue | undefined, whole = 'body'): string {
  const where = issue?.path.join('.') ?? '';
  if (issue !== undefined && isMissing(issue)) return `${where || whole} is missing`;
  return `${where || whole}: ${issue?.message ?? 'malformed'}`;
}

/** JSON has no undefined: what is, was not sent. */
const isMissing = ({ code, message }: z.core.$ZodIssue): boolean =>
  code === 'invalid_type' && message.endsWith('received undefined');
