import { describe, expect, it } from 'vitest';
import { epoch, slot } from '../../../../core/units.ts';
import { ledgerParts, parseCalendar, type LedgerInput } from '../../../../monitor/ledger/index.ts';
import type { LedgerPart } from '../../../../monitor/model/ledger-part.ts';
import { ADDRESS, blockAt, credentials, epochIn, epochOf, ETH, pubkeyOf, stateOf } from './made-up-epoch.ts';

const electra = epochIn('electra');
const first = electra * 32n;
const only = (input: LedgerInput): LedgerPart => {
  const { parts } = ledgerParts(input);
  expect(parts).toHaveLength(1);
  return parts[0]!;
};
const withBalance = (balanceGwei: bigint) => stateOf(1, { balanceGwei });
const vote = (gwei: bigint, method: 'endpoint' | 'balance' = 'endpoint') =>
  new Map([[1, { validatorIndex: 1, epoch: epoch(electra - 2n), gwei, idealGwei: 9234n, method }]]);

describe('one gwei too much', () => {
  it.each([
    [1n, 1n],
    [-1n, -1n],
    [7n * ETH, 7n * ETH],
  ])('%i is the residual, and asks for a look', (off, residual) => {
    const input = epochOf(electra, withBalance(32n * ETH), withBalance(32n * ETH + 9234n + off), {
      voteRewards: vote(9234n),
    });
    const { parts, unexplained } = ledgerParts(input);
    expect(parts[0]).toMatchObject({ attestationGwei: 9234n, residualGwei: residual, method: 'endpoint' });
    expect(unexplained).toEqual([{ validatorIndex: 1, gwei: off, startSlot: first, endSlot: first + 31n }]);
  });

  it('is put where it belongs when there are several days', () => {
    const utc = parseCalendar('utc', epochOf(electra, null, stateOf(1)).spec);
    let number = electra;
    while (utc.cuts(epoch(number)).length === 0) number += 1n;
    const cut = utc.cuts(epoch(number))[0]!;
    const input = epochOf(number, withBalance(32n * ETH), withBalance(32n * ETH + 5n), {
      calendar: utc,
      points: [{ slot: slot(cut - 1n), balancesGwei: new Map([[1, 32n * ETH]]) }],
    });
    const { parts } = ledgerParts(input);
    expect(parts.map(({ startSlot, endSlot, residualGwei }) => [startSlot, endSlot, residualGwei])).toEqual([
      [number * 32n, cut - 1n, 0n],
      [cut, number * 32n + 31n, 5n],
    ]);
    expect(parts[0]!.day < parts[1]!.day).toBe(true);
    // What one day cannot explain is not the next one's as well.
    const early = ledgerParts({
      ...input,
      points: [{ slot: slot(cut - 1n), balancesGwei: new Map([[1, 32n * ETH + 5n]]) }],
    });
    expect(early.parts.map(({ residualGwei }) => residualGwei)).toEqual([5n, 0n]);
    expect(early.unexplained.map(({ gwei, endSlot }) => [gwei, endSlot])).toEqual([[5n, cut - 1n]]);
    expect(() => ledgerParts({ ...input, points: [] })).toThrow(
      expect.objectContaining({ code: 'BALANCES_MISSING' }),
    );
  });
});

describe('a reward that the node did not tell', () => {
  it('is what the balance did, and an estimate is corrected', () => {
    const input = epochOf(electra, withBalance(32n * ETH), withBalance(32n * ETH + 9230n));
    expect(only({ ...input, voteRewards: new Map() })).toMatchObject({
      ...{ attestationGwei: 9230n, residualGwei: 0n, method: 'balance' },
    });
    expect(only({ ...input, voteRewards: vote(9233n, 'balance') })).toMatchObject({
      ...{ attestationGwei: 9230n, residualGwei: 0n, method: 'balance', idealAttestationGwei: 9234n },
    });
  });

  it('is not taken for a deposit', () => {
    for (const syncRewardGwei of [22_830n, null]) {
      const input = epochOf(electra, withBalance(32n * ETH), withBalance(33n * ETH + 9230n), {
        syncRewardGwei,
      });
      const { parts, unexplained } = ledgerParts({ ...input, voteRewards: new Map() });
      expect(parts[0]!.residualGwei).toBeGreaterThan((ETH * 9n) / 10n);
      expect(unexplained).toHaveLength(1);
      const queue = {
        ...{ consolidations: [], returned: [], deposits: [{ pubkey: pubkeyOf(1), amountGwei: ETH }] },
      };
      expect(only({ ...input, voteRewards: new Map(), queue })).toMatchObject({
        ...{ attestationGwei: 9230n, depositsGwei: ETH, residualGwei: 0n },
      });
    }
  });

  it('of a block is not taken for one either', () => {
    const input = epochOf(electra, withBalance(32n * ETH), withBalance(34n * ETH), {
      blocks: [blockAt(first, { proposerIndex: 1 })],
    });
    expect(ledgerParts(input).unexplained).toHaveLength(1);
    const paid = epochOf(electra, withBalance(32n * ETH), withBalance(32n * ETH + 40_000_000n), {
      blocks: [blockAt(first, { proposerIndex: 1 })],
    });
    expect(only(paid)).toMatchObject({ proposerGwei: 40_000_000n, residualGwei: 0n, method: 'balance' });
  });

  it('is none of those who are not paid: a balance that moves is unexplained', () => {
    const exited = { exitEpoch: epoch(electra - 300n), withdrawableEpoch: epoch(electra - 44n) };
    const state = (balanceGwei: bigint) => stateOf(1, { ...exited, balanceGwei });
    const input = epochOf(electra, state(ETH), state(ETH + 5n), { voteRewards: new Map() });
    expect(only(input)).toMatchObject({ attestationGwei: 0n, residualGwei: 5n });
  });

  it('of a sync committee is what the balance did, within what a position can be paid', () => {
    const moved = (gwei: bigint) =>
      only(
        epochOf(
          electra,
          stateOf(1, { balanceGwei: 32n * ETH }),
          stateOf(1, { balanceGwei: 32n * ETH + gwei }),
          {
            ...{ syncPositions: new Map([[1, [3]]]), syncRewardGwei: null, blocks: [blockAt(first + 1n)] },
          },
        ),
      );
    expect(moved(-700n)).toMatchObject({ syncGwei: -700n, residualGwei: 0n, method: 'balance' });
    expect(moved(700n)).toMatchObject({ syncGwei: 0n, residualGwei: 700n });
    expect(moved(-ETH)).toMatchObject({ syncGwei: -100_000_000n, residualGwei: 100_000_000n - ETH });
  });
});

describe('a balance near zero', () => {
  const gone = { exitEpoch: epoch(electra - 300n), withdrawableEpoch: epoch(electra - 44n) };
  const state = (balanceGwei: bigint) =>
    stateOf(1, { ...gone, balanceGwei, effectiveBalanceGwei: 0n, status: 'withdrawal_done' });
  const bits = (...set: number[]) => Uint8Array.from({ length: 512 }, (_, at) => (set.includes(at) ? 1 : 0));

  it('is not penalized below it, position by position', () => {
    const sync = { syncPositions: new Map([[1, [2, 5]]]), syncRewardGwei: 100n };
    // Missed and hit is worth more than hit and missed.
    const missedFirst = { ...sync, blocks: [blockAt(first + 1n, { syncBits: bits(5) })] };
    expect(only(epochOf(electra, state(30n), state(100n), missedFirst))).toMatchObject({
      ...{ syncGwei: 70n, idealSyncGwei: 200n, residualGwei: 0n },
      duties: { syncAssigned: 2, syncIncluded: 1 },
    });
    const hitFirst = { ...sync, blocks: [blockAt(first + 1n, { syncBits: bits(2) })] };
    expect(only(epochOf(electra, state(30n), state(30n), hitFirst))).toMatchObject({
      ...{ syncGwei: 0n, residualGwei: 0n },
    });
  });

  it('proves by a withdrawal that something came which nobody told', () => {
    const withdrawals = [{ validatorIndex: 1, address: ADDRESS, amountGwei: ETH }];
    const blocks = [blockAt(first + 1n, { withdrawals })];
    const input = epochOf(electra, state(0n), state(0n), { blocks });
    const { parts, unexplained, events } = ledgerParts(input);
    expect(parts[0]).toMatchObject({ withdrawalsFullGwei: ETH, residualGwei: ETH });
    expect(unexplained).toMatchObject([{ gwei: ETH, startSlot: first }]);
    expect(events).toMatchObject([{ kind: 'withdrawal_full', amountGwei: ETH, slot: first + 1n }]);
  });
});

describe('a withdrawal', () => {
  it.each([
    ['of 40 ETH, before it is withdrawable: part of it', 40n * ETH, electra + 1n, 'withdrawalsPartialGwei'],
    ['of a gwei, when it is: all of it', 1n, electra, 'withdrawalsFullGwei'],
  ] as const)('%s', (_name, amountGwei, withdrawableEpoch, field) => {
    const state = (balanceGwei: bigint) =>
      stateOf(1, {
        balanceGwei,
        withdrawableEpoch: epoch(withdrawableEpoch),
        exitEpoch: epoch(electra - 256n),
      });
    const blocks = [blockAt(first, { withdrawals: [{ validatorIndex: 1, address: ADDRESS, amountGwei }] })];
    const part = only(epochOf(electra, state(amountGwei), state(0n), { blocks }));
    expect(part).toMatchObject({ [field]: amountGwei, residualGwei: 0n });
    expect(part.withdrawalsPartialGwei + part.withdrawalsFullGwei).toBe(amountGwei);
  });

  it('of somebody with an index that is no validator’s is nobody’s', () => {
    const withdrawals = [{ validatorIndex: 2 ** 40 + 1, address: ADDRESS, amountGwei: ETH }];
    const input = epochOf(electra, stateOf(1), stateOf(1), { blocks: [blockAt(first, { withdrawals })] });
    expect(ledgerParts(input)).toMatchObject({ events: [], unexplained: [] });
  });
});

describe('a slashing', () => {
  const slashed = (balanceGwei: bigint, withdrawable = electra + 8192n) =>
    stateOf(1, {
      balanceGwei,
      slashed: true,
      withdrawableEpoch: epoch(withdrawable),
      exitEpoch: epoch(electra + 5n),
    });
  const by = (kind: 'proposer' | 'attester') => ({ kind, validatorIndices: [1, 2] });

  it.each([
    ['bellatrix', ETH],
    ['electra', 7_812_500n],
  ] as const)('costs what it costs in %s, once, whoever says it again', (fork, cost) => {
    const number = epochIn(fork);
    const blocks = [
      blockAt(number * 32n + 3n, { slashings: [by('attester')] }),
      blockAt(number * 32n + 4n, { slashings: [by('proposer'), by('attester')] }),
    ];
    const { parts, events } = ledgerParts(epochOf(number, stateOf(1), slashed(32n * ETH - cost), { blocks }));
    expect(parts[0]).toMatchObject({ slashingGwei: -cost, residualGwei: 0n });
    expect(events).toMatchObject([
      { kind: 'slashed', slot: number * 32n + 3n, amountGwei: cost, after: 'attester' },
    ]);
  });

  it('that names one who is slashed already, or cannot be, changes nothing', () => {
    const blocks = [blockAt(first + 3n, { slashings: [by('attester')] })];
    for (const state of [slashed(ETH, electra + 100n), stateOf(1, { balanceGwei: ETH })])
      expect(ledgerParts(epochOf(electra, state, state, { blocks }))).toMatchObject({
        ...{ events: [], unexplained: [] },
      });
  });

  it('is followed by penalties that are losses by slashing, and halfway by the correlation penalty', () => {
    const before = slashed(31n * ETH, electra - 1n + 4096n);
    const input = epochOf(
      electra,
      before,
      { ...before, balanceGwei: 30n * ETH },
      { voteRewards: vote(-6840n) },
    );
    const { parts, events, unexplained } = ledgerParts(input);
    expect(parts[0]).toMatchObject({
      slashingGwei: -ETH,
      attestationGwei: 0n,
      idealAttestationGwei: 0n,
      residualGwei: 0n,
    });
    expect(events).toMatchObject([{ kind: 'correlation_penalty', slot: first, amountGwei: ETH - 6840n }]);
    expect(unexplained).toEqual([]);
    // At any other epoch the same loss is unexplained.
    const early = slashed(31n * ETH, electra + 4096n);
    const other = epochOf(
      electra,
      early,
      { ...early, balanceGwei: 30n * ETH },
      { voteRewards: vote(-6840n) },
    );
    expect(only(other)).toMatchObject({ slashingGwei: -6840n, residualGwei: 6840n - ETH });
    // And a gain is no penalty.
    expect(only(epochOf(electra, before, { ...before, balanceGwei: 33n * ETH })).residualGwei).toBe(2n * ETH);
  });
});

describe('a deposit', () => {
  const deposits = [{ pubkey: pubkeyOf(1), withdrawalCredentials: credentials('01'), amountGwei: 3n * ETH }];

  it('is applied by the block before Electra, and asked for since', () => {
    const deneb = epochIn('deneb');
    const old = [blockAt(deneb * 32n + 9n, { deposits })];
    expect(
      ledgerParts(epochOf(deneb, withBalance(ETH), withBalance(4n * ETH), { blocks: old })),
    ).toMatchObject({
      parts: [{ depositsGwei: 3n * ETH, residualGwei: 0n }],
      events: [{ kind: 'deposit_applied', slot: deneb * 32n + 9n, amountGwei: 3n * ETH }],
    });
    const now = [blockAt(first + 9n, { deposits })];
    expect(ledgerParts(epochOf(electra, withBalance(ETH), withBalance(ETH), { blocks: now }))).toMatchObject({
      parts: [{ depositsGwei: 0n, residualGwei: 0n }],
      events: [],
    });
  });

  it('may be the beginning of a validator; before it, there is no row', () => {
    const queue = {
      ...{ consolidations: [], returned: [], deposits: [{ pubkey: pubkeyOf(1), amountGwei: 32n * ETH }] },
    };
    expect(only(epochOf(electra, null, stateOf(1), { queue }))).toMatchObject({
      ...{ openingBalanceGwei: 0n, depositsGwei: 32n * ETH, residualGwei: 0n },
    });
    expect(ledgerParts({ ...epochOf(electra, null, stateOf(1)), closing: new Map() }).parts).toEqual([]);
  });
});

describe('a switch to compounding', () => {
  const before = stateOf(1, { balanceGwei: 34n * ETH });
  const after = stateOf(1, { withdrawalCredentials: credentials('02') });
  const request = (sourceAddress = ADDRESS, target = 1) => ({
    consolidationRequests: [{ sourceAddress, source: pubkeyOf(1), target: pubkeyOf(target) }],
  });

  it('sends what is above 32 ETH back to the queue, when its owner asked and was heard', () => {
    const blocks = [
      blockAt(first + 1n, request(`0x${'cd'.repeat(20)}`)),
      blockAt(first + 2n, request(ADDRESS, 2)),
      blockAt(first + 3n, request()),
      blockAt(first + 4n, request()),
    ];
    const { parts, events } = ledgerParts(epochOf(electra, before, after, { blocks }));
    expect(parts[0]).toMatchObject({ depositsGwei: -2n * ETH, residualGwei: 0n });
    expect(events).toMatchObject([{ kind: 'deposit_requested', slot: first + 3n, amountGwei: 2n * ETH }]);
  });

  it('that was not heard changes nothing', () => {
    const input = epochOf(electra, before, before, { blocks: [blockAt(first + 3n, request())] });
    expect(ledgerParts(input)).toMatchObject({ events: [], unexplained: [] });
  });

  it('by the fork itself is in the queue', () => {
    const queue = {
      ...{ consolidations: [], deposits: [], returned: [{ pubkey: pubkeyOf(1), amountGwei: 32n * ETH }] },
    };
    const pending = stateOf(1, { activationEpoch: epoch(2n ** 64n - 1n) });
    expect(only(epochOf(electra, pending, { ...pending, balanceGwei: 0n }, { queue }))).toMatchObject({
      ...{ depositsGwei: -32n * ETH, residualGwei: 0n },
    });
  });
});

describe('duties', () => {
  it('are counted in the slot in which they were due; of what is unknown nothing is', () => {
    const verdict = (at: bigint, result: 'perfect' | 'missed' | 'unknown') => ({
      ...{ validatorIndex: 1, epoch: epoch(electra), slot: slot(at), result, inclusion: null },
    });
    const proposal = (at: bigint, result: 'included' | 'orphaned' | 'unknown' | 'scheduled') => ({
      ...{ validatorIndex: 1, slot: slot(at), result, blockRoot: null, feeRecipient: null },
      ...{ graffiti: null, rewardGwei: null },
    });
    const input = epochOf(electra, stateOf(1), stateOf(1), {
      verdicts: [
        verdict(first + 1n, 'perfect'),
        verdict(first + 2n, 'missed'),
        verdict(first + 3n, 'unknown'),
      ],
      proposals: [
        proposal(first + 1n, 'included'),
        proposal(first + 2n, 'orphaned'),
        ...[proposal(first + 3n, 'unknown'), proposal(first + 4n, 'scheduled')],
      ],
    });
    expect(only(input).duties).toEqual({
      ...{ attestationsAssigned: 2, attestationsIncluded: 1, proposalsAssigned: 2, proposalsIncluded: 1 },
      ...{ syncAssigned: 0, syncIncluded: 0 },
    });
    const elsewhere = { ...input, verdicts: [verdict(first - 1n, 'perfect')] };
    expect(() => ledgerParts(elsewhere)).toThrow(RangeError);
  });
});
