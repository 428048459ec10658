import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { ValidatorState } from '../../../../beacon/index.ts';
import { slot } from '../../../../core/units.ts';
import { createMonitorMetrics } from '../../../../monitor/metrics/index.ts';
import type { ExecutionPayment } from '../../../../monitor/model/ledger-part.ts';
import type { MonitorState } from '../../../../monitor/model/monitor-state.ts';
import {
  filledStore,
  groupOf,
  headState,
  monitorState,
  NOW_MS,
  part,
  proposal,
  record,
  SLOT_MS,
  story,
  vote,
  votes,
  WATCHED,
} from '../../../support/monitor-filled.ts';

/** Metrics over a real database, read as Prometheus reads them. */
function scraped(options: { readonly perValidatorLimit?: number } = {}) {
  const { store } = filledStore();
  const registry = new Registry();
  const metrics = createMonitorMetrics(registry, {
    perValidatorLimit: options.perValidatorLimit ?? 0,
    nowMs: () => NOW_MS,
    statusOf: (index) => store.statusOf(index),
    unresolvedBlocks: () => store.query.unresolvedPayments(),
  });
  const read = async (): Promise<ReadonlyMap<string, number>> => {
    const lines = (await registry.metrics())
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => {
        const [series, value] = [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)];
        return [series.replace('vigil_monitor_', ''), Number(value)];
      }),
    );
  };
  const at = async (state: Partial<MonitorState> = {}): Promise<ReadonlyMap<string, number>> => {
    metrics.update(monitorState(state));
    return read();
  };
  return { metrics, read, at };
}

const named = (series: ReadonlyMap<string, number>, ...names: readonly string[]): string[] =>
  [...series.keys()].filter((key) => names.some((name) => key === name || key.startsWith(`${name}{`)));

describe('what is not known', () => {
  const PROVISIONAL = [
    'head_attestation_missed_ratio',
    'network_attestation_missed_ratio',
    'attestations_worse_than_network',
    'validators_missing_in_row',
    'slashing_seen_in_block',
    'proposal_upcoming_seconds',
    'sync_committee_active',
    'sync_committee_next',
    'validator_missing_in_row',
  ];

  it('is told while the head is fresh, and ends when it is old: never as missed', async () => {
    const { at } = scraped({ perValidatorLimit: 5 });
    const fresh = await at();
    for (const name of PROVISIONAL) expect(named(fresh, name), name).not.toEqual([]);
    const old = await at({ clockSlot: slot(192n) });
    expect(named(old, ...PROVISIONAL)).toEqual([]);
    expect(named(await at({ head: null }), ...PROVISIONAL)).toEqual([]);
    // And comes back.
    expect(named(await at(), ...PROVISIONAL)).toEqual(named(fresh, ...PROVISIONAL));
  });

  it('has no series at the start', async () => {
    const started = await scraped().at({ head: null, finalizedEpoch: null, lastFinalEpoch: null });
    expect(named(started, 'head_slot', 'finalized_epoch', 'last_final_epoch')).toEqual([]);
    expect(started.get('last_success_timestamp_seconds{task="foreign-signatures"}')).toBeUndefined();
  });

  it('does not count among the votes', async () => {
    const verdicts = [
      vote(0, 21n, 'unknown'),
      vote(1, 21n, 'missed'),
      vote(2, 21n, 'perfect'),
      vote(3, 21n, 'unknown'),
    ];
    const [closed] = headState().attestations;
    const series = await scraped().at({ head: headState({ attestations: [{ ...closed!, verdicts }] }) });
    expect(series.get('head_attestation_missed_ratio{group="home"}')).toBe(0.5);
    expect(series.get('head_attestation_missed_ratio{group="rented"}')).toBeUndefined();
    expect(series.get('attestations_worse_than_network{group="rented"}')).toBeUndefined();
  });

  it('is the status of validators that were never seen', async () => {
    const stranger = { ...WATCHED[0]!, index: 77, group: 'new' };
    const series = await scraped().at({ watched: [stranger] });
    expect(series.get('validators{group="new",status="unknown"}')).toBe(1);
    expect(series.get('validators_active{group="new"}')).toBe(0);
  });
});

describe('the present', () => {
  it('is told by group', async () => {
    const series = await scraped().at();
    expect(Object.fromEntries(series)).toMatchObject({
      'clock_slot': 188,
      'clock_epoch': 23,
      'head_slot': 187,
      'finalized_epoch': 22,
      'last_final_epoch': 20,
      'gap_epochs': 1,
      'pending_validators': 1,
      'healthy': 1,
      'unhealthy{reason="head-old"}': 0,
      'errors_total{task="head"}': 2,
      'reorgs_total': 4,
      'validators{group="home",status="active_ongoing"}': 2,
      'validators{group="home",status="active_exiting"}': 1,
      'validators{group="rented",status="active_exiting"}': 0,
      'validators_active{group="home"}': 3,
      'validators_slashed{group="home"}': 0,
      'effective_balance_gwei{group="rented"}': 2080e9,
      'balance_gwei{group="home"}': 96_000_000_003,
      'execution_unresolved_blocks{group="home"}': 0,
      'execution_unresolved_blocks{group="rented"}': 1,
      'head_attestation_missed_ratio{group="home"}': 0,
      'head_attestation_missed_ratio{group="rented"}': 0.5,
      'network_attestation_missed_ratio': 0.02,
      'attestations_worse_than_network{group="home"}': 0,
      'attestations_worse_than_network{group="rented"}': 1,
      'validators_missing_in_row{group="home",n="3"}': 0,
      'validators_missing_in_row{group="rented",n="3"}': 1,
      'proposal_upcoming_seconds{group="rented"}': 9,
      'proposal_upcoming_seconds{group="home"}': 57,
      'sync_committee_active{group="rented"}': 1,
      'sync_committee_active{group="home"}': 0,
      'sync_committee_next{group="home"}': 1,
    });
  });

  it('says why it is not healthy', async () => {
    const series = await scraped().at({ nodes: [] });
    expect(series.get('healthy')).toBe(0);
    expect(series.get('unhealthy{reason="no-beacon-node"}')).toBe(1);
  });

  it('says how long messages of ours wait for a signer to be asked about them', async () => {
    const { at } = scraped({ perValidatorLimit: 0 });
    expect((await at()).get('foreign_unjudged_age_seconds')).toBe(0);
    const waiting = await at({ unjudged: { messages: 7, oldestSlot: slot(180n), epochs: 3, accused: 2 } });
    expect(waiting.get('foreign_unjudged_messages')).toBe(7);
    expect(waiting.get('foreign_uncompared_epochs')).toBe(3);
    expect(waiting.get('foreign_unsettled_keys')).toBe(2);
    // Slot 188 and three seconds.
    expect(waiting.get('foreign_unjudged_age_seconds')).toBe((8 * SLOT_MS) / 1000 + 3);
    expect(
      named(
        await at({ unjudged: null }),
        ...['foreign_unjudged_messages', 'foreign_unjudged_age_seconds'],
        ...['foreign_uncompared_epochs', 'foreign_unsettled_keys'],
      ),
    ).toEqual([]);
  });

  it('says how much of the watch list is as it was before', async () => {
    const { at } = scraped({ perValidatorLimit: 0 });
    expect((await at()).get('watch_list_problems')).toBe(0);
    const old = await at({
      watchFileProblem: 'line 3',
      watchProblems: ['line 3', 'http://signer: status 503'],
    });
    expect(old.get('watch_list_problems')).toBe(2);
    expect(old.get('unhealthy{reason="watch-file-old"}')).toBe(1);
  });

  it('forgets groups that are not watched any more', async () => {
    const { at } = scraped();
    await at();
    const series = await at({ watched: WATCHED.slice(0, 1) });
    expect(series.get('validators_active{group="home"}')).toBe(1);
    expect(named(series, 'validators', 'balance_gwei').filter((key) => key.includes('rented'))).toEqual([]);
  });

  it('counts a slashing in a block once for each validator', async () => {
    const slashed = [
      { validatorIndex: 3, slot: slot(180n) },
      { validatorIndex: 3, slot: slot(181n) },
    ];
    const series = await scraped().at({ head: headState({ slashed }) });
    expect(series.get('slashing_seen_in_block{group="rented"}')).toBe(1);
  });
});

describe('counters', () => {
  it('are there with 0 for every group before anything happened', async () => {
    const series = await scraped().at({ head: null });
    for (const [group, result] of [
      ['home', 'missed'],
      ['rented', 'unknown'],
    ])
      expect(series.get(`attestations_total{group="${group}",result="${result}"}`)).toBe(0);
    expect(series.get('proposals_total{group="home",result="missed",stage="head"}')).toBe(0);
    expect(series.get('sync_contributions_total{group="home",result="miss"}')).toBe(0);
    expect(series.get('rewards_gwei_total{group="home",kind="proposer"}')).toBe(0);
    expect(series.get('penalties_gwei_total{group="home",kind="slashing"}')).toBe(0);
    expect(series.get('foreign_messages_total{group="home",kind="block"}')).toBe(0);
    expect(series.get('validators_slashed_total{group="rented"}')).toBe(0);
    expect(series.get('residual_gwei_total{group="rented"}')).toBe(0);
    expect(series.get('watch_list_reload_failures_total')).toBe(0);
  });

  it.each([
    ['to a stranger', { feeRecipient: `0x${'cc'.repeat(20)}` }, 1],
    [
      'that nobody can tell of, with a stranger in the block',
      { feeRecipient: `0x${'cc'.repeat(20)}`, method: 'none', confidence: 'unresolved' },
      1,
    ],
    ['to a fee recipient of ours', { feeRecipient: `0x${'AA'.repeat(20)}` }, 0],
    ['to the withdrawal address', { feeRecipient: `0x${'dd'.repeat(20)}` }, 0],
  ] as const)('count blocks that paid somebody else: %s', async (_what, paid, expected) => {
    const payment: ExecutionPayment = {
      ...({
        validatorIndex: 1,
        slot: slot(100n),
        amountWei: 1n,
        kind: 'mev',
        method: 'relay',
        confidence: 'exact',
      } as const),
      ...paid,
    };
    const [first] = story();
    for (const feeRecipients of [[`0x${'aa'.repeat(20)}`], []]) {
      const registry = new Registry();
      const metrics = createMonitorMetrics(registry, {
        ...{ perValidatorLimit: 0, nowMs: () => NOW_MS, unresolvedBlocks: () => new Map(), feeRecipients },
        statusOf: () =>
          ({ withdrawalCredentials: `0x01${'00'.repeat(11)}${'dd'.repeat(20)}` }) as ValidatorState,
      });
      metrics.final({ ...first!, payments: [payment] }, groupOf);
      const { values } = await registry
        .getSingleMetric('vigil_monitor_fee_recipient_mismatches_total')!
        .get();
      expect(values.reduce((sum, { value }) => sum + value, 0)).toBe(
        feeRecipients.length === 0 ? 0 : expected,
      );
    }
  });

  it('count what is final', async () => {
    const { metrics, at, read } = scraped();
    await at();
    for (const each of story()) metrics.final(each, groupOf);
    metrics.foreign({ kind: 'attestation', validatorIndex: 3 }, groupOf);
    metrics.watchListFailed();
    expect(Object.fromEntries(await read())).toMatchObject({
      'attestations_total{group="home",result="perfect"}': 28,
      'attestations_total{group="home",result="late"}': 1,
      'attestations_total{group="home",result="unknown"}': 1,
      'attestations_total{group="rented",result="missed"}': 2,
      'proposals_total{group="home",result="included",stage="final"}': 1,
      'proposals_total{group="home",result="orphaned",stage="final"}': 1,
      'proposals_total{group="rented",result="missed",stage="final"}': 1,
      'sync_contributions_total{group="rented",result="hit"}': 13,
      'sync_contributions_total{group="rented",result="miss"}': 3,
      'rewards_gwei_total{group="home",kind="attestation"}': 3000,
      'penalties_gwei_total{group="rented",kind="sync"}': 33,
      'ideal_rewards_gwei_total{group="rented",kind="sync"}': 90,
      'execution_rewards_gwei_total{group="home",method="relay"}': 1e10,
      'ledger_parts_total{group="rented",method="endpoint"}': 20,
      'residual_gwei_total{group="rented"}': 7,
      'residual_gwei_total{group="home"}': 0,
      'status_changes_total{group="home",to="active_exiting"}': 1,
      'foreign_messages_total{group="rented",kind="attestation"}': 1,
      'watch_list_reload_failures_total': 1,
    });
  });

  it('count a proposal at the head once, and again when its result changes', async () => {
    const { at } = scraped();
    const head = 'proposals_total{group="home",result="missed",stage="head"}';
    const included = 'proposals_total{group="home",result="included",stage="head"}';
    await at();
    expect((await at()).get(head)).toBe(1);
    const reorganised = await at({ head: headState({ proposals: [proposal(0, 170n, 'included')] }) });
    expect([reorganised.get(head), reorganised.get(included)]).toEqual([1, 2]);
    const back = await at({ head: headState({ proposals: [proposal(0, 170n, 'missed')] }) });
    expect([back.get(head), back.get(included)]).toEqual([1, 2]);
  });

  it('follow what others count, from zero after they began anew', async () => {
    const { at } = scraped();
    expect((await at()).get('reorgs_total')).toBe(4);
    expect((await at()).get('reorgs_total')).toBe(4);
    expect((await at({ reorgs: 6 })).get('reorgs_total')).toBe(6);
    expect((await at({ reorgs: 1 })).get('reorgs_total')).toBe(7);
  });
});

describe('the last final epoch', () => {
  it('is weighted by effective balance, without what is unknown', async () => {
    const { metrics, at, read } = scraped();
    await at();
    metrics.final(
      record(21n, { attestations: votes(21n, { 0: 'unknown', 1: 'late', 4: 'missed' }) }),
      groupOf,
    );
    const series = await read();
    // Late by two blocks, and perfect.
    expect(series.get('attestation_effectiveness{group="home"}')).toBeCloseTo(0.75, 10);
    expect(series.get('final_attestation_missed_ratio{group="rented"}')).toBeCloseTo(2048 / 2080, 10);
    expect(series.get('network_final_attestation_missed_ratio')).toBeCloseTo(0.01, 10);
    expect(named(series, 'sync_network_participation_ratio')).toEqual([]);
  });

  it('counts votes alike where no balance is known', async () => {
    const { metrics, at, read } = scraped();
    await at();
    metrics.final(record(21n, { attestations: votes(21n, { 4: 'missed' }), parts: [] }), groupOf);
    expect((await read()).get('final_attestation_missed_ratio{group="rented"}')).toBe(0.5);
  });

  it('is not an older one that was repaired', async () => {
    const { metrics, at, read } = scraped();
    await at();
    const odd = WATCHED.map(({ index }) => part(index, 21n, { residualGwei: index === 3 ? -5n : 0n }));
    metrics.final(record(21n, { parts: odd }), groupOf);
    metrics.final(record(13n, { attestations: votes(13n, { 3: 'missed', 4: 'missed' }) }), groupOf);
    const series = await read();
    expect(series.get('residual_gwei{group="rented"}')).toBe(5);
    expect(series.get('residual_gwei{group="home"}')).toBe(0);
    expect(series.get('final_attestation_missed_ratio{group="rented"}')).toBe(0);
    // But counted it is.
    expect(series.get('attestations_total{group="rented",result="missed"}')).toBe(2);
  });

  it('knows the whole committee while one of ours is in it', async () => {
    const { metrics, at, read } = scraped();
    await at();
    metrics.final(
      story().find(({ sync }) => sync.length > 0)!,
      groupOf,
    );
    expect((await read()).get('sync_network_participation_ratio')).toBeCloseTo(250 / 256, 10);
  });
});

describe('series of single validators', () => {
  it('are there up to the limit', async () => {
    const { metrics, at, read } = scraped({ perValidatorLimit: 5 });
    await at();
    metrics.final(record(21n, { attestations: votes(21n, { 3: 'missed' }) }), groupOf);
    const series = await read();
    expect(series.get('validator_balance_gwei{index="2",group="home"}')).toBe(32_000_000_001);
    expect(series.get('validator_missing_in_row{index="3",group="rented"}')).toBe(3);
    expect(series.get('validator_missing_in_row{index="0",group="home"}')).toBe(0);
    expect(series.get('validator_attestations_total{index="3",group="rented",result="missed"}')).toBe(1);
    expect(series.get('validator_attestations_total{index="3",group="rented",result="late"}')).toBe(0);
  });

  it('are not there beyond it, and go when it is passed', async () => {
    const names = ['validator_balance_gwei', 'validator_missing_in_row', 'validator_attestations_total'];
    const { metrics, at, read } = scraped({ perValidatorLimit: 4 });
    expect(named(await at(), ...names)).toEqual([]);
    expect(named(await at({ watched: WATCHED.slice(1) }), ...names)).not.toEqual([]);
    await at();
    metrics.final(record(21n), groupOf);
    expect(named(await read(), ...names)).toEqual([]);
  });
});
