import { BitArray } from '@chainsafe/ssz';
import { ssz, type SignedBeaconBlock } from '@lodestar/types';
import { activePreset } from '@lodestar/params';
import { luckOf, mixed, type Members } from './members.ts';
import type { Payout } from './balances.ts';

/** Loaded only after the network's preset was chosen: see core/chain/preset.ts. */

export type BlockFork = 'electra' | 'fulu';

export interface BlockPlan {
  readonly fork: BlockFork;
  readonly slot: number;
  readonly proposer: number;
  readonly parentRoot: Uint8Array;
  readonly withdrawals: readonly Payout[];
  readonly syncBits: readonly boolean[];
  /** Of the last block at or before a slot; null for slots before the first block. */
  readonly rootAt: (slot: number) => Uint8Array | null;
}

export interface MadeBlock {
  readonly root: Uint8Array;
  readonly bodyRoot: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly bytes: Uint8Array;
}

const TRANSACTIONS = 180;
const DATA_BYTES = 512;

/** The same in every block: they only have to be carried and hashed, and the last one is looked at as a payment. */
const TRANSACTION_LIST = Array.from({ length: TRANSACTIONS }, (_, at) => transaction(at));

/** Blocks as large networks have them: full of votes of the last slots, withdrawals, and 100 kB of transactions. */
export class BlockMaker {
  readonly #members: Members;
  readonly #slotsPerEpoch: number;
  /** By slot: the bits of all its committees, of those who voted in time, and of those who voted at all. */
  readonly #votes = new Map<number, { readonly timely: BitArray; readonly all: BitArray }>();

  constructor(members: Members, slotsPerEpoch: number) {
    this.#members = members;
    this.#slotsPerEpoch = slotsPerEpoch;
  }

  make(plan: BlockPlan): MadeBlock {
    const { fork, slot, proposer, parentRoot, withdrawals, syncBits } = plan;
    const signed = ssz[fork].SignedBeaconBlock.defaultValue();
    const { message } = signed;
    Object.assign(message, { slot, proposerIndex: proposer, parentRoot, stateRoot: bytesOf(32, slot, 6) });
    const { body } = message;
    body.attestations = this.#aggregates(plan);
    body.syncAggregate.syncCommitteeBits = BitArray.fromBoolArray([...syncBits]);
    const payload = body.executionPayload;
    Object.assign(payload, {
      ...{ blockNumber: slot, timestamp: slot, gasLimit: 45_000_000, gasUsed: 30_000_000 },
      ...{ blockHash: bytesOf(32, slot, 7), feeRecipient: bytesOf(20, proposer, 8) },
    });
    payload.transactions = TRANSACTION_LIST;
    payload.withdrawals = withdrawals.map(({ validator, gwei }, at) => ({
      ...{ index: slot * withdrawals.length + at, validatorIndex: validator },
      ...{ address: addressOf(validator), amount: BigInt(gwei) },
    }));
    return made(fork, signed);
  }

  #aggregates({ slot, rootAt }: BlockPlan) {
    const aggregates: ReturnType<typeof ssz.electra.Attestation.defaultValue>[] = [];
    for (let distance = 1; distance <= activePreset.MAX_ATTESTATIONS_ELECTRA; distance += 1) {
      const voted = slot - distance;
      const epoch = Math.floor(voted / this.#slotsPerEpoch);
      const [head, target] = [rootAt(voted), rootAt(epoch * this.#slotsPerEpoch)];
      const source = rootAt((epoch - 1) * this.#slotsPerEpoch) ?? new Uint8Array(32);
      if (head === null || target === null) break;
      const aggregate = ssz.electra.Attestation.defaultValue();
      aggregate.aggregationBits = this.#votesOf(voted)[distance === 1 ? 'timely' : 'all'];
      aggregate.committeeBits = BitArray.fromBoolArray(
        Array.from({ length: 64 }, (_, at) => at < this.#members.committeesPerSlot),
      );
      aggregate.data = {
        ...{ slot: voted, index: 0, beaconBlockRoot: head },
        source: { epoch: epoch - 1, root: source },
        target: { epoch, root: target },
      };
      aggregates.push(aggregate);
    }
    return aggregates;
  }

  #votesOf(slot: number) {
    const known = this.#votes.get(slot);
    if (known !== undefined) return known;
    const epoch = Math.floor(slot / this.#slotsPerEpoch);
    const seats = this.#members.ofSlot(slot);
    const votes = { timely: BitArray.fromBitLen(seats.length), all: BitArray.fromBitLen(seats.length) };
    seats.forEach((validator, at) => {
      const luck = luckOf(validator, epoch);
      votes.timely.set(at, luck === 'perfect');
      votes.all.set(at, luck !== 'missed');
    });
    this.#votes.set(slot, votes);
    const oldest = slot - activePreset.MAX_ATTESTATIONS_ELECTRA;
    this.#votes.delete(oldest);
    return votes;
  }
}

function made(fork: BlockFork, signed: SignedBeaconBlock): MadeBlock {
  // Each fork has types of its own; the value was just made by those.
  const { SignedBeaconBlock: type, BeaconBlock, BeaconBlockBody } = ssz[fork];
  const { message } = signed as Parameters<typeof type.serialize>[0];
  return {
    root: BeaconBlock.hashTreeRoot(message),
    bodyRoot: BeaconBlockBody.hashTreeRoot(message.body),
    stateRoot: message.stateRoot,
    bytes: type.serialize(signed as Parameters<typeof type.serialize>[0]),
  };
}

/** A legacy one in RLP: nonce, price, gas, to, value, data, v, r, s. */
function transaction(at: number): Uint8Array {
  const word = (salt: number): Uint8Array => Uint8Array.of(0xa0, 1 + at, ...bytesOf(31, at, salt));
  const fields = [
    Uint8Array.of(0x01, 0x01, 0x01, 0x94, ...bytesOf(20, at, 10), 0x01),
    Uint8Array.of(0xb9, DATA_BYTES >> 8, DATA_BYTES & 0xff, ...bytesOf(DATA_BYTES, at, 5)),
    Uint8Array.of(0x1b, ...word(11), ...word(12)),
  ];
  const length = fields.reduce((sum, field) => sum + field.length, 0);
  return Uint8Array.of(0xf9, length >> 8, length & 0xff, ...fields.flatMap((field) => [...field]));
}

export const addressOf = (validator: number): Uint8Array => bytesOf(20, validator, 9);

function bytesOf(length: number, one: number, other: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => mixed(one * 31 + at, other) & 0xff);
}
