import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAR_FUTURE_EPOCH } from '../../core/uint64.ts';
import { epoch, slot, type Epoch, type Pubkey, type Root } from '../../core/units.ts';
import type { ValidatorState } from '../../beacon/index.ts';
import type { ChainCheckpoint, EpochRecord } from '../../monitor/model/epoch-record.ts';
import type { LedgerPart } from '../../monitor/model/ledger-part.ts';
import {
  ATTESTATION_RESULTS,
  type AttestationVerdict,
  type Inclusion,
} from '../../monitor/model/verdicts.ts';
import type { WatchedValidator } from '../../monitor/model/watched-validator.ts';
import { openStore, type MonitorStore, type StoreChain } from '../../monitor/store/index.ts';
import { dayOfSlot } from '../../monitor/splits/period.ts';

export const hex = (n: number, bytes: number): string => `0x${n.toString(16).padStart(bytes * 2, '0')}`;
export const rootOf = (n: number): Root => hex(n, 32) as Root;
export const keyOf = (validator: number): Pubkey => hex(validator + 1, 48) as Pubkey;

/** Days of 36 slots and epochs of 8: every other midnight falls into the middle of an epoch. */
export const STORE_CHAIN: StoreChain = {
  network: 'devnet',
  chainId: 7n,
  genesisTimeSeconds: BigInt(Date.UTC(2026, 0, 1) / 1000),
  slotDurationMs: 2_400_000n,
  slotsPerEpoch: 8n,
  genesisValidatorsRoot: rootOf(77),
  ledgerDay: 'utc',
};
const SLOTS = 8;

export const watched = (index: number, group = 'default', labels: string[] = []): WatchedValidator => ({
  index,
  pubkey: keyOf(index),
  group,
  labels,
});

export const stateOf = (index: number, more: Partial<ValidatorState> = {}): ValidatorState => ({
  index: BigInt(index),
  pubkey: keyOf(index),
  status: 'active_ongoing',
  balanceGwei: 32_000_000_000n,
  effectiveBalanceGwei: 32_000_000_000n,
  slashed: false,
  withdrawalCredentials: rootOf(1),
  activationEligibilityEpoch: epoch(0n),
  activationEpoch: epoch(0n),
  exitEpoch: epoch(FAR_FUTURE_EPOCH),
  withdrawableEpoch: epoch(FAR_FUTURE_EPOCH),
  ...more,
});

/** A number that looks random and depends on nothing but its words. */
export function mixed(...words: (number | string)[]): number {
  let hash = 0x811c9dc5;
  for (const char of words.join('|')) {
    hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
    hash ^= hash >>> 13;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/**
 * What happened on a made-up chain: for every validator and epoch the same facts whoever asks, and balances that meet.
 * Records of any epochs and validators can be cut out of it.
 */
export class StoreWorld {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  record(at: number, validators: readonly number[]): EpochRecord {
    const chosen = <T>(of: (validator: number) => readonly T[]): T[] => validators.flatMap((v) => [...of(v)]);
    return {
      epoch: epoch(BigInt(at)),
      validators,
      attestations: chosen((v) => this.votes(v, at)),
      network: { epoch: epoch(BigInt(at)), due: 1000, included: 900 + this.#number(100, 'net', at) },
      networkBlocks: {
        ...{ epoch: epoch(BigInt(at)), due: SLOTS, included: this.#number(SLOTS, 'blocks', at) },
        ...{ syncDue: 32 * SLOTS, syncHit: this.#number(32 * SLOTS, 'bits', at) },
      },
      proposals: chosen((v) => this.proposals(v, at)),
      sync: chosen((v) => this.sync(v, at)),
      voteRewards: chosen((v) => this.rewards(v, at)),
      parts: chosen((v) => this.parts(v, at)),
      payments: chosen((v) => this.payments(v, at)),
      events: chosen((v) => this.events(v, at)),
      checkpoints: this.checkpoints(at),
    };
  }

  votes(v: number, at: number): AttestationVerdict[] {
    // Some are not active yet, or no longer.
    if (at < this.#number(4, 'active', v)) return [];
    const due = slot(BigInt(at * SLOTS + this.#number(SLOTS, 'due', v, at)));
    const base = { validatorIndex: v, epoch: epoch(BigInt(at)), slot: due };
    if (this.#number(10, 'perfect', v, at) < 6)
      return [{ ...base, result: 'perfect', inclusion: inclusion(due, 1, 0, 7) }];
    const result = ATTESTATION_RESULTS[this.#number(ATTESTATION_RESULTS.length, 'result', v, at)]!;
    if (result === 'missed' || result === 'unknown') return [{ ...base, result, inclusion: null }];
    const distance = 1 + this.#number(15, 'distance', v, at);
    const empty = this.#number(distance, 'empty', v, at);
    return [{ ...base, result, inclusion: inclusion(due, distance, empty, this.#number(8, 'flags', v, at)) }];
  }

  proposals(v: number, at: number): EpochRecord['proposals'][number][] {
    if (this.#number(9, 'proposes', v, at) !== 0) return [];
    const at_ = slot(BigInt(at * SLOTS + this.#number(SLOTS, 'proposal', v, at)));
    return this.#number(3, 'proposed', v, at) === 0
      ? [
          {
            validatorIndex: v,
            slot: at_,
            result: 'missed',
            blockRoot: null,
            feeRecipient: null,
            graffiti: null,
            rewardGwei: null,
          },
        ]
      : [
          {
            validatorIndex: v,
            slot: at_,
            result: 'included',
            blockRoot: rootOf(Number(at_)),
            feeRecipient: hex(v, 20),
            graffiti: rootOf(3),
            rewardGwei: BigInt(this.#number(1e8, 'reward', v, at)),
          },
        ];
  }

  payments(v: number, at: number): EpochRecord['payments'][number][] {
    return this.proposals(v, at)
      .filter(({ result }) => result === 'included')
      .map(({ slot: paid }) => ({
        validatorIndex: v,
        slot: paid,
        // More than 64 bits have.
        amountWei: 10n ** 19n + BigInt(this.#number(1e9, 'wei', v, at)),
        kind: 'mev',
        method: 'relay',
        confidence: this.#number(2, 'sure', v, at) === 0 ? 'exact' : 'unresolved',
        feeRecipient: hex(v, 20),
      }));
  }

  sync(v: number, at: number): EpochRecord['sync'][number][] {
    if (this.#number(4, 'committee', v, Math.floor(at / 8)) !== 0) return [];
    const due = this.#number(8, 'blocks', at) + 1;
    const hit = this.#number(due + 1, 'hit', v, at);
    const committee = { committeeDue: due * 32, committeeHit: due * 30 };
    return [{ validatorIndex: v, epoch: epoch(BigInt(at)), positions: 1, due, hit, ...committee }];
  }

  rewards(v: number, at: number): EpochRecord['voteRewards'][number][] {
    return this.votes(v, at).map(() => ({
      validatorIndex: v,
      epoch: epoch(BigInt(at)),
      gwei: BigInt(this.#number(20_000, 'gwei', v, at)) - 10_000n,
      idealGwei: 10_000n,
      method: 'endpoint',
    }));
  }

  events(v: number, at: number): EpochRecord['events'][number][] {
    return Array.from({ length: [0, 0, 0, 1, 3][this.#number(5, 'events', v, at)]! }, (_, n) => ({
      validatorIndex: v,
      epoch: epoch(BigInt(at)),
      slot: slot(BigInt(at * SLOTS)),
      kind: n === 0 ? ('status' as const) : ('withdrawal_partial' as const),
      amountGwei: n === 0 ? null : 17n,
      before: n === 0 ? 'a' : null,
      after: n === 0 ? 'b' : null,
    }));
  }

  /** One part, or two where a day ends inside the epoch. */
  parts(v: number, at: number): LedgerPart[] {
    const [first, last] = [at * SLOTS, at * SLOTS + SLOTS - 1];
    const parts: LedgerPart[] = [];
    for (let start = first, here = first; here <= last; here += 1)
      if (here === last || day(here) !== day(here + 1)) {
        parts.push(this.#part(v, start, here));
        start = here + 1;
      }
    return parts;
  }

  checkpoints(at: number): ChainCheckpoint[] {
    const ends = new Set(this.parts(0, at).map(({ endSlot }) => Number(endSlot)));
    return [...new Set([...ends].map((end) => this.lastBlock(end)))]
      .filter((block) => block >= 0)
      .map((block) => ({
        slot: slot(BigInt(block)),
        blockRoot: rootOf(block),
        stateRoot: rootOf(block + 1),
        executionBlock: BigInt(block + 5),
      }));
  }

  /** A third of the slots are empty. */
  lastBlock(end: number): number {
    let block = end;
    while (block > 0 && this.#number(3, 'empty', block) === 0) block -= 1;
    return block;
  }

  #part(v: number, start: number, end: number): LedgerPart {
    const n = (most: number, name: string): bigint => BigInt(this.#number(most, name, v, start));
    const [opening, closing] = [this.#balance(v, start - 1), this.#balance(v, end)];
    const amounts = {
      attestationGwei: n(20_000, 'att') - 10_000n,
      idealAttestationGwei: 10_000n,
      syncGwei: n(100, 'sync') - 50n,
      idealSyncGwei: 50n,
      proposerGwei: n(1000, 'prop'),
      slashingGwei: -n(10, 'slash'),
      withdrawalsPartialGwei: n(100, 'wp'),
      withdrawalsFullGwei: n(7, 'wf'),
      depositsGwei: n(100, 'dep') - 50n,
      consolidationGwei: n(100, 'cons') - 50n,
    };
    const explained =
      opening +
      amounts.attestationGwei +
      amounts.syncGwei +
      amounts.proposerGwei +
      amounts.slashingGwei -
      amounts.withdrawalsPartialGwei -
      amounts.withdrawalsFullGwei +
      amounts.depositsGwei +
      amounts.consolidationGwei;
    return {
      validatorIndex: v,
      day: day(start),
      startSlot: slot(BigInt(start)),
      endSlot: slot(BigInt(end)),
      openingBalanceGwei: opening,
      closingBalanceGwei: closing,
      effectiveBalanceGwei: 32_000_000_000n + n(3, 'eff'),
      ...amounts,
      residualGwei: closing - explained,
      method: (['endpoint', 'endpoint', 'blocks', 'balance'] as const)[this.#number(4, 'method', v, start)]!,
      duties: {
        attestationsAssigned: 1,
        attestationsIncluded: this.#number(2, 'included', v, start),
        proposalsAssigned: 0,
        proposalsIncluded: 0,
        syncAssigned: 8,
        syncIncluded: this.#number(9, 'syncs', v, start),
      },
    };
  }

  #balance(v: number, after: number): bigint {
    return 32_000_000_000n + BigInt(this.#number(1_000_000, 'balance', v, after));
  }

  #number(below: number, ...words: (number | string)[]): number {
    return mixed(this.#seed, ...words) % below;
  }
}

export const day = (at: number): string => dayOfSlot(BigInt(at), STORE_CHAIN);

function inclusion(due: bigint, distance: number, empty: number, flags: number): Inclusion {
  return {
    slot: slot(due + BigInt(distance)),
    distance,
    optimalDistance: distance - empty,
    source: (flags & 1) !== 0,
    target: (flags & 2) !== 0,
    head: (flags & 4) !== 0,
    messages: [],
  };
}

/** A store in a folder that is gone after use. */
export function withStore<T>(use: (store: MonitorStore, path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-store-'));
  const path = join(folder, 'monitor.sqlite');
  const store = openStore({ path, chain: STORE_CHAIN });
  try {
    return use(store, path);
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export const at = (value: number): Epoch => epoch(BigInt(value));

/** Everything a list has, page by page. */
export function everything<T>(
  list: (request: { limit: number; cursor: string | null; newestFirst?: boolean }) => {
    rows: readonly T[];
    next: string | null;
  },
  limit = 3,
  newestFirst = false,
): T[] {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const page = list({ limit, cursor, newestFirst });
    if (page.next !== null && page.rows.length !== limit) throw new Error('a page is short and not the last');
    all.push(...page.rows);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}
