import {
  pendingConsolidations,
  pendingDeposits,
  validators,
  type PendingConsolidation,
  type PendingDeposit,
  type StateId,
} from '../../beacon/index.ts';
import { forkNamed, startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { slot, type Epoch, type Pubkey } from '../../core/units.ts';
import type { QueueFacts, Snapshot, Unexplained } from '../ledger/ledger-input.ts';
import { askFinal, type Asked } from './ask.ts';

export interface Investigation {
  readonly spec: ChainSpec;
  readonly epoch: Epoch;
  readonly unexplained: readonly Unexplained[];
  /** Of the watched, at the end of the epoch before and of this one. */
  readonly opening: Snapshot;
  readonly closing: Snapshot;
}

/**
 * What the queues of deposits and consolidations did at the transition into an epoch, by what is in them before and no
 * longer after. Null when nothing that is unexplained can come from there: the queues are of the whole network, and
 * fetching them is no small thing. Withdrawals need no queue, the blocks have every one.
 * @throws BALANCES_NOT_FINAL, or what the nodes fail with
 */
export async function investigate(
  nodes: Asked,
  investigation: Investigation,
  signal?: AbortSignal,
): Promise<QueueFacts | null> {
  const { spec, epoch: at, unexplained, closing } = investigation;
  const first = startSlotOfEpoch(spec, at);
  const electra = forkNamed(spec, 'electra')?.epoch;
  if (at === 0n || electra === undefined || at < electra) return null;
  if (!unexplained.some(({ startSlot }) => startSlot <= first)) return null;
  const [before, after] = [slot(first - 1n), first];
  const ours = new Set([...closing.values()].map(({ pubkey }) => pubkey));
  // The state before the fork has no queues, and a node need not answer about them.
  const atFork = at === electra;
  const depositsBefore = atFork ? [] : await depositsOf(nodes, before, ours, signal);
  const depositsAfter = await depositsOf(nodes, after, ours, signal);
  const moved = atFork ? [] : await movedBetween(nodes, before, after, signal);
  const mine = moved.filter(
    ({ sourceIndex, targetIndex }) => closing.has(Number(sourceIndex)) || closing.has(Number(targetIndex)),
  );
  const deposits = gone(depositsBefore, depositsAfter, depositKey);
  return {
    deposits,
    consolidations: await consolidationFacts(nodes, before, mine, signal),
    returned: atFork ? returnedAtFork(depositsAfter, investigation) : [],
  };
}

const depositKey = (deposit: PendingDeposit): string =>
  [deposit.pubkey, deposit.withdrawalCredentials, deposit.amountGwei, deposit.slot].join();

async function depositsOf(
  nodes: Asked,
  state: StateId,
  ours: ReadonlySet<Pubkey>,
  signal?: AbortSignal,
): Promise<PendingDeposit[]> {
  const all = await askFinal(nodes, pendingDeposits(state), signal);
  return all.filter(({ pubkey }) => ours.has(pubkey));
}

async function movedBetween(nodes: Asked, before: StateId, after: StateId, signal?: AbortSignal) {
  const earlier = await askFinal(nodes, pendingConsolidations(before), signal);
  if (earlier.length === 0) return [];
  const later = await askFinal(nodes, pendingConsolidations(after), signal);
  const key = ({ sourceIndex, targetIndex }: PendingConsolidation) => `${sourceIndex},${targetIndex}`;
  return gone(earlier, later, key);
}

/** What is in the first list and not in the second, as often as it is missing there. */
function gone<T>(before: readonly T[], after: readonly T[], keyOf: (item: T) => string): T[] {
  const left = new Map<string, number>();
  for (const item of after) left.set(keyOf(item), (left.get(keyOf(item)) ?? 0) + 1);
  // Queues are served from the front, so of several alike the last ones are those that are left.
  return before
    .toReversed()
    .filter((item) => {
      const count = left.get(keyOf(item)) ?? 0;
      left.set(keyOf(item), count - 1);
      return count <= 0;
    })
    .reverse();
}

/** With the sources as they stood. One that was slashed meanwhile leaves the queue and moves nothing. */
async function consolidationFacts(
  nodes: Asked,
  before: StateId,
  moved: readonly PendingConsolidation[],
  signal?: AbortSignal,
): Promise<QueueFacts['consolidations']> {
  const indices = [...new Set(moved.map(({ sourceIndex }) => sourceIndex))];
  const sources = await askFinal(nodes, validators(before, indices), signal);
  const byIndex = new Map(sources.map((source) => [source.index, source]));
  return moved.flatMap(({ sourceIndex, targetIndex }) => {
    const source = byIndex.get(sourceIndex);
    if (source === undefined || source.slashed) return [];
    const { balanceGwei, effectiveBalanceGwei } = source;
    return [{ source: Number(sourceIndex), target: Number(targetIndex), balanceGwei, effectiveBalanceGwei }];
  });
}

/**
 * The fork to Electra emptied balances of those not yet activated into the queue, and the excess of early compounding
 * ones. What a block of the same slot sent there belongs to a validator whose credentials changed since.
 */
function returnedAtFork(
  after: readonly PendingDeposit[],
  { opening, closing }: Investigation,
): QueueFacts['returned'] {
  const credentials = new Map(
    [...opening.values()].map(({ pubkey, withdrawalCredentials }) => [pubkey, withdrawalCredentials]),
  );
  const switched = new Set(
    [...closing.values()]
      .filter(({ pubkey, withdrawalCredentials }) => credentials.get(pubkey) !== withdrawalCredentials)
      .map(({ pubkey }) => pubkey),
  );
  return after.filter(({ slot: at, pubkey }) => at === 0n && !switched.has(pubkey));
}
