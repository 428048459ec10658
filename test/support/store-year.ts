import { slot } from '../../core/units.ts';
import type { EpochRecord } from '../../monitor/model/epoch-record.ts';
import type { LedgerPart } from '../../monitor/model/ledger-part.ts';
import { openStore, type MonitorStore } from '../../monitor/store/index.ts';
import { dayOfSlot } from '../../monitor/splits/period.ts';
import { at, mixed, rootOf, STORE_CHAIN, watched } from './store-world.ts';

/** Mainnet's time: 225 epochs a day, midnight inside an epoch. */
export const MAINNET_TIME = {
  ...STORE_CHAIN,
  genesisTimeSeconds: 1_606_824_023n,
  slotDurationMs: 12_000n,
  slotsPerEpoch: 32n,
};
export const EPOCHS_A_YEAR = 82_125;

/** Writes what validators of mainnet do: three votes in a hundred are not perfect, the sweep comes every nine days. */
export function writeYears(path: string, validators: number, epochs: number): MonitorStore {
  const store = openStore({ path, chain: MAINNET_TIME });
  const indices = Array.from({ length: validators }, (_, index) => 1_000_000 + index * 37);
  store.watch(
    indices.map((v) => watched(v)),
    at(0),
  );
  const balances = new Map(indices.map((v) => [v, 32_000_000_000n]));
  // Validators of mainnet have been there for a while.
  const first = 400_000;
  for (let epoch = first; epoch < first + epochs; epoch += 1)
    store.writeEpoch(record(epoch, indices, balances));
  return store;
}

function record(epoch: number, indices: readonly number[], balances: Map<number, bigint>): EpochRecord {
  const attestations = indices.map((v): EpochRecord['attestations'][number] => {
    const due = slot(BigInt(epoch * 32 + (mixed(v, epoch) % 32)));
    const base = { validatorIndex: v, epoch: at(epoch), slot: due };
    const luck = mixed('luck', v, epoch) % 100;
    if (luck === 0) return { ...base, result: 'missed', inclusion: null };
    const distance = luck < 3 ? 2 + (mixed(v, epoch, 'late') % 3) : 1;
    const head = luck >= 3;
    return {
      ...base,
      result: head ? 'perfect' : 'late',
      inclusion: {
        slot: slot(due + BigInt(distance)),
        distance,
        optimalDistance: 1,
        ...{ source: true, target: true, head },
        messages: [],
      },
    };
  });
  const [start, end] = [BigInt(epoch * 32), BigInt(epoch * 32 + 31)];
  const cut = midnight(start, end);
  const days = [dayOfSlot(start, MAINNET_TIME), dayOfSlot(end, MAINNET_TIME)] as const;
  const events: EpochRecord['events'][number][] = [];
  const parts = indices.flatMap((v) => {
    const swept = epoch % 2025 === v % 2025;
    const before = balances.get(v)!;
    const withdrawn = swept ? before - 32_000_000_000n : 0n;
    if (swept)
      events.push({
        ...{ validatorIndex: v, epoch: at(epoch), slot: slot(start), kind: 'withdrawal_partial' },
        ...{ amountGwei: withdrawn, before: null, after: rootOf(v).slice(0, 42) },
      });
    const earned = BigInt(9000 + (mixed(v, epoch, 'earned') % 500));
    balances.set(v, before + earned - withdrawn);
    const one = part(v, days[0], start, cut, before, earned, withdrawn);
    return cut === end ? [one] : [one, part(v, days[1], cut + 1n, end, one.closingBalanceGwei, 0n, 0n)];
  });
  const voteRewards = indices.map((v) => ({
    validatorIndex: v,
    epoch: at(epoch),
    gwei: 9000n,
    idealGwei: 9234n,
    method: 'endpoint' as const,
  }));
  return {
    ...{ epoch: at(epoch), validators: indices, attestations, voteRewards, parts, events },
    networkBlocks: { ...{ epoch: at(epoch), due: 32, included: 32 }, syncDue: 16_384, syncHit: 16_300 },
    ...{ network: null, proposals: [], sync: [], payments: [], checkpoints: [] },
  };
}

/** The last slot of the day that the first one is in, or of the epoch. */
function midnight(start: bigint, end: bigint): bigint {
  const day = dayOfSlot(start, MAINNET_TIME);
  if (dayOfSlot(end, MAINNET_TIME) === day) return end;
  let last = start;
  while (dayOfSlot(last + 1n, MAINNET_TIME) === day) last += 1n;
  return last;
}

const part = (
  v: number,
  day: string,
  start: bigint,
  end: bigint,
  opening: bigint,
  earned: bigint,
  withdrawn: bigint,
): LedgerPart => ({
  validatorIndex: v,
  day,
  startSlot: slot(start),
  endSlot: slot(end),
  openingBalanceGwei: opening,
  closingBalanceGwei: opening + earned - withdrawn,
  effectiveBalanceGwei: 32_000_000_000n,
  attestationGwei: earned,
  idealAttestationGwei: 9234n,
  syncGwei: 0n,
  idealSyncGwei: 0n,
  proposerGwei: 0n,
  slashingGwei: 0n,
  withdrawalsPartialGwei: withdrawn,
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
});
