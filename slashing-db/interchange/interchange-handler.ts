import type { JsonHandler } from '../../core/json/json-reader.ts';
import { isVigilError } from '../../core/errors.ts';
import { slashingDbError } from '../errors.ts';
import { SHAPES, type Field, type ShapeName } from './interchange-shape.ts';

type Values = Record<string, unknown>;

interface Frame {
  readonly shape: ShapeName;
  readonly seen: Set<string>;
  readonly values: Values;
  key: string;
}

/**
 * Follows a streaming interchange document, holds it to the shapes of EIP-3076 and hands over each finished object.
 * Keeps only what is open: the path from the root to the current value.
 */
export class InterchangeHandler implements JsonHandler {
  readonly #frames: Frame[] = [];
  readonly #finished: (shape: ShapeName, values: Values) => void;
  readonly #path: () => string;

  /**
   * @param finished called at the end of every object, inner before outer, with its parsed text fields
   * @param path where the reader stands
   */
  constructor(finished: (shape: ShapeName, values: Values) => void, path: () => string) {
    this.#finished = finished;
    this.#path = path;
  }

  startObject(): void {
    this.#enter('object');
  }

  startArray(): void {
    this.#enter('array');
  }

  key(name: string): void {
    const frame = this.#top();
    if (this.#field(frame.shape, name) === null) throw this.#invalid('is not a field of EIP-3076');
    frame.key = name;
    frame.seen.add(name);
  }

  endObject(): void {
    const { shape, seen, values } = this.#top();
    for (const [name, field] of Object.entries(this.#fieldsOf(shape))) {
      if (field.required && !seen.has(name)) throw this.#invalid(`lacks "${name}"`);
    }
    this.#finished(shape, values);
    this.#frames.pop();
  }

  endArray(): void {
    this.#frames.pop();
  }

  scalar(value: string | number | boolean | null): void {
    const frame = this.#frames.at(-1);
    const field = frame === undefined ? null : this.#field(frame.shape, frame.key);
    if (frame === undefined || field?.kind !== 'text') throw this.#invalid(`must be ${this.#expected()}`);
    if (typeof value !== 'string') throw this.#invalid('must be a JSON string');
    try {
      frame.values[frame.key] = field.parse(value);
    } catch (error) {
      if (isVigilError(error)) throw this.#invalid(error.message.trim(), error);
      throw error;
    }
  }

  #enter(kind: 'object' | 'array'): void {
    const shape = this.#expectedShape();
    if (shape === null || SHAPES[shape].kind !== kind) throw this.#invalid(`must be ${this.#expected()}`);
    this.#frames.push({ shape, seen: new Set(), values: {}, key: '' });
  }

  #expectedShape(): ShapeName | null {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return 'document';
    const shape = SHAPES[frame.shape];
    if (shape.kind === 'array') return shape.items;
    const field = this.#field(frame.shape, frame.key);
    return field?.kind === 'container' ? field.shape : null;
  }

  #expected(): string {
    const shape = this.#expectedShape();
    if (shape === null) return 'a JSON string';
    return SHAPES[shape].kind === 'array' ? 'a JSON array' : 'a JSON object';
  }

  #fieldsOf(shape: ShapeName): Readonly<Record<string, Field>> {
    const found = SHAPES[shape];
    return found.kind === 'object' ? found.fields : {};
  }

  #field(shape: ShapeName, name: string): Field | null {
    const fields = this.#fieldsOf(shape);
    return Object.hasOwn(fields, name) ? (fields[name] ?? null) : null;
  }

  #top(): Frame {
    const frame = this.#frames.at(-1);
    if (frame === undefined) throw new Error('the reader only reports keys and ends inside a container');
    return frame;
  }

  #invalid(what: string, cause?: unknown): Error {
    return slashingDbError('INTERCHANGE_INVALID', `${this.#path()} ${what}`, cause);
  }
}
