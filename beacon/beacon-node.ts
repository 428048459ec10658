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
  /** The URL without credentials, for logs and messages. */
  readonly name: string;

  constructor(url: string) {
    this.#base = new URL(url);
    this.name = `${this.#base.protocol}//${this.#base.host}`;
  }

  /** @throws BEACON_UNREACHABLE, BEACON_BAD_ANSWER */
  async genesis(): Promise<Genesis> {
    const { data } = await this.#get('eth/v1/beacon/genesis', genesisAnswer);
    return {
      genesisTimeSeconds: parseUint64(data.genesis_time, 'genesis_time'),
      genesisValidatorsRoot: parseRoot(data.genesis_validators_root, 'genesis_validators_root'),
    };
  }

  /** `/eth/v1/config/spec`; values that are not text (schedules) are left out. */
  async spec(): Promise<ConfigValues> {
    const { data } = await this.#get('eth/v1/config/spec', specAnswer);
    return Object.fromEntries(
      Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  }

  /** The slot that the node's own clock shows: its head plus its distance from it. */
  async currentSlot(): Promise<bigint> {
    const { data } = await this.#get('eth/v1/node/syncing', syncingAnswer);
    return parseUint64(data.head_slot, 'head_slot') + parseUint64(data.sync_distance, 'sync_distance');
  }

  async #get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
    const url = new URL(path, this.#base.href.endsWith('/') ? this.#base : `${this.#base.href}/`);
    const headers: Record<string, string> = { accept: 'application/json' };
    if (url.username !== '') {
      const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
      headers['authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`;
      url.username = '';
      url.password = '';
    }
    let answer: unknown;
    try {
      const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!response.ok) throw new Error(`status ${response.status}`);
      answer = await response.json();
    } catch (error) {
      throw beaconError('BEACON_UNREACHABLE', `${this.name}/${path}: ${(error as Error).message}`, error);
    }
    const parsed = schema.safeParse(answer);
    if (!parsed.success) {
      throw beaconError(
        'BEACON_BAD_ANSWER',
        `${this.name}/${path}: ${parsed.error.issues[0]?.message ?? ''}`,
      );
    }
    return parsed.data;
  }
}
