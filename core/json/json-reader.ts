import { Tokenizer, TokenType } from '@streamparser/json';
import { coreError } from '../core-errors.ts';

/** What a handler is told while a JSON text streams by. `path` of the reader says where. */
export interface JsonHandler {
  startObject(): void;
  key(name: string): void;
  endObject(): void;
  startArray(): void;
  endArray(): void;
  scalar(value: string | number | boolean | null): void;
}

export interface JsonLimits {
  readonly maxDepth: number;
  /** Longest single string or number, in bytes; what is buffered at most between two tokens. */
  readonly maxTokenBytes: number;
}

type Expect = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd' | 'nothing';

interface Frame {
  readonly keys: Set<string> | null;
  key: string;
  index: number;
}

/** The index in an array before its first element. */
const NONE = -1;

const indexPart = (index: number): string => (index === NONE ? '' : `[${index}]`);

/** Keys that would reach an object's prototype if any later code merged it. */
const POISONED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * A strict JSON reader over chunks of UTF-8: one grammar for request bodies and for interchange files of any
 * size. Stricter than `JSON.parse`: no duplicate keys (a proxy may have judged the first and we the last), no
 * prototype keys, no byte-order mark, bounded depth and token size. Tokens come from `@streamparser/json`,
 * which rejects malformed UTF-8, numbers and escapes; the grammar over them is ours.
 */
export class JsonReader {
  readonly #handler: JsonHandler;
  readonly #limits: JsonLimits;
  readonly #tokenizer = new Tokenizer();
  readonly #frames: Frame[] = [];
  #expect: Expect = 'value';
  #consumed = 0;
  #lastTokenAt = 0;
  /** The first failure, of tokenizer or handler; the tokenizer would swallow what its callbacks throw. */
  #failure: Error | null = null;

  constructor(handler: JsonHandler, limits: JsonLimits) {
    this.#handler = handler;
    this.#limits = limits;
    this.#tokenizer.onToken = ({ token, value, offset }) => {
      if (this.#failure !== null) return;
      this.#lastTokenAt = offset;
      try {
        this.#onToken(token, value);
      } catch (error) {
        this.#failure = error as Error;
      }
    };
    this.#tokenizer.onError = (error) => {
      this.#failure ??= this.#syntax('not well-formed JSON in UTF-8', error);
    };
    // Without this the tokenizer would complain about input that ends in mid-token only on its own terms.
    this.#tokenizer.onEnd = () => undefined;
  }

  /** Where the reader stands, as a JSON path such as `$.data[3].signed_blocks[0].slot`. */
  get path(): string {
    return this.#frames.reduce(
      (path, frame) =>
        path + (frame.keys === null ? indexPart(frame.index) : frame.key === '' ? '' : `.${frame.key}`),
      '$',
    );
  }

  /** @throws BAD_JSON with the path, or whatever the handler threw */
  write(chunk: Uint8Array): void {
    if (this.#consumed === 0 && chunk[0] === 0xef)
      throw this.#syntax('the text starts with a byte-order mark');
    this.#consumed += chunk.length;
    this.#tokenizer.write(chunk);
    this.#throwFailure();
    if (this.#consumed - this.#lastTokenAt > this.#limits.maxTokenBytes + chunk.length) {
      throw this.#syntax(`a single value is longer than ${this.#limits.maxTokenBytes} bytes`);
    }
  }

  /** @throws BAD_JSON when the text ended too early */
  end(): void {
    // A number at the very end is only complete once the tokenizer knows that nothing follows.
    if (!this.#tokenizer.isEnded) this.#tokenizer.end();
    this.#throwFailure();
    if (this.#expect !== 'nothing') throw this.#syntax('the text ends too early');
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  #syntax(what: string, cause?: unknown): Error {
    return coreError('BAD_JSON', `${this.path}: ${what}`, cause);
  }

  #onToken(token: TokenType, value: string | number | boolean | null): void {
    switch (token) {
      case TokenType.LEFT_BRACE:
        this.#wantValue();
        this.#push({ keys: new Set(), key: '', index: NONE });
        this.#expect = 'keyOrEnd';
        return this.#handler.startObject();
      case TokenType.LEFT_BRACKET:
        this.#wantValue();
        this.#push({ keys: null, key: '', index: NONE });
        this.#expect = 'valueOrEnd';
        return this.#handler.startArray();
      case TokenType.RIGHT_BRACE:
        return this.#close(true);
      case TokenType.RIGHT_BRACKET:
        return this.#close(false);
      case TokenType.COLON:
        if (this.#expect !== 'colon') throw this.#syntax('unexpected ":"');
        this.#expect = 'value';
        return;
      case TokenType.COMMA:
        return this.#comma();
      case TokenType.STRING:
        if (this.#expect === 'key' || this.#expect === 'keyOrEnd') return this.#onKey(value as string);
        return this.#scalar(value);
      case TokenType.NUMBER:
      case TokenType.TRUE:
      case TokenType.FALSE:
      case TokenType.NULL:
        return this.#scalar(value);
      case TokenType.SEPARATOR:
        throw this.#syntax('unexpected separator');
    }
  }

  #wantValue(): void {
    if (this.#expect !== 'value' && this.#expect !== 'valueOrEnd') {
      throw this.#syntax(
        this.#expect === 'nothing' ? 'text after the end of the JSON value' : 'unexpected value',
      );
    }
    const frame = this.#frames.at(-1);
    if (frame?.keys === null) frame.index += 1;
  }

  #push(frame: Frame): void {
    if (this.#frames.length >= this.#limits.maxDepth) {
      throw this.#syntax(`nested deeper than ${this.#limits.maxDepth} levels`);
    }
    this.#frames.push(frame);
  }

  #close(object: boolean): void {
    const frame = this.#frames.at(-1);
    const open = object ? this.#expect === 'keyOrEnd' : this.#expect === 'valueOrEnd';
    if (frame === undefined || (frame.keys !== null) !== object || !(open || this.#expect === 'commaOrEnd')) {
      throw this.#syntax(`unexpected "${object ? '}' : ']'}"`);
    }
    // At its end the path names the container, not what came last in it.
    frame.key = '';
    frame.index = NONE;
    if (object) this.#handler.endObject();
    else this.#handler.endArray();
    this.#frames.pop();
    this.#expect = this.#frames.length === 0 ? 'nothing' : 'commaOrEnd';
  }

  #comma(): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined || this.#expect !== 'commaOrEnd') throw this.#syntax('unexpected ","');
    this.#expect = frame.keys === null ? 'value' : 'key';
  }

  #onKey(name: string): void {
    const frame = this.#frames.at(-1);
    if (frame?.keys === undefined || frame.keys === null) throw this.#syntax('unexpected key');
    if (POISONED_KEYS.has(name)) throw this.#syntax(`the key "${name}" is not allowed`);
    if (frame.keys.has(name)) throw this.#syntax(`duplicate key "${name.slice(0, 64)}"`);
    frame.keys.add(name);
    frame.key = name.slice(0, 64);
    this.#expect = 'colon';
    this.#handler.key(name);
  }

  #scalar(value: string | number | boolean | null): void {
    this.#wantValue();
    this.#handler.scalar(value);
    this.#expect = this.#frames.length === 0 ? 'nothing' : 'commaOrEnd';
  }
}
