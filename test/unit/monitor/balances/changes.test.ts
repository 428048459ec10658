import { describe, expect, it } from 'vitest';
import '../../devnet/minimal-chain.ts';
import type { ValidatorState } from '../../../../beacon/index.ts';
import { epoch } from '../../../../core/units.ts';
import { validatorChanges } from '../../../../monitor/balances/index.ts';
import type { BlockFacts } from '../../../../monitor/model/block-facts.ts';
import { busyChain } from '../ledger/busy-chain.ts';
import { ledgerRun, shortDays } from '../ledger/ledger-run.ts';
import {
  ADDRESS,
  blockAt,
  credentials,
  epochIn,
  epochOf,
  ETH,
  pubkeyOf,
  stateOf,
} from '../ledger/made-up-epoch.ts';

const electra = epochIn('electra');
const { spec } = epochOf(electra, null, stateOf(1));
const first = electra * 32n;

const changes = (before: ValidatorState | null, after: ValidatorState, blocks: readonly BlockFacts[] = []) =>
  validatorChanges({
    ...{ spec, epoch: epoch(electra), blocks },
    before: new Map(before === null ? [] : [[1, before]]),
    after: new Map([[1, after]]),
  }).map(({ kind, slot, before: was, after: is, amountGwei }) => [
    kind,
    Number(slot - first),
    was,
    is,
    ...(amountGwei === null ? [] : [amountGwei]),
  ]);

describe('between two states', () => {
  it('nothing happened when nothing did', () => {
    expect(changes(stateOf(1), stateOf(1, { balanceGwei: 33n * ETH }))).toEqual([]);
  });

  it('a validator came to be', () => {
    const after = stateOf(1, { status: 'pending_initialized' });
    expect(changes(null, after)).toEqual([['status', 0, null, 'pending_initialized']]);
  });

  it('an exit shows in the slot in which it was asked for', () => {
    const exit = blockAt(first + 6n, { exits: [{ validatorIndex: 1, epoch: epoch(electra) }] });
    expect(changes(stateOf(1), stateOf(1, { status: 'active_exiting' }), [blockAt(first), exit])).toEqual([
      ['exit_requested', 6, null, null],
      ['status', 6, 'active_ongoing', 'active_exiting'],
    ]);
    // An ejection no block asked for.
    expect(changes(stateOf(1), stateOf(1, { status: 'active_exiting' }))).toEqual([
      ['status', 0, 'active_ongoing', 'active_exiting'],
    ]);
  });

  it('credentials and effective balance changed', () => {
    const after = stateOf(1, { withdrawalCredentials: credentials('01'), effectiveBalanceGwei: 31n * ETH });
    const before = stateOf(1, { withdrawalCredentials: credentials('00') });
    const change = blockAt(first + 2n, { credentialChanges: [{ validatorIndex: 1, address: ADDRESS }] });
    expect(changes(before, after, [change])).toEqual([
      ['effective_balance', 0, '32000000000', '31000000000'],
      ['credentials', 2, credentials('00'), credentials('01')],
    ]);
  });

  it('a slashing is told here only when no block tells it', () => {
    const slashed = stateOf(1, { slashed: true, status: 'active_slashed' });
    const block = blockAt(first + 4n, { slashings: [{ kind: 'proposer', validatorIndices: [1] }] });
    expect(changes(stateOf(1), slashed, [block])).toEqual([
      ['status', 4, 'active_ongoing', 'active_slashed'],
    ]);
    expect(changes(stateOf(1), slashed)).toEqual([
      ['status', 0, 'active_ongoing', 'active_slashed'],
      ['slashed', 0, null, null],
    ]);
  });
});

describe('requests in blocks', () => {
  const state = stateOf(1);
  const stranger = `0x${'cd'.repeat(20)}`;
  const [mine, other] = [pubkeyOf(1), pubkeyOf(2)];

  it('are those of the owner, and not those of strangers', () => {
    const withdrawal = (sourceAddress: string, amountGwei: bigint) => ({
      ...{ sourceAddress, pubkey: mine, amountGwei },
    });
    const consolidation = (sourceAddress: string, source: typeof mine, target: typeof mine) => ({
      ...{ sourceAddress, source, target },
    });
    const block = blockAt(first + 3n, {
      deposits: [
        { pubkey: mine, withdrawalCredentials: credentials('02'), amountGwei: ETH },
        { pubkey: other, withdrawalCredentials: credentials('02'), amountGwei: ETH },
      ],
      withdrawalRequests: [
        ...[withdrawal(stranger, 0n), withdrawal(stranger, 5n)],
        ...[withdrawal(ADDRESS, 0n), withdrawal(ADDRESS, 5n)],
      ],
      consolidationRequests: [
        ...[consolidation(stranger, mine, other), consolidation(ADDRESS, mine, other)],
        // Anybody may give us what is theirs.
        consolidation(stranger, other, mine),
        consolidation(ADDRESS, mine, mine),
      ],
    });
    expect(changes(state, state, [block])).toEqual([
      ['deposit_requested', 3, null, credentials('02'), ETH],
      ['exit_requested', 3, null, ADDRESS],
      ['withdrawal_requested', 3, null, ADDRESS, 5n],
      ['consolidation_requested', 3, null, other],
      ['consolidation_requested', 3, other, null],
    ]);
  });

  it('for a validator without an address have no owner', () => {
    const bls = stateOf(1, { withdrawalCredentials: credentials('00') });
    const withdrawalRequests = [{ sourceAddress: ADDRESS, pubkey: mine, amountGwei: 0n }];
    expect(changes(bls, bls, [blockAt(first, { withdrawalRequests })])).toEqual([]);
  });
});

describe('over a chain on which everything happens', () => {
  it('the changes lead from the first state to the last, each where the one before ended', async () => {
    const sim = busyChain({ seed: 'changes', epochs: 26, rates: { missedBlocks: 0.05 } });
    const validators = sim.headState().validators.map((_, index) => index);
    const to = sim.tree.head.postState!.finalized.epoch - 2;
    const ledgers = await ledgerRun({ sim, calendar: shortDays(8), validators, to });
    const { closing } = ledgers.at(-1)!.input;
    const seen = new Set<string>();
    for (const index of validators) {
      const start = ledgers[0]!.input.opening.get(index);
      const now: Record<string, string | null> = {
        status: start?.status ?? null,
        credentials: start?.withdrawalCredentials ?? null,
        effective_balance: start?.effectiveBalanceGwei.toString() ?? null,
      };
      for (const { changes: events, epoch: number } of ledgers)
        for (const { validatorIndex, kind, before, after, slot } of events) {
          if (validatorIndex !== index) continue;
          seen.add(kind);
          expect([Number(slot) >= number * 8, Number(slot) < number * 8 + 8]).toEqual([true, true]);
          if (!(kind in now)) continue;
          if (start !== undefined) expect([index, kind, before]).toEqual([index, kind, now[kind]]);
          now[kind] = after;
        }
      const last = closing.get(index);
      expect(now['status']).toBe(last?.status ?? null);
      if (start === undefined) continue;
      expect(now['credentials']).toBe(last!.withdrawalCredentials);
      expect(now['effective_balance']).toBe(last!.effectiveBalanceGwei.toString());
    }
    expect([...seen]).toEqual(
      expect.arrayContaining([
        ...['status', 'credentials', 'effective_balance', 'deposit_requested'],
        ...['exit_requested', 'withdrawal_requested', 'consolidation_requested'],
      ]),
    );
  });
});
