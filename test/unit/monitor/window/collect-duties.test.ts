import { describe, expect, it } from 'vitest';
import { slot } from '../../../../core/units.ts';
import type { SimulationOptions } from '../../../../devnet/simulation/create-simulation.ts';
import { createSimulation } from '../../devnet/minimal-chain.ts';

const { RealSignatures } = await import('../../../../devnet/chain/signatures.ts');
const { nodesOn } = await import('../../../support/monitor-nodes.ts');
const { collectDuties, findWindows } = await import('../../../../monitor/window/index.ts');

const keys = new RealSignatures();
const FULU = { FULU_FORK_EPOCH: 0 };
/** Of the minimal preset: epochs of 8 slots, sync committees for 8 epochs. */
const PERIOD = 8n;

async function duties(at: number, indices: readonly number[], options: Partial<SimulationOptions> = {}) {
  const sim = createSimulation({
    ...{ preset: 'minimal', validators: 64, seed: 'window', signatures: 'none' },
    pubkey: (index) => keys.pubkeyOf(index),
    ...options,
  });
  while (sim.slot < at) sim.runSlot();
  const { nodes, served } = await nodesOn(sim);
  const { spec } = sim.context;
  const ask = () =>
    collectDuties(nodes, { spec, syncPeriodEpochs: PERIOD, nowSlot: slot(BigInt(sim.slot)), indices });
  return { sim, served, ask };
}

const everybody = Array.from({ length: 64 }, (_, index) => index);

describe('the duties ahead', () => {
  it('are those that come, of this epoch and the next, since Fulu looks ahead', async () => {
    const { sim, ask } = await duties(18, everybody, { rules: FULU });
    const known = await ask();
    expect(known).toMatchObject({ nowSlot: 18n, attestationsUntil: 32n, proposalsUntil: 32n });
    sim.runEpochs(4);
    const proposals = [2, 3].flatMap((epoch) => sim.truth.proposals(epoch)).filter((each) => each.slot >= 18);
    expect(known.proposals).toEqual(
      proposals.map(({ slot: at, proposer }) => ({ slot: BigInt(at), validatorIndex: proposer })),
    );
    const votes = [2, 3].flatMap((epoch) => sim.truth.votes(epoch)).filter((each) => each.slot >= 18);
    expect(known.attestations.map(({ slot: at, validatorIndex }) => `${at}:${validatorIndex}`)).toEqual(
      votes
        .toSorted((a, b) => a.slot - b.slot || a.validator - b.validator)
        .map(({ slot: at, validator }) => `${at}:${validator}`),
    );
    expect(known.expectedProposals).toEqual([]);
  });

  it('of sync committees are those of the blocks of this period and the next', async () => {
    const { sim, ask } = await duties(18, everybody);
    const known = await ask();
    expect(known.syncUntil).toBe(127n);
    expect(known.sync.map(({ startSlot, endSlot }) => [startSlot, endSlot])).toEqual([
      [0n, 62n],
      [63n, 126n],
    ]);
    sim.runEpochs(8);
    // The message of slot 63 is in block 64, the first of the next period.
    const inBlocks = new Map<number, number>();
    for (const { slot: at, validator } of sim.truth.sync(8))
      if (at === 64) inBlocks.set(validator, (inBlocks.get(validator) ?? 0) + 1);
    const members = known.sync[1]!.members.map(
      ({ validatorIndex, positions }) => [validatorIndex, positions] as const,
    );
    expect(new Map(members)).toEqual(inBlocks);
  });

  it('before Fulu are certain for this epoch only', async () => {
    const { ask } = await duties(18, everybody);
    const known = await ask();
    expect(known.proposalsUntil).toBe(24n);
    expect(known.proposals.every(({ slot: at }) => at >= 18n && at < 24n)).toBe(true);
    expect(known.expectedProposals).toHaveLength(8);
    expect(findWindows(known).certainUntil).toBe(24n);
  });

  it('of some are theirs alone', async () => {
    const { ask } = await duties(18, [3, 5]);
    const known = await ask();
    expect(known.attestations.every(({ validatorIndex }) => [3, 5].includes(validatorIndex))).toBe(true);
    expect(known.attestations.filter(({ slot: at }) => at >= 24n)).toHaveLength(2);
    for (const each of [...known.proposals, ...known.expectedProposals])
      expect([3, 5]).toContain(each.validatorIndex);
  });

  it('that the node does not tell are not taken for none', async () => {
    const { served, ask } = await duties(18, everybody, { rules: FULU });
    served[0]!.faults.add(/duties\/(proposer|attester)\/3$/, { kind: 'status', status: 400 });
    served[0]!.faults.add(/duties\/sync\/8$/, { kind: 'status', status: 404 });
    expect(await ask()).toMatchObject({ attestationsUntil: 24n, proposalsUntil: 24n, syncUntil: 63n });
  });

  it('of the present must be told', async () => {
    const { served, ask } = await duties(18, everybody);
    served[0]!.faults.add(/duties\/proposer\/2$/, { kind: 'status', status: 503 });
    await expect(ask()).rejects.toMatchObject({ code: 'BEACON_UNREACHABLE' });
  });
});
