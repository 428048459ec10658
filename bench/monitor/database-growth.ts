import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { loadChainSpec } from '../../core/chain/load-chain-spec.ts';
import { epoch as epochOf, parsePubkey, slot as slotOf, type Epoch } from '../../core/units.ts';
import { parseCalendar, type LedgerCalendar } from '../../monitor/ledger/index.ts';
import type { EpochRecord } from '../../monitor/model/epoch-record.ts';
import type { LedgerPart } from '../../monitor/model/ledger-part.ts';
import type { AttestationVerdict } from '../../monitor/model/verdicts.ts';
import { openStore, type MonitorStore } from '../../monitor/store/index.ts';
import { withFolder } from '../support/bench-guard.ts';
import { luckOf, mixed } from './network/members.ts';

const STAKE_GWEI = 32_000_000_000n;
const EARNED_GWEI = 9200n;
/** Epochs between two visits of the sweep, nine days on mainnet. */
const SWEEP_EPOCHS = 2025;
const YEAR_MS = 365 * 86_400_000;

export interface GrowthOptions {
  readonly validators: number;
  readonly epochs: number;
}

/** Bytes of a year with all details kept. */
export interface Growth {
  readonly perValidatorYear: number;
  /** Of what is kept of the whole network, whoever is watched. */
  readonly perYear: number;
}

/**
 * What epochs add to a database that has some already: votes with the luck of the bench's network, day rows, a
 * withdrawal every nine days. One with a single validator tells what is each validator's and what is everybody's.
 */
export async function databaseGrowth(
  network: string,
  { validators, epochs }: GrowthOptions,
): Promise<Growth> {
  const spec = await loadChainSpec(network);
  const epochsAYear = YEAR_MS / (Number(spec.slotsPerEpoch) * spec.slotDurationMs);
  const ofOne = (await grown(spec, 1, epochs)) / epochs;
  const ofAll = (await grown(spec, validators, epochs)) / epochs;
  const ofEach = (ofAll - ofOne) / (validators - 1);
  return { perValidatorYear: ofEach * epochsAYear, perYear: (ofOne - ofEach) * epochsAYear };
}

/** Bytes that so many epochs add to a database with as many in it. */
function grown(spec: ChainSpec, validators: number, epochs: number): Promise<number> {
  return withFolder((folder) => {
    const path = join(folder, 'data', 'monitor.sqlite');
    mkdirSync(join(folder, 'data'));
    const years = new Years(spec, validators);
    years.write(path, epochs);
    const before = statSync(path).size;
    years.write(path, epochs);
    return Promise.resolve(statSync(path).size - before);
  });
}

class Years {
  readonly #spec: ChainSpec;
  readonly #calendar: LedgerCalendar;
  readonly #validators: readonly number[];
  readonly #balances: Map<number, bigint>;
  #next = 400_000;

  constructor(spec: ChainSpec, validators: number) {
    this.#spec = spec;
    this.#calendar = parseCalendar('utc', spec);
    this.#validators = Array.from({ length: validators }, (_, at) => 1_000_000 + 37 * at);
    this.#balances = new Map(this.#validators.map((index) => [index, STAKE_GWEI]));
  }

  /** Closed in the end, so that all of it is in the one file. */
  write(path: string, epochs: number): void {
    const store = this.#open(path);
    for (const until = this.#next + epochs; this.#next < until; this.#next += 1)
      store.writeEpoch(this.#record(epochOf(BigInt(this.#next))));
    store.close();
  }

  #open(path: string): MonitorStore {
    const { name, genesisValidatorsRoot, genesisTimeSeconds, slotDurationMs, slotsPerEpoch } = this.#spec;
    const store = openStore({
      path,
      chain: {
        ...{ network: name, chainId: 1n, genesisValidatorsRoot, genesisTimeSeconds, slotsPerEpoch },
        ...{ slotDurationMs: BigInt(slotDurationMs), ledgerDay: this.#calendar.name },
      },
    });
    const watched = this.#validators.map((index) => ({
      ...{ index, group: 'default', labels: [] },
      pubkey: parsePubkey(`0x${index.toString(16).padStart(96, '0')}`, 'pubkey'),
    }));
    store.watch(watched, epochOf(BigInt(this.#next)));
    return store;
  }

  #record(epoch: Epoch): EpochRecord {
    const swept = this.#validators.filter((index) => (this.#next + index) % SWEEP_EPOCHS === 0);
    const first = startSlotOfEpoch(this.#spec, epoch);
    const events = swept.map((validatorIndex) => ({
      ...{ validatorIndex, epoch, slot: first, kind: 'withdrawal_partial' as const },
      amountGwei: (this.#balances.get(validatorIndex) ?? STAKE_GWEI) - STAKE_GWEI,
      ...{ before: null, after: `0x${'5a'.repeat(20)}` },
    }));
    return {
      ...{ epoch, validators: this.#validators, events },
      attestations: this.#validators.map((index) => verdictOf(index, epoch, this.#spec)),
      voteRewards: this.#validators.map((validatorIndex) => ({
        ...{ validatorIndex, epoch, gwei: EARNED_GWEI, idealGwei: EARNED_GWEI, method: 'endpoint' as const },
      })),
      parts: this.#validators.flatMap((index) => this.#parts(index, epoch, swept.includes(index))),
      network: { epoch, due: 1_000_000, included: 995_000 },
      networkBlocks: {
        ...{ epoch, due: Number(this.#spec.slotsPerEpoch), included: Number(this.#spec.slotsPerEpoch) },
        ...{ syncDue: 16_384, syncHit: 16_056 },
      },
      ...{ proposals: [], sync: [], payments: [], checkpoints: [] },
    };
  }

  /** One, or two where a day ends within the epoch. */
  #parts(validatorIndex: number, epoch: Epoch, swept: boolean): LedgerPart[] {
    const opening = this.#balances.get(validatorIndex) ?? STAKE_GWEI;
    const withdrawn = swept ? opening - STAKE_GWEI : 0n;
    const closing = opening + EARNED_GWEI - withdrawn;
    this.#balances.set(validatorIndex, closing);
    const first = startSlotOfEpoch(this.#spec, epoch);
    const starts = [first, ...this.#calendar.cuts(epoch)];
    return starts.map((startSlot, at): LedgerPart => {
      const isFirst = at === 0;
      const next = starts[at + 1] ?? first + this.#spec.slotsPerEpoch;
      return {
        ...NOTHING,
        ...{ validatorIndex, startSlot, day: this.#calendar.dayOf(startSlot), endSlot: slotOf(next - 1n) },
        openingBalanceGwei: isFirst ? opening : closing,
        closingBalanceGwei: closing,
        attestationGwei: isFirst ? EARNED_GWEI : 0n,
        idealAttestationGwei: isFirst ? EARNED_GWEI : 0n,
        withdrawalsPartialGwei: isFirst ? withdrawn : 0n,
      };
    });
  }
}

function verdictOf(validatorIndex: number, epoch: Epoch, spec: ChainSpec): AttestationVerdict {
  const luck = luckOf(validatorIndex, Number(epoch));
  const start = startSlotOfEpoch(spec, epoch);
  const slot = slotOf(start + (BigInt(mixed(validatorIndex, Number(epoch) + 1)) % spec.slotsPerEpoch));
  const duty = { validatorIndex, epoch, slot };
  if (luck === 'missed') return { ...duty, result: 'missed', inclusion: null };
  const distance = luck === 'late' ? 2 : 1;
  return {
    ...duty,
    result: luck,
    inclusion: {
      ...{ slot: slotOf(slot + BigInt(distance)), distance, optimalDistance: distance, messages: [] },
      ...{ source: true, target: true, head: luck === 'perfect' },
    },
  };
}

const NOTHING = {
  effectiveBalanceGwei: STAKE_GWEI,
  syncGwei: 0n,
  idealSyncGwei: 0n,
  proposerGwei: 0n,
  slashingGwei: 0n,
  withdrawalsFullGwei: 0n,
  depositsGwei: 0n,
  consolidationGwei: 0n,
  residualGwei: 0n,
  method: 'endpoint',
  duties: {
    attestationsAssigned: 1,
    attestationsIncluded: 1,
    proposalsAssigned: 0,
    proposalsIncluded: 0,
    syncAssigned: 0,
    syncIncluded: 0,
  },
} as const;
