/** What is lost, in Gwei. The parts that are taken add up to `takenGwei`, which is never more than the balance. */
export interface Loss {
  readonly initialGwei: bigint;
  readonly correlationGwei: bigint;
  /** Penalties for votes that are missed or do not count. */
  readonly missedGwei: bigint;
  readonly inactivityGwei: bigint;
  readonly takenGwei: bigint;
  /** Not taken but not earned either: perfect votes, and the average of proposals and sync committees. */
  readonly lostVotesGwei: bigint;
  readonly lostOtherGwei: bigint;
}

export const NO_LOSS: Loss = {
  initialGwei: 0n,
  correlationGwei: 0n,
  missedGwei: 0n,
  inactivityGwei: 0n,
  takenGwei: 0n,
  lostVotesGwei: 0n,
  lostOtherGwei: 0n,
};

const PARTS = Object.keys(NO_LOSS) as (keyof Loss)[];

/** The loss of a whole, from that of one of each kind. */
export function addedUp(kinds: readonly { readonly count: bigint; readonly loss: Loss }[]): Loss {
  const of = (part: keyof Loss): bigint =>
    kinds.reduce((sum, { count, loss }) => sum + count * loss[part], 0n);
  return Object.fromEntries(PARTS.map((part) => [part, of(part)])) as unknown as Loss;
}

/** Of wanted amounts, in their order, what a balance can still pay. */
export function upTo(balanceGwei: bigint, wanted: readonly bigint[]): bigint[] {
  let left = balanceGwei;
  return wanted.map((gwei) => {
    const taken = gwei < left ? gwei : left;
    left -= taken;
    return taken;
  });
}
