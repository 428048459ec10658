import type { Schema } from './schema.ts';

const REFERENCE = /"\$ref":"#\/components\/schemas\/([^"]+)"/g;

/**
 * The schemas that a part of the document refers to, by themselves or through others, sorted by name.
 * @throws when one of them does not exist
 */
export function reachableFrom(
  part: unknown,
  schemas: Readonly<Record<string, Schema>>,
): Record<string, Schema> {
  const reached = new Map<string, Schema>();
  const follow = (from: unknown): void => {
    for (const [, name = ''] of JSON.stringify(from).matchAll(REFERENCE)) {
      if (reached.has(name)) continue;
      const schema = schemas[name];
      if (schema === undefined) throw new Error(`the document refers to ${name}, which is not there`);
      reached.set(name, schema);
      follow(schema);
    }
  };
  follow(part);
  return Object.fromEntries([...reached].sort(([a], [b]) => (a < b ? -1 : 1)));
}
