import type { AcceptedHistory } from '../../slashing-db/index.ts';

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
