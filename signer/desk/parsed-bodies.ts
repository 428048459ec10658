import { parseStrictJson, type JsonValue } from '../../core/json/parse-strict-json.ts';
import type { Stages } from '../metrics/stages.ts';
import {
  parseSignRequest,
  type MessageType,
  type ParseContext,
  type SignRequest,
} from '../messages/index.ts';

/** The deepest honest body, a phase0 block with slashings, nests ten levels. */
const JSON_LIMITS = { maxDepth: 32, maxTokenBytes: 1024 * 1024 };

/** What the keys of a committee sign alike. Of these nothing but body and network decides what they parse to. */
const SHARED = new Set<MessageType>([
  'ATTESTATION',
  'AGGREGATION_SLOT',
  'SYNC_COMMITTEE_MESSAGE',
  'RANDAO_REVEAL',
]);

/** Bodies kept, and the longest that is: some slots of everything that is shared. */
const KEPT = 256;
const LONGEST = 2048;

/** Told of the type of what is parsed, also of what turns out to be wrong. */
export type OnType = (type: MessageType) => void;

/**
 * Parses the bodies of sign requests. The key is in the URL, so all keys of a committee send the same bytes: those are
 * parsed once. Kept is only what was parsed without fault, under its every byte.
 */
export class ParsedBodies {
  readonly #context: ParseContext;
  readonly #stages: Pick<Stages, 'parse' | 'root'>;
  readonly #kept = new Map<string, SignRequest>();

  constructor(context: ParseContext, stages: Pick<Stages, 'parse' | 'root'>) {
    this.#context = context;
    this.#stages = stages;
  }

  /** @throws what `parseStrictJson` and `parseSignRequest` throw */
  parse(body: Uint8Array, onType?: OnType): SignRequest {
    if (body.length > LONGEST) return this.#parseAnew(body, onType);
    // One character for each byte, whatever the bytes are.
    const key = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
    const known = this.#kept.get(key);
    if (known !== undefined) {
      this.#stages.parse(0);
      return known;
    }
    const request = this.#parseAnew(body, onType);
    if (SHARED.has(request.type)) this.#keep(key, request);
    return request;
  }

  /** A body that was read already. @throws what `parseSignRequest` throws */
  parseJson(json: JsonValue, onType?: OnType): SignRequest {
    const start = performance.now();
    const request = parseSignRequest(json, this.#context, onType);
    this.#stages.root(seconds(start));
    return request;
  }

  #parseAnew(body: Uint8Array, onType?: OnType): SignRequest {
    const start = performance.now();
    const json = parseStrictJson(body, JSON_LIMITS);
    this.#stages.parse(seconds(start));
    return this.parseJson(json, onType);
  }

  #keep(key: string, request: SignRequest): void {
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, request);
  }
}

const seconds = (start: number): number => (performance.now() - start) / 1000;
