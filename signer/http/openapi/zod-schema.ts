import { z } from 'zod';
import type { Schema } from './schema.ts';

/** The schema of a body as the very parser of its route has it. */
export function bodyOf(parser: z.ZodType): Schema {
  const { $schema: _draft, ...schema } = z.toJSONSchema(parser, { io: 'input' });
  return schema;
}
