import { JsonReader, type JsonHandler, type JsonLimits } from './json-reader.ts';

/** A parsed JSON value. Objects have no prototype, so an inherited name is never mistaken for a sent one. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/**
 * `JSON.parse` with the strictness of {@link JsonReader}, for one complete text in memory.
 * @throws BAD_JSON with the JSON path of the offence
 */
export function parseStrictJson(text: Uint8Array, limits: JsonLimits): JsonValue {
  const builder = new TreeBuilder();
  const reader = new JsonReader(builder, limits);
  reader.write(text);
  reader.end();
  return builder.root;
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

class TreeBuilder implements JsonHandler {
  root: JsonValue = null;
  readonly #open: { container: JsonObject | JsonValue[]; key: string }[] = [];

  startObject(): void {
    this.#enter(Object.create(null) as JsonObject);
  }

  startArray(): void {
    this.#enter([]);
  }

  key(name: string): void {
    const top = this.#open.at(-1);
    if (top !== undefined) top.key = name;
  }

  endObject(): void {
    this.#open.pop();
  }

  endArray(): void {
    this.#open.pop();
  }

  scalar(value: string | number | boolean | null): void {
    this.#place(value);
  }

  #enter(container: JsonObject | JsonValue[]): void {
    this.#place(container);
    this.#open.push({ container, key: '' });
  }

  #place(value: JsonValue): void {
    const top = this.#open.at(-1);
    if (top === undefined) this.root = value;
    else if (Array.isArray(top.container)) top.container.push(value);
    else top.container[top.key] = value;
  }
}
