import { z } from 'zod';
import { NodeAddress } from '../../beacon/index.ts';
import { parsePubkey, type Pubkey, type Root, type Slot } from '../../core/units.ts';
import { UINT64_MAX } from '../../core/uint64.ts';
import { exchange } from './exchange.ts';
import { executionError } from './execution-errors.ts';
import type { ClientLimits } from './execution-node.ts';
import type { Delivered } from './judge-payment.ts';
import { address, hash } from './rpc-values.ts';

/** A bid trace is under a kilobyte. */
export const RELAY_LIMITS: ClientLimits = { timeoutMs: 5000, maxBytes: 256 * 1024 };

const decimal = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,77})$/, 'must be a decimal integer')
  .transform((text) => BigInt(text));

const bidTraces = z.array(
  z.object({
    slot: decimal.refine((slot) => slot <= UINT64_MAX),
    block_hash: hash,
    proposer_pubkey: z
      .string()
      .regex(/^0x[0-9a-fA-F]{96}$/)
      .transform((text) => parsePubkey(text, 'proposer_pubkey')),
    proposer_fee_recipient: address,
    value: decimal,
  }),
);

/** Which block of whom. */
export interface DeliveryQuestion {
  readonly slot: Slot;
  readonly blockHash: Root;
  readonly pubkey: Pubkey;
}

/** The data API of one relay (`flashbots/relay-specs`). */
export class Relay {
  /** Without credentials. */
  readonly name: string;
  readonly #address: NodeAddress;
  readonly #limits: ClientLimits;

  /** @param url its pubkey, where a user name would be, is for those who check its signatures and left out */
  constructor(url: string, limits: ClientLimits = RELAY_LIMITS) {
    const base = new URL(url);
    if (/^0x[0-9a-f]{96}$/i.test(base.username)) base.username = '';
    this.#address = new NodeAddress(base.href);
    this.name = this.#address.name;
    this.#limits = limits;
  }

  /**
   * What it delivered for a block; null when it delivered another one or none.
   * @throws RELAY_UNREACHABLE, RELAY_BAD_ANSWER
   */
  async delivered({ slot, blockHash, pubkey }: DeliveryQuestion): Promise<Delivered | null> {
    const url = this.#address.urlOf(
      `/relay/v1/data/bidtraces/proposer_payload_delivered?block_hash=${blockHash}`,
    );
    const { status, json } = await exchange({ address: this.#address, url, ...this.#limits }).catch(
      (error: unknown) => {
        throw executionError('RELAY_UNREACHABLE', `${this.name}: ${(error as Error).message}`, error);
      },
    );
    const bad = (what: string) => executionError('RELAY_BAD_ANSWER', `${this.name}: ${what}`);
    if (status !== 200) {
      const later = status === 429 || status >= 500;
      throw later
        ? executionError('RELAY_UNREACHABLE', `${this.name}: status ${status}`)
        : bad(`status ${status}`);
    }
    const read = bidTraces.safeParse(json);
    if (!read.success) throw bad('it is no list of bid traces');
    const [first, ...more] = read.data;
    if (first === undefined) return null;
    for (const trace of read.data) {
      if (trace.block_hash !== blockHash || trace.slot !== slot || trace.proposer_pubkey !== pubkey) {
        throw bad(`asked for block ${blockHash}, it tells of another block, slot or proposer`);
      }
      if (trace.value !== first.value || trace.proposer_fee_recipient !== first.proposer_fee_recipient) {
        throw bad(`it tells two different things of block ${blockHash}, of ${more.length + 1} bids`);
      }
    }
    return { valueWei: first.value, to: first.proposer_fee_recipient };
  }
}
