import { z } from 'zod';
import type { ConfigValues, Genesis } from '../core/chain/config-values.ts';
import type { Epoch, Pubkey } from '../core/units.ts';
import { liveness } from './endpoints/liveness.ts';
import { configSpec, genesis } from './endpoints/network.ts';
import { syncing, type SyncStatus } from './endpoints/node-status.ts';
import { readAnswer } from './endpoints/read-answer.ts';
import { attestationRewards } from './endpoints/rewards.ts';
import { pubkey, uint64 } from './endpoints/wire.ts';
import { apiRequest, simpleCall } from './node/call.ts';
import { NodeAddress } from './node/node-address.ts';
import { NodeClient } from './node/node-client.ts';

/** How long one call may take. A slot has twelve seconds; an answer that takes a quarter of it is as good as none. */
const TIMEOUT_MS = 3000;

/** Less than all there is of a validator, so that a client that leaves out the rest serves the signer too. */
const validatorsData = z.array(
  z
    .object({
      index: uint64,
      status: z.string(),
      validator: z.object({ pubkey, slashed: z.boolean() }),
    })
    .transform(({ index, status, validator }): ValidatorOnChain => ({
      pubkey: validator.pubkey,
      index: index.toString(),
      status,
      slashed: validator.slashed,
    })),
);

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
  readonly #client: NodeClient;

  constructor(url: string) {
    // No second try: the watches ask again by themselves, and a person at a prompt would rather know.
    const retry = { attempts: 1, baseMs: 0, maxMs: 0 };
    this.#client = new NodeClient(new NodeAddress(url), {
      timeoutMs: TIMEOUT_MS,
      slowTimeoutMs: TIMEOUT_MS,
      retry,
    });
  }

  /** The URL without credentials, for logs and messages. */
  get name(): string {
    return this.#client.name;
  }

  /** @throws BEACON_UNREACHABLE, BEACON_NOT_FOUND, BEACON_REFUSED, BEACON_BAD_ANSWER, as all of these */
  async genesis(): Promise<Genesis> {
    return (await this.#client.ask(genesis())).data;
  }

  /** `/eth/v1/config/spec`; values that are not text (schedules) are left out. */
  async spec(): Promise<ConfigValues> {
    return (await this.#client.ask(configSpec())).data;
  }

  /** `currentSlot` by the node's own clock, and how many slots its head is behind that. */
  async syncing(): Promise<SyncStatus & { readonly currentSlot: bigint }> {
    const { data } = await this.#client.ask(syncing());
    return { ...data, currentSlot: data.headSlot + data.syncDistance };
  }

  /** Those of the keys that the head state knows. */
  async validators(pubkeys: readonly Pubkey[]): Promise<ValidatorOnChain[]> {
    const request = apiRequest('postStateValidators', { at: { state_id: 'head' }, body: { ids: pubkeys } });
    const call = simpleCall(request, (raw) => readAnswer(validatorsData, raw));
    return (await this.#client.ask(call)).data;
  }

  /** Which validators the node has seen sign in an epoch, this one or the last: a hint, and only since its start. */
  async liveness(epoch: Epoch, indices: readonly string[]): Promise<Map<string, boolean>> {
    const { data } = await this.#client.ask(liveness(epoch, indices.map(BigInt)));
    return new Map(data.map(({ index, isLive }) => [index.toString(), isLive]));
  }

  /** Whose votes of an epoch are in the chain: any of the rewards of a vote that is, is above zero, but in a leak. */
  async attestersIncluded(epoch: Epoch, indices: readonly string[]): Promise<Map<string, boolean>> {
    const { data } = await this.#client.ask(attestationRewards(epoch, indices.map(BigInt)));
    return new Map(
      data.total.map(({ validatorIndex, headGwei, targetGwei, sourceGwei }) => [
        validatorIndex.toString(),
        [headGwei, targetGwei, sourceGwei].some((reward) => reward > 0n),
      ]),
    );
  }
}
