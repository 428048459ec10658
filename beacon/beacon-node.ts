import { z } from 'zod';
import type { ConfigValues, Genesis } from '../core/chain/config-values.ts';
import { parseUint64 } from '../core/uint64.ts';
import { parseRoot } from '../core/units.ts';
import { beaconError } from './errors.ts';

/** How long one call may take. A slot has twelve seconds; an answer that takes a quarter of it is as good as none. */
const TIMEOUT_MS = 3000;

const genesisAnswer = z.object({
  data: z.object({ genesis_time: z.string(), genesis_validators_root: z.string() }),
});
const specAnswer = z.object({ data: z.record(z.string(), z.unknown()) });
const syncingAnswer = z.object({ data: z.object({ head_slot: z.string(), sync_distance: z.string() }) });

/** One beacon node's HTTP API, as far as the signer needs it. */
export class BeaconNode {
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string>>;
  /** The URL without credentials, for logs and messages. */
  readonly name: string;

  constructor(url: string) {
    const base = new URL(url);
    // Taken out of the URL at once: `fetch` refuses URLs with credentials, and quotes them whole when it does.
    this.#headers = { accept: 'application/json', ...basicAuthorization(base) };
    base.username = '';
    base.password = '';
    if (!base.pathname.endsWith('/')) base.pathname += '/';
    this.#base = base;
    this.name = `${base.protocol}//${base.host}`;
  }

  /** @throws BEACON_UNREACHABLE, BEACON_BAD_ANSWER */
  async genesis(): Promise<Genesis> {
    const path = 'eth/v1/beacon/genesis';
    const { data } = await this.#get(path, genesisAnswer);
    return this.#checked(path, () => ({
      genesisTimeSeconds: parseUint64(data.genesis_time, 'genesis_time'),
      genesisValidatorsRoot: parseRoot(data.genesis_validators_root, 'genesis_validators_root'),
    }));
  }

  /** `/eth/v1/config/spec`; values that are not text (schedules) are left out. */
  async spec(): Promise<ConfigValues> {
    const { data } = await this.#get('eth/v1/config/spec', specAnswer);
    const texts = Object.entries(data).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return Object.fromEntries(texts);
  }

  /** The slot that the node's own clock shows: its head plus its distance from it. */
  async currentSlot(): Promise<bigint> {
    const path = 'eth/v1/node/syncing';
    const { data } = await this.#get(path, syncingAnswer);
    return this.#checked(
      path,
      () => parseUint64(data.head_slot, 'head_slot') + parseUint64(data.sync_distance, 'sync_distance'),
    );
  }

  async #get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
    const text = await this.#fetchText(path);
    return this.#checked(path, () => schema.parse(JSON.parse(text)));
  }

  async #fetchText(path: string): Promise<string> {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await fetch(new URL(path, this.#base), { headers: this.#headers, signal });
      if (!response.ok) throw new Error(`status ${response.status}`);
      return await response.text();
    } catch (error) {
      throw beaconError('BEACON_UNREACHABLE', `${this.name}/${path}: ${(error as Error).message}`, error);
    }
  }

  #checked<T>(path: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      const why = error instanceof z.ZodError ? (error.issues[0]?.message ?? '') : (error as Error).message;
      throw beaconError('BEACON_BAD_ANSWER', `${this.name}/${path}: ${why}`, error);
    }
  }
}

function basicAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const credentials = `${decoded(username)}:${decoded(password)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** A lone % is no escape: then the text is meant as it stands. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
