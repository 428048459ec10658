import type { ValidatorState } from '../../../../beacon/index.ts';
import type { ForkName } from '../../../../core/chain/fork.ts';
import { FAR_FUTURE_EPOCH } from '../../../../core/uint64.ts';
import { epoch, parsePubkey, slot, ZERO_ROOT } from '../../../../core/units.ts';
import { parseCalendar, type LedgerInput } from '../../../../monitor/ledger/index.ts';
import type { BlockFacts } from '../../../../monitor/model/block-facts.ts';
import { mainnetValues, rulesOf, specOf } from './network-rules.ts';

export const ETH = 1_000_000_000n;
const never = epoch(FAR_FUTURE_EPOCH);
const values = mainnetValues();
const spec = specOf(values);

export const pubkeyOf = (index: number) =>
  parsePubkey(`0x${index.toString(16).padStart(2, '0').repeat(48)}`, 'pubkey');
export const ADDRESS = `0x${'ab'.repeat(20)}`;
export const credentials = (kind: '00' | '01' | '02') => `0x${kind}${'00'.repeat(11)}${ADDRESS.slice(2)}`;

export const stateOf = (index: number, changes: Partial<ValidatorState> = {}): ValidatorState => ({
  ...{ index: BigInt(index), pubkey: pubkeyOf(index), status: 'active_ongoing', slashed: false },
  ...{ balanceGwei: 32n * ETH, effectiveBalanceGwei: 32n * ETH, withdrawalCredentials: credentials('01') },
  ...{ activationEligibilityEpoch: epoch(0n), activationEpoch: epoch(0n) },
  ...{ exitEpoch: never, withdrawableEpoch: never },
  ...changes,
});

/** The first epoch of a fork that is well away from its start, on mainnet's constants. */
export const epochIn = (fork: ForkName): bigint => spec.forks.find(({ name }) => name === fork)!.epoch + 500n;

export const blockAt = (at: bigint, facts: Partial<BlockFacts> = {}): BlockFacts => ({
  ...{ slot: slot(at), root: ZERO_ROOT, parentRoot: ZERO_ROOT, stateRoot: ZERO_ROOT, proposerIndex: 999 },
  ...{
    signature: '0x',
    graffiti: ZERO_ROOT,
    attestations: [],
    syncBits: new Uint8Array(512),
    execution: null,
    withdrawals: [],
  },
  ...{ slashings: [], exits: [], credentialChanges: [], deposits: [] },
  ...{ withdrawalRequests: [], consolidationRequests: [] },
  ...facts,
});

/** An epoch of one validator, number 1, in which nothing happened but what is said. */
export function epochOf(
  number: bigint,
  opening: ValidatorState | null,
  closing: ValidatorState,
  more: Partial<LedgerInput> = {},
): LedgerInput {
  const at = epoch(number);
  const reward = (gwei: bigint) => ({
    ...{ validatorIndex: 1, epoch: epoch(number - 2n), gwei, idealGwei: gwei, method: 'endpoint' as const },
  });
  return {
    ...{
      epoch: at,
      rules: rulesOf(values),
      spec,
      calendar: parseCalendar('epochs:225', spec),
      validators: [1],
    },
    opening: new Map(opening === null ? [] : [[1, opening]]),
    closing: new Map([[1, closing]]),
    ...{ blocks: [], points: [], voteRewards: new Map([[1, reward(0n)]]), syncPositions: new Map() },
    ...{ syncRewardGwei: 22_830n, blockRewards: new Map(), verdicts: [], proposals: [], queue: null },
    ...more,
  };
}
