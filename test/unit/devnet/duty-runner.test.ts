import { describe, expect, it, onTestFinished } from 'vitest';
import { everythingAllowed, startSignerFixture } from '../../support/signer-fixture.ts';
import type { DutyOutcome } from '../../../devnet/duty-runner/outcome.ts';
import { createSimulation } from './minimal-chain.ts';
import { validatorKeys } from './validator-keys.ts';

const { DevnetBeaconNode } = await import('../../../devnet/api/beacon-node.ts');
const { DutyRunner } = await import('../../../devnet/duty-runner/duty-runner.ts');
const { Twin } = await import('../../../devnet/simulation/twin.ts');

/** @param ours how many of eight validators a real signer signs for, with keys of its own: the first ones */
async function world(ours: number) {
  const { dataDir, secrets, pubkey } = await validatorKeys(ours);
  const sim = createSimulation({
    ...{ preset: 'minimal', validators: 8, seed: 'runner' },
    external: Array(ours).keys(),
    pubkey,
  });
  const signer = await startSignerFixture({
    ...{ spec: sim.context.spec, dataDir, keys: 0, nowSlot: 0n, policy: everythingAllowed },
  });
  const node = new DevnetBeaconNode(sim);
  onTestFinished(() => node.close());
  const runner = await DutyRunner.connect({ beaconUrl: await node.listen(), signerUrl: signer.url });
  const outcomes: DutyOutcome[] = [];
  const runSlots = async (count: number) => {
    for (let slot = 0; slot < count; slot += 1) {
      sim.beginSlot();
      signer.setSlot(BigInt(sim.slot));
      outcomes.push(...(await runner.propose(sim.slot)));
      sim.attest();
      outcomes.push(...(await runner.attest(sim.slot)), ...(await runner.aggregate(sim.slot)));
      sim.endSlot();
    }
  };
  const twin = new Twin(sim, new Map(secrets.map((secret, index) => [index, secret])));
  return { sim, runner, outcomes, runSlots, twin };
}

describe('the duty runner', () => {
  it('does every duty with signatures of the signer, and the chain lives on them', async () => {
    const { sim, outcomes, runSlots } = await world(3);
    const aggregates: unknown[] = [];
    const contributions: unknown[] = [];
    sim.events.listen((name, event) => {
      if (name === 'attestation') aggregates.push(event);
      if (name === 'contribution_and_proof') contributions.push(event);
    });
    await runSlots(3 * 8);
    expect(outcomes.filter(({ result }) => result !== 'published')).toEqual([]);
    const duties = new Set(outcomes.map(({ duty }) => duty));
    expect([...duties].toSorted()).toEqual([
      'aggregate',
      'attestation',
      'block',
      'sync_contribution',
      'sync_message',
    ]);
    // More than a third of the stake is signed for by the signer: without it nothing would be justified.
    expect(sim.headState().currentJustified.epoch).toBe(2);
    expect(sim.truth.votes(1).every(({ included }) => included?.flags === 7)).toBe(true);
    expect(sim.truth.proposals(1).every(({ outcome }) => outcome === 'included')).toBe(true);
    expect(sim.truth.sync(1).every(({ hit }) => hit)).toBe(true);
    const graffiti = sim.truth
      .proposals(1)
      .map(({ slot }) => sim.tree.canonicalAt(slot)!.signed.message.body.graffiti);
    expect(graffiti.some((text) => Buffer.from(text).toString().startsWith('vigil devnet'))).toBe(true);
    // The same again with the wrong signature outside is not taken.
    const contribution = contributions.at(-1) as Parameters<typeof sim.publishContribution>[0];
    expect(() => sim.publishContribution(contribution)).not.toThrow();
    const { message } = contribution;
    expect(() => sim.publishContribution({ message, signature: message.selectionProof })).toThrow(
      'not signed by',
    );
    const aggregate = aggregates.at(-1) as Parameters<typeof sim.publishAggregate>[0]['message']['aggregate'];
    const forged = { aggregatorIndex: 0, aggregate, selectionProof: message.selectionProof };
    expect(() => sim.publishAggregate({ message: forged, signature: contribution.signature })).toThrow(
      'selection proof',
    );
  });

  it('signs for the sync committee that the next block is checked with, over the end of a period', async () => {
    const { sim, outcomes, runSlots } = await world(3);
    await runSlots(2 * 64 + 2);
    const around = outcomes.filter(({ slot, duty }) => slot >= 126 && duty.startsWith('sync'));
    expect(around.some(({ slot }) => slot === 127)).toBe(true);
    expect(around.filter(({ result }) => result !== 'published')).toEqual([]);
    for (const epoch of [15, 16]) expect(sim.truth.sync(epoch).filter(({ hit }) => !hit)).toEqual([]);
  });

  it('is refused a second, different vote of a slot, which a twin without a guard gets onto the chain', async () => {
    const { sim, outcomes, runSlots, twin, runner } = await world(3);
    await runSlots(8);
    const ofOurs = () => sim.truth.votes(1).find(({ slot, validator }) => slot === sim.slot && validator < 3);
    let found = ofOurs();
    while (found === undefined) {
      await runSlots(1);
      found = ofOurs();
    }
    const { validator } = found;
    const forged = twin.vote(validator);
    // The head is another now: what the node would have the validator vote for in the same slot has changed.
    sim.tree.setHead(sim.tree.head.parent!);
    const again = await runner.attest(sim.slot);
    const { pubkey } = sim.headState().validators[validator]!;
    const second = again.find((outcome) => outcome.duty === 'attestation' && outcome.pubkey === pubkey);
    expect(second).toMatchObject({
      result: 'refused',
      reason: expect.stringContaining('DOUBLE_VOTE') as string,
    });
    expect(outcomes.every(({ result }) => result === 'published')).toBe(true);
    expect(forged.attesterIndex).toBe(validator);
    await runSlots(3);
    expect(sim.truth.votes(1).find((vote) => vote.validator === validator)!.included!.dataRoots).toHaveLength(
      2,
    );
  });

  it('has a twin slashed when somebody reports it', async () => {
    const { sim, runSlots, twin } = await world(3);
    await runSlots(8);
    let reported: number | null = null;
    while (reported === null) {
      await runSlots(1);
      const due = sim.truth.votes(1).find(({ slot, validator }) => slot === sim.slot && validator < 3);
      if (due === undefined) continue;
      const forged = twin.vote(due.validator);
      const [honestRoot] = sim.attestations.seen(1, due.validator);
      twin.report(due.validator, sim.attestations.dataOf(honestRoot!)!, forged.data);
      reported = due.validator;
    }
    await runSlots(2);
    const slashed = sim.headState().validators[reported]!;
    expect(slashed.slashed).toBe(true);
    expect(sim.truth.earnings(0, sim.slot).get(reported)!.slashing_initial).toBe(-(32_000_000_000n / 4096n));
  });
});
