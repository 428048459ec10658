import { describe, expect, it } from 'vitest';
import { epoch, parseRoot, type Pubkey } from '../../../../core/units.ts';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';
import { validatorKeys } from '../../devnet/validator-keys.ts';
import { factsOf, foreignWorld, seenBlock, SLOTS, watchOver, wayTo } from './foreign-world.ts';
import { toHex } from '../../../../core/hex.ts';
import type { Testimony } from '../../../../monitor/foreign/index.ts';

const NONE = { ours: 0, foreign: 0, elsewhere: 0, unknown: 0, open: 0 };
const EVERYTHING = /./;

const frozenOn = ({ guard }: SignerFixture, pubkey: Pubkey) => guard.statusOf(pubkey).frozen?.reason ?? null;

describe('votes and blocks of ours on chain', () => {
  it('are recognised, every one of them, and nothing happens to the keys', async () => {
    const world = await foreignWorld();
    await world.runSlots(4 * SLOTS);
    expect(world.outcomes.filter(({ result }) => result !== 'published')).toEqual([]);
    const seen = world.seen(SLOTS, 3 * SLOTS - 1);
    expect(new Set(seen.map(({ kind }) => kind))).toEqual(new Set(['attestation', 'block']));
    expect(seen.filter(({ kind }) => kind === 'attestation')).toHaveLength(2 * 3);
    const { watch, stored } = watchOver(world, [world.signer]);
    expect(await watch.check(seen)).toEqual({ ...NONE, ours: seen.length });
    expect(stored.size).toBe(0);
    for (const { pubkey } of world.validators) expect(frozenOn(world.signer, pubkey)).toBeNull();
    // Head and finality both bring them.
    expect(await watch.check(seen)).toEqual(NONE);
  });
});

describe('a double vote of a twin', () => {
  it('is found, the key is frozen, and the signer says so to whoever wants a signature of it', async () => {
    const world = await foreignWorld();
    await world.runSlots(SLOTS);
    const victim = await world.doubleVote();
    const { pubkey } = world.validators[victim]!;
    const seen = world.seen(SLOTS, world.sim.slot);
    const { watch, told, settled, stored } = watchOver(world, [world.signer]);
    expect(await watch.check(seen)).toEqual({ ...NONE, ours: seen.length - 1, foreign: 1 });
    expect(told).toMatchObject([{ validatorIndex: victim, pubkey, kind: 'attestation' }]);
    const [evidence] = [...stored.values()];
    expect(evidence).toMatchObject({ validatorIndex: victim, action: 'frozen' });
    expect(settled).toEqual([evidence]);

    // Both messages, ready to inspect: the same slot and target, different heads.
    const theirs = JSON.parse(evidence!.onChain) as {
      attestation_data: { slot: string; target: { epoch: string } };
      included_in: { root: string };
    };
    const ours = JSON.parse(evidence!.ours!) as { target_epoch: string; signing_root: string }[];
    expect(theirs.attestation_data.slot).toBe(evidence!.slot.toString());
    expect(theirs.included_in.root).toMatch(/^0x/);
    expect(ours).toMatchObject([{ target_epoch: theirs.attestation_data.target.epoch }]);
    expect(ours[0]!.signing_root).not.toBe(evidence!.signingRoot);

    const reason = frozenOn(world.signer, pubkey);
    expect(reason).toContain(`slot ${evidence!.slot}`);
    expect(reason).toContain(evidence!.signingRoot);
    for (const other of world.validators.filter(({ index }) => index !== victim)) {
      expect(frozenOn(world.signer, other.pubkey)).toBeNull();
    }
    world.outcomes.length = 0;
    await world.runSlots(SLOTS);
    const refused = world.outcomes.filter((outcome) => outcome.pubkey === pubkey);
    expect(refused.length).toBeGreaterThan(0);
    for (const outcome of refused) {
      expect(outcome).toMatchObject({
        result: 'refused',
        reason: expect.stringContaining(evidence!.signingRoot) as string,
      });
    }
    expect(world.outcomes.some(({ result }) => result === 'published')).toBe(true);
  });

  it('is told once, also after a restart, and leaves the operator`s word alone', async () => {
    const world = await foreignWorld();
    await world.runSlots(SLOTS);
    const victim = await world.doubleVote();
    const { pubkey } = world.validators[victim]!;
    const seen = world.seen(SLOTS, world.sim.slot);
    const first = watchOver(world, [world.signer]);
    await first.watch.check(seen);
    await world.signer.guard.operator.unfreeze([pubkey], { by: 'operator', reason: 'it was my own test' });
    await first.watch.check(seen);
    const second = watchOver(world, [world.signer], { known: [...first.stored.values()] });
    expect(await second.watch.check(seen)).toMatchObject({ foreign: 0 });
    expect([first.told.length, second.told.length]).toEqual([1, 0]);
    expect(frozenOn(world.signer, pubkey)).toBeNull();
  });

  it('does not replace the reason for which a key is frozen already', async () => {
    const world = await foreignWorld();
    await world.runSlots(SLOTS);
    const victim = await world.doubleVote();
    const { pubkey } = world.validators[victim]!;
    await world.signer.guard.operator.freeze([pubkey], { by: 'operator', reason: 'moving house' });
    const { watch, stored } = watchOver(world, [world.signer]);
    await watch.check(world.seen(SLOTS, world.sim.slot));
    expect([...stored.values()]).toMatchObject([{ action: 'frozen' }]);
    expect(frozenOn(world.signer, pubkey)).toBe('moving house');
  });
});

describe('with several beacon nodes, the block that has a vote', () => {
  const MINUTE = 60_000n;

  async function doubleVote(testimony: Testimony | 'hanging' = 'contradicted') {
    const world = await foreignWorld();
    await world.runSlots(SLOTS);
    const victim = await world.doubleVote();
    const { pubkey } = world.validators[victim]!;
    const says = { testimony, asked: [] as string[], nowMs: 1_700_000_000_000n };
    const watched = watchOver(world, [world.signer], {
      witnesses: (root) => {
        says.asked.push(root);
        const answer = says.testimony;
        return answer === 'hanging' ? new Promise(() => undefined) : Promise.resolve(answer);
      },
      nowMs: () => says.nowMs,
    });
    const { watch } = watched;
    const settled = async () => {
      if (says.testimony !== 'hanging') await watch.idle();
    };
    await watch.check(world.seen(SLOTS, world.sim.slot));
    await settled();
    /** As the monitor does at every slot. */
    const later = async (ms: bigint) => {
      says.nowMs += ms;
      await watch.retry();
      await settled();
    };
    return { ...watched, world, says, later, frozen: () => frozenOn(world.signer, pubkey) };
  }

  it('has the key frozen once a second one knows it, and not before, while the alert comes at once', async () => {
    const { later, told, stored, settled, says, frozen } = await doubleVote();
    const [evidence] = told;
    const { included_in: block } = JSON.parse(evidence!.onChain) as { included_in: { root: string } };
    expect(says.asked).toEqual([block.root]);
    await later(29n * MINUTE);
    expect(says.asked).toEqual([block.root, block.root]);
    expect([...stored.values()]).toMatchObject([
      { action: `not frozen: the beacon nodes do not agree that there is a block ${block.root}` },
    ]);
    expect({ told: told.length, settled, frozen: frozen() }).toEqual({ told: 1, settled: [], frozen: null });
    says.testimony = 'enough';
    await later(5000n);
    expect([...stored.values()]).toMatchObject([{ action: 'frozen' }]);
    expect(frozen()).not.toBeNull();
  });

  it('is not waited for without end while the others give no answer', async () => {
    const { later, told, says, frozen } = await doubleVote('silent');
    await later(10n * MINUTE - 1n);
    expect(frozen()).toBeNull();
    await later(1n);
    expect({ told: told.length, frozen: frozen() !== null }).toEqual({ told: 1, frozen: true });
    expect(says.asked).toHaveLength(2);
  });

  it('is not denied without end: the vote in a branch that was left behind is a stranger`s too', async () => {
    const { later, watch, stored, frozen } = await doubleVote('contradicted');
    await later(30n * MINUTE - 1n);
    expect({ frozen: frozen(), accused: watch.state.accused }).toEqual({ frozen: null, accused: 1 });
    await later(1n);
    expect([...stored.values()]).toMatchObject([{ action: 'frozen' }]);
    expect(frozen()).not.toBeNull();
    expect(watch.state.accused).toBe(0);
  });

  it('holds up nothing while a node hangs on the question, and is asked for once', async () => {
    const { later, watch, told, world, says, frozen } = await doubleVote('hanging');
    expect(told).toHaveLength(1);
    await later(9n * MINUTE);
    const seen = world.seen(SLOTS, world.sim.slot);
    expect(await watch.check(seen)).toEqual(NONE);
    expect({ asked: says.asked.length, frozen: frozen() }).toEqual({ asked: 1, frozen: null });
    await later(MINUTE);
    expect({ asked: says.asked.length, frozen: frozen() !== null }).toEqual({ asked: 1, frozen: true });
  });

  it('is asked for under its new root when the vote is found in another one', async () => {
    const { watch, world, says, told } = await doubleVote();
    const again = world
      .seen(SLOTS, world.sim.slot)
      .find(({ signingRoot }) => signingRoot === told[0]!.signingRoot)!;
    const other = `0x${'44'.repeat(32)}`;
    const moved = JSON.stringify({ ...JSON.parse(again.onChain), included_in: { slot: '1', root: other } });
    says.asked.length = 0;
    await watch.check([{ ...again, onChain: moved }]);
    await watch.idle();
    expect(says.asked).toEqual([other]);
    expect(told).toHaveLength(1);
  });

  it('is nobody else`s to vouch for when it is the message itself: its signature is verified', async () => {
    const world = await foreignWorld();
    await world.runSlots(SLOTS);
    while (world.sim.tree.atSlot(world.sim.slot).length < 2) {
      await world.runSlot(() => {
        const { slot: at, proposerIndex } = world.sim.tree.head.signed.message;
        if (at === world.sim.slot && proposerIndex < 3) world.twin.propose(proposerIndex);
      });
    }
    const found = world.sim.tree.atSlot(world.sim.slot);
    const proposer = world.validators[found[0]!.signed.message.proposerIndex]!;
    const { watch } = watchOver(world, [world.signer], { witnesses: () => Promise.resolve('contradicted') });
    await watch.check(found.map((each) => seenBlock(world.spec, proposer, factsOf(each))));
    expect(frozenOn(world.signer, proposer.pubkey)).not.toBeNull();
  });
});

it('a second block of a twin is found by its header alone', async () => {
  const world = await foreignWorld();
  await world.runSlots(SLOTS);
  const forged: unknown[] = [];
  while (forged.length === 0) {
    await world.runSlot(() => {
      const head = world.sim.tree.head.signed.message;
      if (head.slot === world.sim.slot && head.proposerIndex < 3) {
        forged.push(world.twin.propose(head.proposerIndex));
      }
    });
  }
  const found = world.sim.tree.atSlot(world.sim.slot);
  expect(found).toHaveLength(2);
  const proposer = world.validators[found[0]!.signed.message.proposerIndex]!;
  const { watch, told } = watchOver(world, [world.signer]);
  const seen = found.map((block) => seenBlock(world.spec, proposer, factsOf(block)));
  expect(await watch.check(seen)).toEqual({ ...NONE, ours: 1, foreign: 1 });
  expect(told).toMatchObject([{ kind: 'block', slot: BigInt(world.sim.slot) }]);
  expect(JSON.parse(told[0]!.ours!)).toMatchObject([{ slot: world.sim.slot.toString() }]);
  expect(frozenOn(world.signer, proposer.pubkey)).toContain('the block of slot');
});

describe('a signer that is silent', () => {
  it('leaves everything open, through a restart of the monitor, until it is back', async () => {
    const world = await foreignWorld();
    await world.runSlots(SLOTS);
    const victim = await world.doubleVote();
    const seen = world.seen(SLOTS, world.sim.slot);
    const way = await wayTo(world.signer);
    way.lost = EVERYTHING;
    const before = watchOver(world, [way]);
    expect(await before.watch.check(seen)).toEqual({ ...NONE, open: seen.length });
    expect(await before.watch.retry()).toEqual({ ...NONE, open: seen.length });
    expect(before.told).toEqual([]);
    const slots = seen.map(({ slot }) => slot).sort((one, other) => Number(one - other));
    expect(before.watch.state.oldestOpen).toBe(slots[0]);
    expect([...before.watch.state.problems.values()]).toMatchObject([{ code: 'MONITOR_SIGNER_SILENT' }]);

    const after = watchOver(world, [way], { open: before.kept.open });
    expect(after.watch.state.oldestOpen).toBe(slots[0]);
    way.lost = /^$/;
    expect(await after.watch.retry()).toEqual({ ...NONE, ours: seen.length - 1, foreign: 1 });
    expect(after.watch.state.oldestOpen).toBeNull();
    expect(after.told).toMatchObject([{ validatorIndex: victim }]);
    expect(after.kept.open).toEqual([]);
    expect(after.watch.state).toMatchObject({ open: 0, unsettled: 0, problems: new Map() });
  });

  it('while a key is to be frozen is asked until it has done so, also after a restart', async () => {
    const world = await foreignWorld();
    await world.runSlots(SLOTS);
    const victim = await world.doubleVote();
    const { pubkey } = world.validators[victim]!;
    const way = await wayTo(world.signer);
    way.lost = /freeze/;
    const before = watchOver(world, [way]);
    expect(await before.watch.check(world.seen(SLOTS, world.sim.slot))).toMatchObject({ foreign: 1 });
    expect([...before.stored.values()]).toMatchObject([
      { action: expect.stringMatching(/^not frozen: .*socket hang up/) as string },
    ]);
    expect(before.watch.state.unsettled).toBe(1);
    const after = watchOver(world, [way], { known: [...before.stored.values()] });
    await after.watch.retry();
    expect(frozenOn(world.signer, pubkey)).toBeNull();
    way.lost = /^$/;
    await after.watch.retry();
    expect(frozenOn(world.signer, pubkey)).not.toBeNull();
    expect([...after.stored.values()]).toMatchObject([{ pubkey, action: 'frozen' }]);
    expect([before.told.length, after.told.length, after.settled.length]).toEqual([1, 0, 1]);
  });

  it('is silent too when it does not know the token', async () => {
    const world = await foreignWorld();
    await world.runSlots(2 * SLOTS);
    const { watch } = watchOver(world, [{ url: world.signer.url, token: 'ab'.repeat(32) }]);
    const seen = world.seen(SLOTS, 2 * SLOTS - 1);
    expect(await watch.check(seen)).toEqual({ ...NONE, open: seen.length });
    expect([...watch.state.problems.values()]).toMatchObject([{ code: 'MONITOR_SIGNER_REFUSES' }]);
  });
});

describe('of several signers', () => {
  /** A second one with other keys, on the same network. */
  async function second(world: Awaited<ReturnType<typeof foreignWorld>>) {
    const other = await startSignerFixture({ spec: world.spec, keys: 1, nowSlot: 0n });
    world.signers.push(other);
    return other;
  }

  it('the one that has the key answers for it and is the one where it is frozen', async () => {
    const world = await foreignWorld();
    const other = await second(world);
    await world.runSlots(SLOTS);
    const victim = await world.doubleVote();
    const { pubkey } = world.validators[victim]!;
    const seen = world.seen(SLOTS, world.sim.slot);
    const { watch } = watchOver(world, [other, world.signer]);
    expect(await watch.check(seen)).toEqual({ ...NONE, ours: seen.length - 1, foreign: 1 });
    expect(frozenOn(world.signer, pubkey)).not.toBeNull();
    expect(frozenOn(other, pubkey)).toBeNull();
    expect(other.guard.listKeys().map((status) => status.pubkey)).toEqual(other.pubkeys);
  });

  it('nobody is accused while one is silent: it may have signed it', async () => {
    const world = await foreignWorld();
    const way = await wayTo(await second(world));
    way.lost = EVERYTHING;
    await world.runSlots(SLOTS);
    await world.doubleVote();
    const seen = world.seen(SLOTS, world.sim.slot);
    const { watch, told } = watchOver(world, [world.signer, way]);
    expect(await watch.check(seen)).toEqual({ ...NONE, ours: seen.length - 1, open: 1 });
    expect(told).toEqual([]);
    way.lost = /^$/;
    expect(await watch.retry()).toEqual({ ...NONE, foreign: 1 });
  });

  it('a key that is with none of them is nobody`s business', async () => {
    const world = await foreignWorld();
    const other = await second(world);
    await world.runSlots(3 * SLOTS);
    const seen = world.seen(SLOTS, 2 * SLOTS - 1);
    const { watch, told } = watchOver(world, [other]);
    expect(await watch.check(seen)).toEqual({ ...NONE, elsewhere: seen.length });
    expect(told).toEqual([]);
  });

  it('a key that was handed from one to the other is known on both sides of that epoch', async () => {
    const world = await foreignWorld();
    const { dataDir } = await validatorKeys(3);
    const heir = await startSignerFixture({
      ...{ spec: world.spec, dataDir, keys: 0, nowSlot: 0n, onMissingHistory: 'trust' },
    });
    world.signers.push(heir);
    await world.runSlots(2 * SLOTS - 1);
    const keys = world.validators.map(({ pubkey }) => pubkey);
    const act = { by: 'test', reason: 'test' };
    const receipt = await world.signer.guard.operator.handOver(keys, epoch(2n), act);
    await heir.guard.operator.takeOver(receipt, act);
    await world.useSigner(heir.url);
    await world.runSlots(2 * SLOTS + 2);
    const seen = world.seen(SLOTS, 3 * SLOTS - 1);
    expect(seen.filter(({ kind }) => kind === 'attestation')).toHaveLength(2 * 3);
    const { watch } = watchOver(world, [world.signer, heir]);
    expect(await watch.check(seen)).toEqual({ ...NONE, ours: seen.length });
    // Whoever forgets the heir is not told that its votes are a stranger's.
    const forgetful = await watchOver(world, [world.signer]).watch.check(seen);
    expect(forgetful).toMatchObject({ foreign: 0 });
    expect(forgetful.elsewhere).toBeGreaterThan(0);
  });
});

describe('nobody is accused', () => {
  it('of what another signer signed before this one had the keys', async () => {
    const world = await foreignWorld();
    await world.runSlots(3 * SLOTS);
    const { dataDir } = await validatorKeys(3);
    const successor = await startSignerFixture({
      ...{ spec: world.spec, dataDir, keys: 0, nowSlot: BigInt(3 * SLOTS) },
    });
    const seen = world.seen(SLOTS, 3 * SLOTS - 1);
    const { watch, told } = watchOver(world, [successor]);
    expect(await watch.check(seen)).toEqual({ ...NONE, unknown: seen.length });
    expect(told).toEqual([]);
    for (const { pubkey } of world.validators) expect(frozenOn(successor, pubkey)).toBeNull();
  });

  it.each(['network', 'fork'])('by a signer of another %s', async (what) => {
    const world = await foreignWorld();
    await world.runSlots(3 * SLOTS);
    const { spec } = world;
    const wrong =
      what === 'network'
        ? { ...spec, genesisValidatorsRoot: parseRoot(`0x${'77'.repeat(32)}`, 'root') }
        : { ...spec, forks: spec.forks.map((fork) => ({ ...fork, version: new Uint8Array([7, 7, 7, 7]) })) };
    const seen = world.seen(SLOTS, 2 * SLOTS - 1);
    const mistaken = seen.map((message) => ({
      ...message,
      signingRoot: parseRoot(`0x${'99'.repeat(32)}`, 'root'),
      forkVersion: toHex(wrong.forks.at(-1)!.version),
    }));
    const { watch, told } = watchOver({ spec: wrong }, [world.signer]);
    await watch.check(mistaken);
    expect([...watch.state.problems.values()]).toMatchObject([{ code: 'MONITOR_SIGNER_OTHER_NETWORK' }]);
    expect(told).toEqual([]);
    for (const { pubkey } of world.validators) expect(frozenOn(world.signer, pubkey)).toBeNull();
  });

  it('when there is no signer at all', async () => {
    const world = await foreignWorld();
    await world.runSlots(2 * SLOTS);
    expect(await watchOver(world, []).watch.check(world.seen(SLOTS, 2 * SLOTS - 1))).toEqual(NONE);
  });
});

it('a store that fails keeps none of several keys unfrozen, whatever it fails with', async () => {
  const world = await foreignWorld();
  await world.runSlots(SLOTS);
  const victims = new Set<number>();
  while (victims.size < 2) victims.add(await world.doubleVote());
  const full = (): never => {
    throw new Error('disk full');
  };
  const { watch, told } = watchOver(world, [world.signer], {
    store: { recordForeign: full, keepOpen: full },
  });
  await expect(watch.check(world.seen(SLOTS, world.sim.slot))).rejects.toThrow('disk full');
  expect(told.length).toBeGreaterThanOrEqual(2);
  for (const victim of victims) {
    expect(frozenOn(world.signer, world.validators[victim]!.pubkey)).not.toBeNull();
  }
});

it('a store that fails keeps no key unfrozen, and gets the evidence when it works again', async () => {
  const world = await foreignWorld();
  await world.runSlots(SLOTS);
  const victim = await world.doubleVote();
  const stored: string[] = [];
  let broken = true;
  const { watch, told } = watchOver(world, [world.signer], {
    store: {
      recordForeign: ({ action }) => {
        if (broken) throw new Error('disk full');
        stored.push(action);
      },
      keepOpen: () => undefined,
    },
  });
  await expect(watch.check(world.seen(SLOTS, world.sim.slot))).rejects.toThrow('disk full');
  expect(frozenOn(world.signer, world.validators[victim]!.pubkey)).not.toBeNull();
  broken = false;
  await watch.retry();
  expect({ stored, told: told.length }).toEqual({ stored: ['frozen'], told: 1 });
});
