import { z } from 'zod';
import { InvalidAnswer, type Answer } from '../node/call.ts';
import type { RawAnswer } from '../node/exchange.ts';

/** @throws InvalidAnswer */
export function parseJson({ bytes }: RawAnswer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new InvalidAnswer(`not JSON in UTF-8: ${(error as Error).message.slice(0, 100)}`, { cause: error });
  }
}

/** @throws InvalidAnswer naming the first field that is wrong */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  within: readonly PropertyKey[] = [],
): z.infer<Schema> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  const path = pathText([...within, ...(issue?.path ?? [])]);
  throw new InvalidAnswer(`${path === '' ? 'the answer' : path}: ${issue?.message ?? 'invalid'}`);
}

/** What surrounds the data of most answers. A missing `execution_optimistic` means false by the specification. */
const envelope = z.object({
  execution_optimistic: z.boolean().optional(),
  finalized: z.boolean().optional(),
});

/**
 * The `data` of an answer, and what the node says of it. Keys that are not known are left out: clients add to their
 * answers with every fork.
 * @throws InvalidAnswer
 */
export function readAnswer<Schema extends z.ZodType>(
  schema: Schema,
  raw: RawAnswer,
): Answer<z.infer<Schema>> {
  const json = parseJson(raw);
  const { data } = checked(z.object({ data: z.unknown() }), json);
  return { data: checked(schema, data, ['data']), ...readEnvelope(json) };
}

export function readEnvelope(json: unknown): Omit<Answer<unknown>, 'data'> {
  const { execution_optimistic = false, finalized = null } = checked(envelope, json);
  return { executionOptimistic: execution_optimistic, finalized };
}

export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}
