import type { Epoch, Pubkey, Root, Slot } from '../../core/units.ts';

/** What the monitor needs of a block, of any fork, whoever is watched. */
export interface BlockFacts {
  readonly slot: Slot;
  readonly root: Root;
  readonly parentRoot: Root;
  readonly stateRoot: Root;
  readonly proposerIndex: number;
  /** Of the proposer, 96 bytes as `0x` hex: as the node gave it, for the root does not cover it. */
  readonly signature: string;
  /** 32 bytes, hex. */
  readonly graffiti: string;
  readonly attestations: readonly IncludedAttestation[];
  /** One byte per position, 1 where the bit is set; null before Altair. */
  readonly syncBits: Uint8Array | null;
  /** Null before Bellatrix, and where the payload is empty. */
  readonly execution: ExecutionFacts | null;
  readonly withdrawals: readonly Withdrawal[];
  /** Both kinds of slashings: who is slashed by this block, if that was not so before. */
  readonly slashings: readonly SlashingFacts[];
  readonly exits: readonly { readonly validatorIndex: number; readonly epoch: Epoch }[];
  readonly credentialChanges: readonly { readonly validatorIndex: number; readonly address: string }[];
  /** EIP-6110; before Electra the deposits of the block. */
  readonly deposits: readonly {
    readonly pubkey: Pubkey;
    readonly withdrawalCredentials: string;
    readonly amountGwei: bigint;
  }[];
  /** EIP-7002; an amount of zero asks for a full exit. */
  readonly withdrawalRequests: readonly {
    readonly sourceAddress: string;
    readonly pubkey: Pubkey;
    readonly amountGwei: bigint;
  }[];
  /** EIP-7251; source and target alike ask for compounding credentials. */
  readonly consolidationRequests: readonly {
    readonly sourceAddress: string;
    readonly source: Pubkey;
    readonly target: Pubkey;
  }[];
}

export interface AttestationDataFacts {
  readonly slot: Slot;
  readonly index: bigint;
  readonly beaconBlockRoot: Root;
  readonly source: { readonly epoch: Epoch; readonly root: Root };
  readonly target: { readonly epoch: Epoch; readonly root: Root };
}

/** An aggregate as a block has it. */
export interface IncludedAttestation {
  readonly data: AttestationDataFacts;
  /** Ascending; one before Electra (`data.index`), the set `committee_bits` since (EIP-7549). */
  readonly committees: readonly number[];
  /** One byte per bit, without the sentinel: over all members of the committees, one after the other. */
  readonly bits: Uint8Array;
}

export interface ExecutionFacts {
  readonly blockNumber: bigint;
  readonly blockHash: Root;
  /** 20 bytes, lower-case hex. */
  readonly feeRecipient: string;
  readonly transactions: number;
  /** The last transaction as it is on the wire, hex; null when there is none. Builders pay with it. */
  readonly lastTransaction: string | null;
}

export interface Withdrawal {
  readonly validatorIndex: number;
  readonly address: string;
  readonly amountGwei: bigint;
}

export interface SlashingFacts {
  readonly kind: 'proposer' | 'attester';
  readonly validatorIndices: readonly number[];
}
