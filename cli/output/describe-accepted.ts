import type { AcceptedHistory, ServerStatus } from '../../slashing-db/index.ts';

/** What a database is left with that was accepted although records of it are missing. */
export function describeAccepted(accepted: AcceptedHistory | null): string[] {
  if (accepted === null) return [];
  const { floor, owed, frozen } = accepted;
  return [
    `floor: blocks above slot ${floor.slot}, votes above target ${floor.target} with sources from ${floor.source} on`,
    ...(owed === null
      ? []
      : [
          `the clock is in doubt (${owed}): the boot floor of now is put down by the signer once it is right`,
        ]),
    ...(frozen
      ? [
          'ALL KEYS ARE FROZEN: hand-overs, freezes or deletions were lost. Do them again, then run vigil keys unfreeze --all',
        ]
      : []),
  ];
}

/** What is left to do on a server after one of its signers has accepted it. */
export function describeOthers({ protection, instances }: ServerStatus, accepting: string): string[] {
  const others = instances
    .map(({ name }) => name)
    // No signer: what copies are on record as.
    .filter((name) => name !== accepting && !name.startsWith('('));
  return [
    ...(protection.floorOwed === null ? [] : [`a boot floor is still due: ${protection.floorOwed}`]),
    ...(protection.frozen === null
      ? []
      : [
          `all keys stay frozen, for all signers, until vigil keys unfreeze --all: ${protection.frozen.reason}`,
        ]),
    ...(others.length === 0
      ? []
      : [
          `before that start the other signers: ${others.join(', ')}. One that ends with DB_ROLLED_BACK lost records of its own and owes an accept-rollback too, in its own data directory`,
        ]),
  ];
}
