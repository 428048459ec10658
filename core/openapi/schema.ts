/** A JSON Schema of draft 2020-12, which OpenAPI 3.1 uses as it is. Also any other object of the document. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

/** Every schema is under `components`; the document takes along those that it refers to. */
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

export const text = (pattern: string, description?: string): Schema => ({
  type: 'string',
  pattern,
  ...(description === undefined ? {} : { description }),
});

/**
 * An object with these members, all of them required except the optional ones. Others are not ruled out: what clients
 * send beside is ignored, and answers may grow.
 */
export const object = (
  properties: Readonly<Record<string, Schema>>,
  optional: readonly string[] = [],
): Schema => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});

export const array = (items: Schema): Schema => ({ type: 'array', items });
export const oneOfWords = (...words: readonly string[]): Schema => ({ type: 'string', enum: words });

/** Hex of exactly so many bytes, as requests may write it. */
export const bytes = (length: number): Schema => text(`^0x[0-9a-fA-F]{${2 * length}}$`);
/** As we write it. */
export const lowerCaseBytes = (length: number): Schema => text(`^0x[0-9a-f]{${2 * length}}$`);
/** Hex of any number of bytes. */
export const anyBytes = (least: 0 | 1 = 0): Schema => text(`^0x([0-9a-fA-F]{2})${least === 0 ? '*' : '+'}$`);
