import { z } from 'zod';
import type { ConfigValues, Genesis } from '../core/chain/config-values.ts';
import { parseUint64 } from '../core/uint64.ts';
import { parsePubkey, parseRoot, type Epoch, type Pubkey } from '../core/units.ts';
import { beaconError } from './errors.ts';

/** How long one call may take. A slot has twelve seconds; an answer that takes a quarter of it is as good as none. */
const TIMEOUT_MS = 3000;

const genesisAnswer = z.object({
  data: z.object({ genesis_time: z.string(), genesis_validators_root: z.string() }),
});
const specAnswer = z.object({ data: z.record(z.string(), z.unknown()) });
const validatorsAnswer = z.object({
  data: z.array(
    z.object({
      index: z.string(),
      status: z.string(),
      validator: z.object({ pubkey: z.string(), slashed: z.boolean() }),
    }),
  ),
});
const livenessAnswer = z.object({ data: z.array(z.object({ index: z.string(), is_live: z.boolean() })) });
const attestationRewardsAnswer = z.object({
  data: z.object({
    total_rewards: z.array(
      z.object({ validator_index: z.string(), head: z.string(), target: z.string(), source: z.string() }),
    ),
  }),
});
const syncingAnswer = z.object({ data: z.object({ head_slot: z.string(), sync_distance: z.string() }) });

/** A validator as the head state has it. */
export interface ValidatorOnChain {
  readonly pubkey: Pubkey;
  /** Decimal, as the Beacon API writes it. */
  readonly index: string;
  /** `pending_queued`, `active_ongoing`, `withdrawal_done`, … */
  readonly status: string;
  readonly slashed: boolean;
}

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

  /** `currentSlot` by the node's own clock, and how many slots its head is behind that. */
  async syncing(): Promise<{ readonly currentSlot: bigint; readonly syncDistance: bigint }> {
    const path = 'eth/v1/node/syncing';
    const { data } = await this.#get(path, syncingAnswer);
    return this.#checked(path, () => {
      const syncDistance = parseUint64(data.sync_distance, 'sync_distance');
      return { currentSlot: parseUint64(data.head_slot, 'head_slot') + syncDistance, syncDistance };
    });
  }

  /** Those of the keys that the head state knows. */
  async validators(pubkeys: readonly Pubkey[]): Promise<ValidatorOnChain[]> {
    const path = 'eth/v1/beacon/states/head/validators';
    const { data } = await this.#post(path, { ids: pubkeys }, validatorsAnswer);
    return this.#checked(path, () =>
      data.map(({ index, status, validator }) => ({
        pubkey: parsePubkey(validator.pubkey, 'pubkey'),
        index: parseUint64(index, 'index').toString(),
        status,
        slashed: validator.slashed,
      })),
    );
  }

  /** Which validators the node has seen sign in an epoch, this one or the last: a hint, and only since its start. */
  async liveness(epoch: Epoch, indices: readonly string[]): Promise<Map<string, boolean>> {
    const { data } = await this.#post(`eth/v1/validator/liveness/${epoch}`, indices, livenessAnswer);
    return new Map(data.map(({ index, is_live }) => [index, is_live]));
  }

  /** Whose votes of an epoch are in the chain: any of the rewards of a vote that is, is above zero, but in a leak. */
  async attestersIncluded(epoch: Epoch, indices: readonly string[]): Promise<Map<string, boolean>> {
    const path = `eth/v1/beacon/rewards/attestations/${epoch}`;
    const { data } = await this.#post(path, indices, attestationRewardsAnswer);
    return new Map(
      data.total_rewards.map(({ validator_index, head, target, source }) => [
        validator_index,
        [head, target, source].some((reward) => Number(reward) > 0),
      ]),
    );
  }

  async #post<Schema extends z.ZodType>(
    path: string,
    body: unknown,
    schema: Schema,
  ): Promise<z.infer<Schema>> {
    const text = await this.#fetchText(path, JSON.stringify(body));
    return this.#checked(path, () => schema.parse(JSON.parse(text)));
  }

  async #get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
    const text = await this.#fetchText(path);
    return this.#checked(path, () => schema.parse(JSON.parse(text)));
  }

  async #fetchText(path: string, body?: string): Promise<string> {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const request =
        body === undefined
          ? { headers: this.#headers, signal }
          : {
              method: 'POST',
              headers: { ...this.#headers, 'content-type': 'application/json' },
              body,
              signal,
            };
      const response = await fetch(new URL(path, this.#base), request);
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
