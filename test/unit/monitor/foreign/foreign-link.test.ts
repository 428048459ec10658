import { expect, it, onTestFinished } from 'vitest';
import { join } from 'node:path';
import { tempDirectory } from '../../../support/temp-guard.ts';
import { foreignWorld, SLOTS, tokenFile } from './foreign-world.ts';
import { createLogger } from '../../../../core/log/logger.ts';
import { epoch, slot } from '../../../../core/units.ts';
import type { AttestationVerdict } from '../../../../monitor/model/verdicts.ts';
import { urlDoor } from '../../../../monitor/foreign/index.ts';
import { openStore } from '../../../../monitor/store/index.ts';

const { ForeignLink } = await import('../../../../monitor/daemon/foreign-link.ts');

it('a vote of another branch for the same duty is asked about too, and the same vote only once', async () => {
  const world = await foreignWorld();
  await world.runSlots(SLOTS);
  const victim = await world.doubleVote();
  const { spec } = world.sim.context;
  const store = openStore({
    path: join(tempDirectory(), 'monitor.sqlite'),
    chain: {
      ...{ network: spec.name, chainId: 1n, genesisValidatorsRoot: spec.genesisValidatorsRoot },
      ...{ genesisTimeSeconds: spec.genesisTimeSeconds, slotDurationMs: BigInt(spec.slotDurationMs) },
      ...{ slotsPerEpoch: spec.slotsPerEpoch, ledgerDay: 'utc' },
    },
  });
  onTestFinished(() => store.close());
  store.watch(world.validators, epoch(0n));
  const told: string[] = [];
  const link = new ForeignLink({
    ...{ spec, store, log: createLogger('silent'), nowMs: () => 0n },
    doors: [urlDoor(world.signer.url, tokenFile(world.signer.token))],
    onForeign: ({ signingRoot }) => told.push(signingRoot),
  });
  // It votes once an epoch; the slot in which it has two is the one that is meant.
  const slots = Array.from({ length: world.sim.slot }, (_, at) => at);
  const votes = slots.map((at) => world.votesOf(victim, at)).find(({ length }) => length === 2)!;
  const head = world.sim.tree.latestAt(Number(votes[0]!.slot)).root;
  const honest = votes.find(({ beaconBlockRoot }) => beaconBlockRoot === head);
  const twin = votes.find(({ beaconBlockRoot }) => beaconBlockRoot !== head);
  const verdict = (data: NonNullable<typeof honest>): AttestationVerdict => ({
    ...{ validatorIndex: victim, epoch: data.target.epoch, slot: data.slot, result: 'perfect' },
    inclusion: {
      ...{ slot: slot(data.slot + 1n), distance: 1, optimalDistance: 1 },
      ...{ source: true, target: true, head: true, messages: [data] },
    },
  });
  await link.check(world.validators, [verdict(honest!)], []);
  expect(told).toEqual([]);
  // After a re-organisation the branch has the twin's vote, and one vote as before.
  await link.check(world.validators, [verdict(twin!)], []);
  expect(told).toHaveLength(1);
  await link.check(world.validators, [verdict(twin!)], []);
  expect(told).toHaveLength(1);
});
