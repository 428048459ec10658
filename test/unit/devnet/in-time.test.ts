import { EventEmitter, once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DutyOutcome } from '../../../devnet/duty-runner/outcome.ts';
import { everythingAllowed, startSignerFixture } from '../../support/signer-fixture.ts';
import { createSimulation } from './minimal-chain.ts';
import { validatorKeys } from './validator-keys.ts';

const { DevnetBeaconNode } = await import('../../../devnet/api/beacon-node.ts');
const { DutyRunner } = await import('../../../devnet/duty-runner/duty-runner.ts');
const { runDutiesInTime } = await import('../../../devnet/duty-runner/run-in-time.ts');
const { drive } = await import('../../../devnet/simulation/drive.ts');

const SLOT_MS = 300;
const SLOTS = 6;

describe('an accelerated chain', () => {
  it('makes its slots by the clock, and the duties are done in time', async () => {
    const { dataDir, pubkey } = await validatorKeys(1);
    const genesisTimeSeconds = Math.ceil(Date.now() / 1000) + 1;
    const sim = createSimulation({
      ...{ preset: 'minimal', validators: 8, seed: 'in time', genesisTimeSeconds },
      rules: { SLOT_DURATION_MS: SLOT_MS },
      external: [0],
      pubkey,
    });
    // The chain's own time is the test's subject; the signer's stands at the last slot, in which all of them are past.
    const { spec } = sim.context;
    expect(spec.slotDurationMs).toBe(SLOT_MS);
    const signer = await startSignerFixture({
      ...{ spec, dataDir, keys: 0, nowSlot: BigInt(SLOTS), policy: everythingAllowed },
    });
    const node = new DevnetBeaconNode(sim);
    onTestFinished(() => node.close());
    const runner = await DutyRunner.connect({ beaconUrl: await node.listen(), signerUrl: signer.url });

    const stop = new AbortController();
    const reached = new EventEmitter();
    sim.events.listen(() => {
      if (sim.slot > SLOTS) reached.emit('end');
    });
    const outcomes: DutyOutcome[] = [];
    const times = { genesisTimeSeconds, slotDurationMs: SLOT_MS };
    const chain = drive(sim, stop.signal);
    const duties = runDutiesInTime(runner, times, (some) => outcomes.push(...some), stop.signal);
    await once(reached, 'end');
    stop.abort();
    await Promise.all([chain, duties]);

    expect(Date.now()).toBeGreaterThanOrEqual(genesisTimeSeconds * 1000 + SLOTS * SLOT_MS);
    const past = outcomes.filter(({ slot }) => slot <= SLOTS);
    expect(past.some(({ duty }) => duty === 'sync_message' || duty === 'attestation')).toBe(true);
    expect(past.filter(({ result }) => result === 'refused')).toEqual([]);
    expect(past.some(({ result }) => result === 'published')).toBe(true);
  });
});
