import { expect, it, onTestFinished } from 'vitest';
import { join } from 'node:path';
import { tempDirectory } from '../../../support/temp-guard.ts';
import { factsOf, foreignWorld, SLOTS, tokenFile } from './foreign-world.ts';
import { createLogger } from '../../../../core/log/logger.ts';
import { epoch, parseRoot, slot, type Root } from '../../../../core/units.ts';
import type { BlockFacts } from '../../../../monitor/model/block-facts.ts';
import type { AttestationVerdict } from '../../../../monitor/model/verdicts.ts';
import { urlDoor } from '../../../../monitor/foreign/index.ts';
import { openStore } from '../../../../monitor/store/index.ts';

const { ForeignLink } = await import('../../../../monitor/daemon/foreign-link.ts');

/** A link with a store of its own to the world's signer. */
function linkOver(world: Awaited<ReturnType<typeof foreignWorld>>) {
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
  const forged = { count: 0 };
  const impossible = { count: 0 };
  const link = new ForeignLink({
    ...{ spec, store, log: createLogger('silent'), nowMs: () => 0n },
    doors: [urlDoor(world.signer.url, tokenFile(world.signer.token))],
    onForeign: ({ signingRoot }) => told.push(signingRoot),
    onForged: () => (forged.count += 1),
    onImpossible: () => (impossible.count += 1),
  });
  return { link, store, told, forged, impossible };
}

/** Both votes of a slot in which a twin double-voted, as the blocks of one branch have them. */
async function twoVotes() {
  const world = await foreignWorld();
  await world.runSlots(SLOTS);
  const victim = await world.doubleVote();
  const slots = Array.from({ length: world.sim.slot }, (_, at) => at);
  const votes = slots.map((at) => world.votesOf(victim, at)).find(({ length }) => length === 2)!;
  const inBlock = { slot: slot(votes[0]!.slot + 1n), root: parseRoot(`0x${'33'.repeat(32)}`, 'root') };
  const verdict = (of: number, ...data: typeof votes): AttestationVerdict => ({
    ...{ validatorIndex: of, epoch: votes[0]!.target.epoch, slot: votes[0]!.slot, result: 'perfect' },
    inclusion: {
      ...{ slot: slot(votes[0]!.slot + 1n), distance: 1, optimalDistance: 1 },
      ...{ source: true, target: true, head: true },
      messages: data.map((each) => ({ data: each, block: inBlock })),
    },
  });
  return { world, victim, votes, verdict };
}

it('a vote that no block can hold is told once, and keeps no other from being judged', async () => {
  const { world, victim, votes, verdict } = await twoVotes();
  const { link, told, impossible } = linkOver(world);
  const absurd = { ...votes[0]!, index: 7n };
  const other = (victim + 1) % 3;
  const look = () =>
    link.check(world.validators, [verdict(other, absurd), verdict(victim, absurd, ...votes)], []);
  await look();
  expect({ told: told.length, impossible }).toEqual({ told: 1, impossible: { count: 2 } });
  await look();
  expect({ told: told.length, impossible }).toEqual({ told: 1, impossible: { count: 2 } });
});

it('what a failure kept from being judged is judged when it comes again', async () => {
  const { world, victim, votes, verdict } = await twoVotes();
  const { link, told } = linkOver(world);
  const look = () => link.check(world.validators, [verdict(victim, ...votes)], []);
  const { watch } = link;
  const check = watch.check.bind(watch);
  watch.check = () => Promise.reject(new Error('not now'));
  await expect(look()).rejects.toThrow('not now');
  watch.check = check;
  await look();
  expect(told).toHaveLength(1);
});

it('a vote of another branch for the same duty is asked about too, and the same vote only once', async () => {
  const world = await foreignWorld();
  await world.runSlots(SLOTS);
  const victim = await world.doubleVote();
  const { link, told } = linkOver(world);
  // It votes once an epoch; the slot in which it has two is the one that is meant.
  const slots = Array.from({ length: world.sim.slot }, (_, at) => at);
  const votes = slots.map((at) => world.votesOf(victim, at)).find(({ length }) => length === 2)!;
  const head = world.sim.tree.latestAt(Number(votes[0]!.slot)).root;
  const honest = votes.find(({ beaconBlockRoot }) => beaconBlockRoot === head);
  const twin = votes.find(({ beaconBlockRoot }) => beaconBlockRoot !== head);
  const inBlock = { slot: slot(votes[0]!.slot + 1n), root: parseRoot(`0x${'33'.repeat(32)}`, 'root') };
  const verdict = (data: NonNullable<typeof honest>): AttestationVerdict => ({
    ...{ validatorIndex: victim, epoch: data.target.epoch, slot: data.slot, result: 'perfect' },
    inclusion: {
      ...{ slot: slot(data.slot + 1n), distance: 1, optimalDistance: 1 },
      ...{ source: true, target: true, head: true, messages: [{ data, block: inBlock }] },
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

it('a block that its proposer has not signed accuses nobody, and is told once; one that it has signed does', async () => {
  const world = await foreignWorld();
  await world.runSlots(SLOTS);
  const twins: BlockFacts[] = [];
  while (twins.length === 0) {
    await world.runSlot(() => {
      const { slot: at, proposerIndex } = world.sim.tree.head.signed.message;
      if (at !== world.sim.slot || proposerIndex >= world.validators.length) return;
      world.twin.propose(proposerIndex);
      twins.push(...world.sim.tree.atSlot(at).map(factsOf));
    });
  }
  const { link, store, told, forged } = linkOver(world);
  const [one, other] = twins as [BlockFacts, BlockFacts];
  const { pubkey } = world.validators[one.proposerIndex]!;
  const frozen = () => world.signer.guard.statusOf(pubkey).frozen;
  const madeUp: BlockFacts[] = [
    { ...one, root: parseRoot(`0x${'77'.repeat(32)}`, 'root') },
    // Of the same key, but of another message.
    { ...other, signature: one.signature },
    { ...one, signature: `0x${'00'.repeat(96)}` },
  ].filter(
    ({ root, signature }) => !twins.some((twin) => twin.root === root && twin.signature === signature),
  );
  expect(madeUp).toHaveLength(3);
  await link.check(world.validators, [], madeUp);
  await link.check(world.validators, [], madeUp);
  expect({ told, forged, frozen: frozen() }).toEqual({ told: [], forged: { count: 3 }, frozen: null });

  await link.check(world.validators, [], twins);
  expect(forged.count).toBe(3);
  expect(told).toHaveLength(1);
  expect(frozen()).not.toBeNull();
  const [evidence] = store.query.foreign({}, {}, { cursor: null }).rows;
  const { signature, block } = JSON.parse(evidence!.onChain) as { signature: string; block: { root: Root } };
  expect(signature).toBe(twins.find(({ root }) => root === block.root)!.signature);
});
