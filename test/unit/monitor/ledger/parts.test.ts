import { beforeAll, describe, expect, it } from 'vitest';
import { ledgerParts, parseCalendar, type LedgerCalendar } from '../../../../monitor/ledger/index.ts';
import type { LedgerPart } from '../../../../monitor/model/ledger-part.ts';
import type { Earnings } from '../../../../devnet/simulation/truth.ts';
import type { Simulation } from '../../../../devnet/simulation/simulation.ts';
import { busyChain, type BusyOptions } from './busy-chain.ts';
import { ledgerRun, shortDays, type EpochLedger, type RunOptions } from './ledger-run.ts';

const RATES = {
  ...{ missedBlocks: 0.08, lateBlocks: 0.05, orphanedBlocks: 0.04, reorgs: 0.02 },
  ...{ missedVotes: 0.05, lateVotes: 0.05, wrongHeads: 0.05, wrongTargets: 0.03, missedSync: 0.08 },
};

const everybody = (sim: Simulation): number[] =>
  // More than there are: those who come by a deposit are watched before they are on chain.
  Array.from({ length: sim.headState().validators.length + 2 }, (_, index) => index);

/** The last epoch that is final with the votes of the next. */
const lastFinal = (sim: Simulation): number => sim.tree.head.postState!.finalized.epoch - 2;

/** What the journal of the simulation says of the same slots. */
function truthOf(sim: Simulation, part: LedgerPart): Record<string, bigint> {
  const [first, last] = [Number(part.startSlot), Number(part.endSlot)];
  const before = Math.max(0, first - 1);
  const none = { source: 0n } as Earnings;
  const earned = (sim.truth.earnings(before, last).get(part.validatorIndex) ?? none) as Partial<Earnings>;
  const sum = (...names: (keyof Earnings)[]) => names.reduce((gwei, name) => gwei + (earned[name] ?? 0n), 0n);
  const votes = sum('source', 'target', 'head', 'inactivity');
  const slashed =
    sim.tree.stateAt(sim.tree.latestAt(before), before).validators[part.validatorIndex]?.slashed === true;
  const balances = (slot: number) => sim.truth.balances(slot)[part.validatorIndex] ?? 0n;
  return {
    attestationGwei: slashed ? 0n : votes,
    syncGwei: sum('sync'),
    proposerGwei: sum('proposer_attestations', 'proposer_sync', 'proposer_slashings', 'attester_slashings'),
    slashingGwei: sum('slashing_initial', 'slashing_correlation') + (slashed ? votes : 0n),
    withdrawals: -sum('withdrawal'),
    depositsGwei: sum('deposit', 'compounding_excess'),
    consolidationGwei: sum('consolidation'),
    openingBalanceGwei: balances(before),
    closingBalanceGwei: balances(last),
  };
}

const said = (part: LedgerPart): Record<string, bigint> => ({
  attestationGwei: part.attestationGwei,
  syncGwei: part.syncGwei,
  proposerGwei: part.proposerGwei,
  slashingGwei: part.slashingGwei,
  withdrawals: part.withdrawalsPartialGwei + part.withdrawalsFullGwei,
  depositsGwei: part.depositsGwei,
  consolidationGwei: part.consolidationGwei,
  openingBalanceGwei: part.openingBalanceGwei,
  closingBalanceGwei: part.closingBalanceGwei,
});

/** Every part is what truly happened, component by component, and nothing is left over. */
function expectTrue(sim: Simulation, ledgers: readonly EpochLedger[]): void {
  for (const { parts, unexplained } of ledgers) {
    expect(unexplained).toEqual([]);
    for (const part of parts) {
      const at = `validator ${part.validatorIndex}, slots ${part.startSlot} to ${part.endSlot}`;
      expect({ at, residual: part.residualGwei, ...said(part) }).toEqual({
        ...{ at, residual: 0n },
        ...truthOf(sim, part),
      });
    }
  }
}

async function run(options: BusyOptions, calendar: LedgerCalendar, more: Partial<RunOptions> = {}) {
  const sim = busyChain(options);
  const to = lastFinal(sim);
  expect(to).toBeGreaterThan(options.epochs / 2);
  const ledgers = await ledgerRun({ sim, calendar, validators: everybody(sim), to, ...more });
  return { sim, ledgers };
}

const kinds = (ledgers: readonly EpochLedger[]): Set<string> =>
  new Set(ledgers.flatMap(({ events }) => events.map(({ kind }) => kind)));

const ALL_KINDS = [
  ...['withdrawal_partial', 'withdrawal_full', 'deposit_applied', 'deposit_requested'],
  ...['consolidation_in', 'consolidation_out', 'slashed', 'correlation_penalty'],
];

describe('the ledger of a chain on which everything happens', () => {
  it.each([
    ['one', 5],
    ['two', 3],
  ])('has no residual, and every component is true: chain %s, days of %i slots', async (seed, days) => {
    const { sim, ledgers } = await run({ seed, epochs: 44, rates: RATES }, shortDays(days));
    expectTrue(sim, ledgers);
    expect([...kinds(ledgers)]).toEqual(expect.arrayContaining(ALL_KINDS));
    const { parts } = ledgers.at(-1)!;
    expect(new Set(parts.map(({ day }) => day)).size).toBeGreaterThan(1);
    expect(parts.every(({ method }) => method !== 'blocks')).toBe(true);
  });

  it('has none through a leak either, with days of UTC', async () => {
    const genesisSlotsADay = 86_400_000 / 1_500_000;
    const options = {
      seed: 'leak',
      epochs: 36,
      rates: RATES,
      outage: [9, 18],
      slotDurationMs: 1_500_000,
    } as const;
    const sim = busyChain(options);
    const calendar = parseCalendar('utc', sim.context.spec);
    const ledgers = await ledgerRun({ sim, calendar, validators: everybody(sim), to: lastFinal(sim) });
    expectTrue(sim, ledgers);
    const leaked = [...sim.truth.earnings(0, sim.slot).values()].filter(
      ({ inactivity }) => inactivity < -1000n,
    );
    expect(leaked.length).toBeGreaterThan(20);
    const cut = ledgers.filter(({ parts }) => new Set(parts.map(({ day }) => day)).size === 2);
    expect(cut.length).toBeGreaterThan((lastFinal(sim) * 8) / genesisSlotsADay - 2);
  });
});

describe('what a node does not tell', () => {
  const options = { seed: 'silent', epochs: 30, rates: RATES };
  const chain = busyChain(options);
  const validators = everybody(chain);
  const calendar = shortDays(5);
  const to = lastFinal(chain);
  const ran = (more: Partial<RunOptions>) => ledgerRun({ sim: chain, calendar, validators, to, ...more });
  let told: EpochLedger[] = [];
  beforeAll(async () => {
    told = await ran({});
  });
  /** Without those who became compounding in that epoch: their excess takes with it what is not known. */
  const partsOf = (ledgers: readonly EpochLedger[]) =>
    ledgers.flatMap(({ parts, changes }) => {
      const switched = new Set(
        changes.filter(({ kind }) => kind === 'credentials').map(({ validatorIndex }) => validatorIndex),
      );
      return parts.filter(({ validatorIndex }) => !switched.has(validatorIndex));
    });
  const rows = (ledgers: readonly EpochLedger[]) =>
    partsOf(ledgers).map((part) => ({ ...part, idealAttestationGwei: null, method: null }));

  it('the balance tells: rewards of votes', async () => {
    const ledgers = await ran({ votesUnknown: true });
    expect(rows(ledgers)).toEqual(rows(told));
    const parts = ledgers
      .flatMap(({ parts }) => parts)
      .filter(({ attestationGwei }) => attestationGwei !== 0n);
    expect(new Set(parts.map(({ method }) => method))).toEqual(new Set(['balance']));
    expect(parts.length).toBeGreaterThan(500);
  });

  it('the balance tells: rewards of proposals', async () => {
    expect(rows(await ran({ proposalsUnknown: true }))).toEqual(rows(told));
  });

  it('an excess hides, but the sum stays right', async () => {
    const all = (ledgers: readonly EpochLedger[]) =>
      ledgers.flatMap(({ parts }) =>
        parts.map((part) => part.attestationGwei + part.proposerGwei + part.depositsGwei),
      );
    const ledgers = await ran({ votesUnknown: true });
    expect(partsOf(told).length).toBeLessThan(told.flatMap(({ parts }) => parts).length);
    expect(all(ledgers)).toEqual(all(told));
    expect(ledgers.flatMap(({ unexplained }) => unexplained)).toEqual([]);
  });

  it('the balance tells only together: both, when the proposal is in the first slot of the epoch', async () => {
    const ledgers = await ran({ proposalsUnknown: true, votesUnknown: true });
    expect(ledgers.flatMap(({ unexplained }) => unexplained)).toEqual([]);
    const together = (all: readonly EpochLedger[]) =>
      rows(all).map(({ attestationGwei, proposerGwei, ...part }) => ({
        ...part,
        income: attestationGwei + proposerGwei,
      }));
    expect(together(ledgers)).toEqual(together(told));
    const inOtherSlots = (all: readonly EpochLedger[]) =>
      all.flatMap((ledger) => {
        const { input } = ledger;
        const first = input.blocks[0]?.slot === input.epoch * 8n ? input.blocks[0].proposerIndex : null;
        return partsOf([ledger]).filter(({ validatorIndex }) => validatorIndex !== first);
      });
    expect(inOtherSlots(ledgers).map(({ proposerGwei }) => proposerGwei)).toEqual(
      inOtherSlots(told).map(({ proposerGwei }) => proposerGwei),
    );
  });

  it('but what it tells is enough: events have the true amounts, and rows the true duties', () => {
    const [first, last] = [0, to * 8 + 7];
    const truth = chain.truth.earnings(first, last);
    const events = told.flatMap((ledger) => ledger.events);
    const amount = (index: number, ...named: string[]) =>
      events
        .filter(({ validatorIndex, kind }) => validatorIndex === index && named.includes(kind))
        .reduce((sum, { amountGwei }) => sum + amountGwei!, 0n);
    const parts = told.flatMap((ledger) => ledger.parts);
    const votes = Array.from({ length: to + 1 }, (_, number) => chain.truth.votes(number)).flat();
    const proposals = Array.from({ length: to + 1 }, (_, number) => chain.truth.proposals(number)).flat();
    const sync = Array.from({ length: to + 1 }, (_, number) => chain.truth.sync(number)).flat();
    for (const index of validators) {
      const earned = truth.get(index);
      if (earned === undefined) continue;
      expect({
        withdrawn: amount(index, 'withdrawal_partial', 'withdrawal_full'),
        deposited: amount(index, 'deposit_applied'),
        excess: amount(index, 'deposit_requested'),
        consolidated: amount(index, 'consolidation_in') - amount(index, 'consolidation_out'),
        slashed: amount(index, 'slashed'),
        correlated: amount(index, 'correlation_penalty'),
      }).toEqual({
        withdrawn: -earned.withdrawal,
        deposited: earned.deposit,
        excess: -earned.compounding_excess,
        consolidated: earned.consolidation,
        slashed: -earned.slashing_initial,
        correlated: -earned.slashing_correlation,
      });
      const duty = (name: keyof LedgerPart['duties']) =>
        parts
          .filter(({ validatorIndex }) => validatorIndex === index)
          .reduce((sum, { duties }) => sum + duties[name], 0);
      const mine = votes.filter(({ validator }) => validator === index);
      const proposed = proposals.filter(({ proposer }) => proposer === index);
      const positions = sync.filter(({ validator }) => validator === index);
      expect([index, duty('attestationsAssigned'), duty('attestationsIncluded')]).toEqual([
        ...[index, mine.length],
        mine.filter(({ included }) => included !== null).length,
      ]);
      expect([index, duty('proposalsAssigned'), duty('proposalsIncluded')]).toEqual([
        ...[index, proposed.length],
        proposed.filter(({ outcome }) => outcome === 'included').length,
      ]);
      expect([index, duty('syncAssigned'), duty('syncIncluded')]).toEqual([
        ...[index, positions.length],
        positions.filter(({ hit }) => hit).length,
      ]);
    }
  });

  it('nobody earns more than the ideal, and a perfect vote earns just that', () => {
    let perfect = 0;
    for (const { epoch: number, parts } of told) {
      if (number < 2) continue;
      const flags = new Map(
        chain.truth.votes(number - 2).map(({ validator, included }) => [validator, included?.flags ?? 0]),
      );
      for (const { validatorIndex, startSlot, slashingGwei, ...part } of parts) {
        expect(part.attestationGwei <= part.idealAttestationGwei).toBe(true);
        expect(part.syncGwei <= part.idealSyncGwei).toBe(true);
        if (startSlot !== BigInt(number * 8) || slashingGwei !== 0n) continue;
        if (flags.get(validatorIndex) !== 7) continue;
        perfect += 1;
        expect([validatorIndex, part.attestationGwei]).toEqual([validatorIndex, part.idealAttestationGwei]);
      }
    }
    expect(perfect).toBeGreaterThan(500);
  });

  it('the rows of some are the same as when all are watched', async () => {
    const some = validators.filter((index) => index % 3 === 1);
    const expected = told.flatMap(({ parts }) => parts).filter((part) => some.includes(part.validatorIndex));
    expect((await ran({ validators: some })).flatMap(({ parts }) => parts)).toEqual(expected);
  });

  it('what the queues did stays in the residual until they are asked', () => {
    let asked = 0;
    for (const { input, parts, unexplained } of told) {
      expect(unexplained).toEqual([]);
      const blind = ledgerParts({ ...input, queue: null });
      blind.parts.forEach((part, at) => {
        const { depositsGwei, consolidationGwei, syncGwei } = parts[at]!;
        // Penalties of one who has nothing but the deposit that is not known of stop at zero too early.
        expect(part.residualGwei).toBe(
          depositsGwei -
            part.depositsGwei +
            (consolidationGwei - part.consolidationGwei) +
            (syncGwei - part.syncGwei),
        );
      });
      asked += blind.unexplained.length;
      const residual = blind.parts.reduce((sum, part) => sum + part.residualGwei, 0n);
      expect(blind.unexplained.reduce((sum, { gwei }) => sum + gwei, 0n)).toBe(residual);
    }
    expect(asked).toBeGreaterThan(10);
  });
});
