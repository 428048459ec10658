import { z } from 'zod';
import type { Schema } from './schema.ts';

/** The schema of a body as the very parser of its route has it. */
export function bodyOf(parser: z.ZodType): Schema {
  const entries = Object.entries(z.toJSONSchema(parser, { io: 'input' }));
  // The document says for all schemas which draft they follow.
  return Object.fromEntries(entries.filter(([keyword]) => keyword !== '$schema'));
}
