import { PublicKey } from '@chainsafe/blst';
import { startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import type { SlotClock } from '../../core/chain/slot-clock.ts';
import { isVigilError } from '../../core/errors.ts';
import { JsonReader } from '../../core/json/json-reader.ts';
import { bytesOf, epoch, type Pubkey, type Root } from '../../core/units.ts';
import { slashingDbError } from '../errors.ts';
import type { ImportOptions } from '../guard-contract.ts';
import { MAX_STORABLE } from '../rules/check-time.ts';
import type { Watermarks } from '../watermark.ts';
import { InterchangeHandler } from './interchange-handler.ts';
import type { ShapeName } from './interchange-shape.ts';
import { KeyHistory } from './key-history.ts';
import { INTERCHANGE_FORMAT_VERSION } from './write-interchange.ts';

export interface InterchangeContent {
  readonly histories: ReadonlyMap<Pubkey, Watermarks>;
  readonly blocks: number;
  readonly attestations: number;
  readonly suspicious: number;
}

interface Context extends ImportOptions {
  readonly spec: ChainSpec;
  readonly clock: SlotClock;
}

/** EIP-3076 nests five levels; a signing root is the longest value it has. */
const LIMITS = { maxDepth: 8, maxTokenBytes: 4096 };

/** How many epochs beyond the clock an imported watermark may lie before it is taken for an error. */
const FUTURE_TOLERANCE_EPOCHS = 1n;

/**
 * Reads an interchange document of any size in bounded memory: what is kept is one fold per key, not the entries.
 * The document is judged as a whole, so nothing of it may be used before this resolves.
 * @throws INTERCHANGE_INVALID, INTERCHANGE_WRONG_VERSION, INTERCHANGE_WRONG_NETWORK, INTERCHANGE_IN_FUTURE, each
 *   with the JSON path of the offence
 */
export async function readInterchange(
  source: AsyncIterable<Uint8Array>,
  context: Context,
): Promise<InterchangeContent> {
  const fold = new InterchangeFold(context, () => reader.path);
  const handler: InterchangeHandler = new InterchangeHandler(
    (shape, values) => fold.finished(shape, values),
    () => reader.path,
  );
  const reader: JsonReader = new JsonReader(handler, LIMITS);
  let bytesRead = 0;
  try {
    for await (const chunk of source) {
      reader.write(chunk);
      bytesRead += chunk.length;
      context.onProgress?.(bytesRead);
    }
    reader.end();
  } catch (error) {
    if (isVigilError(error, 'BAD_JSON')) throw slashingDbError('INTERCHANGE_INVALID', error.message, error);
    throw error;
  }
  return fold.content();
}

class InterchangeFold {
  readonly #context: Context;
  readonly #path: () => string;
  readonly #histories = new Map<Pubkey, KeyHistory>();
  readonly #latestEpoch: bigint;
  readonly #latestSlot: bigint;
  #open = new KeyHistory();
  #blocks = 0;
  #attestations = 0;

  constructor(context: Context, path: () => string) {
    this.#context = context;
    this.#path = path;
    this.#latestEpoch = context.clock.currentEpoch() + FUTURE_TOLERANCE_EPOCHS;
    this.#latestSlot = startSlotOfEpoch(context.spec, epoch(this.#latestEpoch + 1n)) - 1n;
  }

  finished(shape: ShapeName, values: Record<string, unknown>): void {
    if (shape === 'metadata') this.#metadata(values);
    else if (shape === 'block') this.#block(values);
    else if (shape === 'attestation') this.#attestation(values);
    else if (shape === 'key') this.#key(values);
  }

  content(): InterchangeContent {
    const all = [...this.#histories.values()];
    return {
      histories: new Map([...this.#histories].map(([pubkey, history]) => [pubkey, history.watermarks()])),
      blocks: this.#blocks,
      attestations: this.#attestations,
      suspicious: all.reduce((sum, history) => sum + history.suspicious, 0),
    };
  }

  #metadata(values: Record<string, unknown>): void {
    const version = values['interchange_format_version'] as string;
    if (version !== INTERCHANGE_FORMAT_VERSION) {
      const sent = JSON.stringify(version.slice(0, 32));
      throw slashingDbError(
        'INTERCHANGE_WRONG_VERSION',
        `${this.#path()}.interchange_format_version is ${sent}, not "5"`,
      );
    }
    const theirs = values['genesis_validators_root'] as Root;
    const ours = this.#context.spec.genesisValidatorsRoot;
    if (theirs !== ours) {
      throw slashingDbError(
        'INTERCHANGE_WRONG_NETWORK',
        `${this.#path()}.genesis_validators_root is ${theirs}, this signer works with ${ours}`,
      );
    }
  }

  #block(values: Record<string, unknown>): void {
    this.#open.addBlock(
      this.#inTime(values, 'slot', this.#latestSlot),
      (values['signing_root'] ?? null) as Root | null,
    );
    this.#blocks += 1;
  }

  #attestation(values: Record<string, unknown>): void {
    const source = this.#inTime(values, 'source_epoch', this.#latestEpoch);
    const target = this.#inTime(values, 'target_epoch', this.#latestEpoch);
    this.#open.addAttestation(source, target, (values['signing_root'] ?? null) as Root | null);
    this.#attestations += 1;
  }

  #key(values: Record<string, unknown>): void {
    const pubkey = values['pubkey'] as Pubkey;
    const before = this.#histories.get(pubkey);
    if (before === undefined) {
      this.#assertOnCurve(pubkey);
      this.#histories.set(pubkey, this.#open);
    } else {
      before.absorb(this.#open);
    }
    this.#open = new KeyHistory();
  }

  #inTime(values: Record<string, unknown>, field: string, latest: bigint): bigint {
    const value = values[field] as bigint;
    if (value > MAX_STORABLE) {
      throw slashingDbError(
        'INTERCHANGE_INVALID',
        `${this.#path()}.${field} must be below 2^63, it is ${value.toString()}`,
      );
    }
    if (value > latest && this.#context.forceFuture !== true) {
      throw slashingDbError(
        'INTERCHANGE_IN_FUTURE',
        `${this.#path()}.${field} is ${value.toString()}, the latest plausible now is ${latest.toString()}`,
      );
    }
    return value;
  }

  #assertOnCurve(pubkey: Pubkey): void {
    try {
      PublicKey.fromBytes(bytesOf(pubkey), true);
    } catch (error) {
      throw slashingDbError('INTERCHANGE_INVALID', `${this.#path()}.pubkey is not a BLS public key`, error);
    }
  }
}
