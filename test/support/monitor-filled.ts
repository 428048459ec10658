import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { FAR_FUTURE_EPOCH } from '../../core/uint64.ts';
import { epoch, parsePubkey, parseRoot, slot, type Root } from '../../core/units.ts';
import type { EpochRecord } from '../../monitor/model/epoch-record.ts';
import type { LedgerPart } from '../../monitor/model/ledger-part.ts';
import type { HeadState, MonitorState } from '../../monitor/model/monitor-state.ts';
import type { AttestationResult, AttestationVerdict, ProposalVerdict } from '../../monitor/model/verdicts.ts';
import type { WatchedValidator } from '../../monitor/model/watched-validator.ts';
import { openStore } from '../../monitor/store/index.ts';

/** A chain of 8 slots of 6 s an epoch. */
export const SLOTS_PER_EPOCH = 8n;
export const SLOT_MS = 6000;
export const GENESIS_SECONDS = 1_700_000_000n;

export const bytes = (length: number, fill: number): string =>
  `0x${fill.toString(16).padStart(2, '0').repeat(length)}`;
export const root = (fill: number): Root => parseRoot(bytes(32, fill), 'root');

/** Validators 0, 1 and 2 are of the group `home`, 3 and 4 of `rented`. */
export const WATCHED: readonly WatchedValidator[] = [0, 1, 2, 3, 4].map((index) => ({
  index,
  pubkey: parsePubkey(bytes(48, 0xa0 + index), 'pubkey'),
  group: index < 3 ? 'home' : 'rented',
  labels: [`rack:${index}`],
}));

export const groupOf = (index: number): string => WATCHED[index]?.group ?? 'default';

export function vote(
  validatorIndex: number,
  at: bigint,
  result: AttestationResult,
  distance = result === 'perfect' ? 1 : 3,
): AttestationVerdict {
  const due = slot(at * SLOTS_PER_EPOCH + 1n);
  const nothing = result === 'missed' || result === 'unknown';
  const flags = { source: true, target: result !== 'wrong_target', head: result === 'perfect' };
  return {
    validatorIndex,
    epoch: epoch(at),
    slot: due,
    result,
    inclusion: nothing
      ? null
      : {
          slot: slot(due + BigInt(distance)),
          distance,
          optimalDistance: distance === 3 ? 2 : distance,
          ...flags,
          messages: [],
        },
  };
}

export function part(validatorIndex: number, at: bigint, changes: Partial<LedgerPart> = {}): LedgerPart {
  const amounts = {
    attestationGwei: 100n,
    idealAttestationGwei: 120n,
    syncGwei: 0n,
    idealSyncGwei: 0n,
    proposerGwei: 0n,
    slashingGwei: 0n,
    withdrawalsPartialGwei: 0n,
    withdrawalsFullGwei: 0n,
    depositsGwei: 0n,
    consolidationGwei: 0n,
    residualGwei: 0n,
    ...changes,
  };
  const openingBalanceGwei = 32_000_000_000n + at * 1000n;
  // The next epoch of the same validator opens 1000 higher, so that adjoining parts agree.
  const explained = amounts.attestationGwei + amounts.syncGwei + amounts.proposerGwei + amounts.residualGwei;
  return {
    validatorIndex,
    day: at < 16n ? '2023-11-14' : '2023-11-15',
    startSlot: slot(at * SLOTS_PER_EPOCH),
    endSlot: slot((at + 1n) * SLOTS_PER_EPOCH - 1n),
    effectiveBalanceGwei: validatorIndex === 4 ? 2048_000_000_000n : 32_000_000_000n,
    method: 'endpoint',
    duties: {
      attestationsAssigned: 1,
      attestationsIncluded: 1,
      proposalsAssigned: 0,
      proposalsIncluded: 0,
      syncAssigned: 0,
      syncIncluded: 0,
    },
    ...amounts,
    depositsGwei: 1000n - explained,
    openingBalanceGwei,
    closingBalanceGwei: openingBalanceGwei + 1000n,
  };
}

/** An epoch in which everybody did everything, but for what is said. */
export function record(at: bigint, changes: Partial<EpochRecord> = {}): EpochRecord {
  return {
    epoch: epoch(at),
    validators: WATCHED.map(({ index }) => index),
    attestations: WATCHED.map(({ index }) => vote(index, at, 'perfect')),
    network: { epoch: epoch(at), due: 1000, included: 990 },
    networkBlocks: { epoch: epoch(at), due: 8, included: 8, syncDue: 256, syncHit: 250 },
    proposals: [],
    sync: [],
    voteRewards: [],
    parts: WATCHED.map(({ index }) => part(index, at)),
    payments: [],
    events: [],
    checkpoints: [],
    ...changes,
  };
}

export const votes = (at: bigint, odd: Readonly<Record<number, AttestationResult>>): AttestationVerdict[] =>
  WATCHED.map(({ index }) => vote(index, at, odd[index] ?? 'perfect'));

export const proposal = (
  validatorIndex: number,
  at: bigint,
  result: ProposalVerdict['result'],
): ProposalVerdict => {
  const there = result === 'included' || result === 'orphaned';
  return {
    validatorIndex,
    slot: slot(at),
    result,
    blockRoot: there ? root(Number(at)) : null,
    feeRecipient: there ? bytes(20, 7) : null,
    graffiti: there ? bytes(32, 0) : null,
    rewardGwei: result === 'included' ? 45_000_000n : null,
  };
};

/** Epochs 10 to 20 without 13, with something of everything. */
export function story(): EpochRecord[] {
  const plain = [10n, 11n, 12n, 14n, 16n, 18n].map((at) => record(at));
  return [
    ...plain,
    record(15n, {
      attestations: votes(15n, { 1: 'late', 2: 'unknown' }),
      proposals: [proposal(1, 121n, 'included'), proposal(3, 122n, 'missed'), proposal(2, 123n, 'orphaned')],
      payments: [
        {
          validatorIndex: 1,
          slot: slot(121n),
          amountWei: 10_000_000_000_000_000_001n,
          kind: 'mev',
          method: 'relay',
          confidence: 'exact',
          feeRecipient: bytes(20, 7),
        },
      ],
    }),
    record(17n, {
      sync: [
        {
          validatorIndex: 4,
          epoch: epoch(17n),
          positions: 2,
          due: 16,
          hit: 13,
          committeeDue: 256,
          committeeHit: 250,
        },
      ],
      parts: WATCHED.map(({ index }) =>
        part(index, 17n, index === 4 ? { syncGwei: -33n, idealSyncGwei: 90n, residualGwei: -7n } : {}),
      ),
    }),
    record(19n, {
      attestations: votes(19n, { 3: 'missed' }),
      events: [
        {
          validatorIndex: 0,
          epoch: epoch(19n),
          slot: slot(153n),
          kind: 'withdrawal_partial',
          amountGwei: 5n,
          before: null,
          after: bytes(20, 9),
        },
        {
          validatorIndex: 2,
          epoch: epoch(19n),
          slot: slot(152n),
          kind: 'status',
          amountGwei: null,
          before: 'active_ongoing',
          after: 'active_exiting',
        },
      ],
    }),
    record(20n, {
      attestations: votes(20n, { 3: 'missed' }),
      payments: [
        {
          validatorIndex: 3,
          slot: slot(161n),
          amountWei: 0n,
          kind: 'vanilla',
          method: 'none',
          confidence: 'unresolved',
          feeRecipient: bytes(20, 8),
        },
      ],
      proposals: [proposal(3, 161n, 'included')],
    }),
  ];
}

/** A database on disk with these records. */
export function filledStore(records: readonly EpochRecord[] = story()) {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-monitor-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const store = openStore({
    path: join(folder, 'monitor.sqlite'),
    chain: {
      network: 'minimal',
      chainId: 1n,
      genesisValidatorsRoot: root(1),
      genesisTimeSeconds: GENESIS_SECONDS,
      slotDurationMs: BigInt(SLOT_MS),
      slotsPerEpoch: SLOTS_PER_EPOCH,
      ledgerDay: 'utc',
    },
  });
  onTestFinished(() => store.close());
  store.watch(WATCHED, epoch(10n));
  for (const each of records) store.writeEpoch(each);
  store.putStatuses(
    epoch(20n),
    WATCHED.map(({ index, pubkey }) => ({
      index: BigInt(index),
      pubkey,
      status: index === 2 ? 'active_exiting' : 'active_ongoing',
      balanceGwei: 32_000_000_001n,
      effectiveBalanceGwei: index === 4 ? 2048_000_000_000n : 32_000_000_000n,
      slashed: false,
      withdrawalCredentials: bytes(32, 2),
      activationEligibilityEpoch: epoch(0n),
      activationEpoch: epoch(0n),
      exitEpoch: epoch(index === 2 ? 40n : FAR_FUTURE_EPOCH),
      withdrawableEpoch: epoch(index === 2 ? 50n : FAR_FUTURE_EPOCH),
    })),
  );
  return { folder, store };
}

/** The head in the middle of epoch 23; epoch 21 is closed, validator 3 still missing. */
export function headState(changes: Partial<HeadState> = {}): HeadState {
  const at = (of: bigint, closed: boolean, odd: Readonly<Record<number, AttestationResult>>) => ({
    epoch: epoch(of),
    closed,
    verdicts: votes(of, odd),
    network: { epoch: epoch(of), due: 1000, included: 980 },
  });
  return {
    slot: slot(187n),
    root: root(0x87),
    attestations: [
      at(21n, true, { 3: 'missed' }),
      at(22n, false, { 3: 'missed', 0: 'missed', 1: 'unknown' }),
    ],
    proposals: [
      proposal(0, 170n, 'missed'),
      proposal(1, 180n, 'included'),
      proposal(4, 190n, 'scheduled'),
      proposal(0, 198n, 'scheduled'),
    ],
    slashed: [],
    syncCurrent: new Map([[4, 2]]),
    syncNext: new Map([[1, 1]]),
    missedInRow: new Map([[3, 3]]),
    ...changes,
  };
}

export const startMs = (at: bigint): number => Number(GENESIS_SECONDS) * 1000 + Number(at) * SLOT_MS;

/** All is well at slot 188, three seconds into it. */
export const NOW_MS = startMs(188n) + 3000;

export function monitorState(changes: Partial<MonitorState> = {}): MonitorState {
  const lastSuccess = NOW_MS - 5000;
  return {
    network: 'minimal',
    slotsPerEpoch: SLOTS_PER_EPOCH,
    slotDurationMs: SLOT_MS,
    genesisTimeSeconds: GENESIS_SECONDS,
    clockSlot: slot(188n),
    head: headState(),
    finalizedEpoch: epoch(22n),
    lastFinalEpoch: epoch(20n),
    gapEpochs: 1,
    watched: WATCHED,
    pending: [bytes(48, 0xee)],
    watchFileProblem: null,
    watchProblems: [],
    nodes: [
      {
        name: 'http://one:5052',
        doubt: null,
        score: 100,
        headSlot: 187n,
        syncDistance: 0n,
        selected: true,
      },
      {
        name: 'http://two:5052',
        doubt: 'syncing',
        score: 0,
        headSlot: 100n,
        syncDistance: 87n,
        selected: false,
      },
    ],
    lastSuccessMs: {
      'head': lastSuccess,
      'finality': lastSuccess,
      'watch-list': lastSuccess,
      'foreign-signatures': null,
      'execution-income': lastSuccess,
      'retention': lastSuccess,
    },
    errors: {
      'head': 2,
      'finality': 0,
      'watch-list': 0,
      'foreign-signatures': 0,
      'execution-income': 0,
      'retention': 0,
    },
    unjudged: { messages: 0, oldestSlot: null, epochs: 0, accused: 0 },
    reorgs: 4,
    startedMs: startMs(80n),
    ...changes,
  };
}
