import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { BeaconNodes, configSpec } from '../../../../beacon/index.ts';
import { SlotClock } from '../../../../core/chain/slot-clock.ts';
import { createLogger } from '../../../../core/log/logger.ts';
import { epoch } from '../../../../core/units.ts';
import { urlDoor } from '../../../../monitor/foreign/index.ts';
import { tempDirectory } from '../../../support/temp-guard.ts';
import { foreignWorld, SLOTS, tokenFile, wayTo } from './foreign-world.ts';

const { ForeignLink } = await import('../../../../monitor/daemon/foreign-link.ts');
const { WrittenEpochs } = await import('../../../../monitor/daemon/written-epochs.ts');
const { engineParts } = await import('../../../../monitor/daemon/engine-parts.ts');
const { backfill } = await import('../../../../monitor/engine/backfill.ts');

const EVERYTHING = { from: epoch(0n), until: epoch(2n ** 62n) };

/** A chain whose first epochs are final, with a double vote of a twin in them, and a monitor's database without them. */
async function finalWorld() {
  const world = await foreignWorld();
  await world.runSlots(SLOTS);
  const victim = await world.doubleVote();
  await world.runSlots(6 * SLOTS);
  const { spec, sim } = world;
  const log = createLogger('silent');
  const nodes = new BeaconNodes(
    { urls: [world.beaconUrl], client: { retry: { attempts: 1, baseMs: 1, maxMs: 1 } } },
    { spec, clock: new SlotClock(spec, sim.clock.nowMs), log },
  );
  onTestFinished(() => nodes.stop());
  await nodes.check();
  const { data: values } = await nodes.ask(configSpec());
  const databasePath = join(tempDirectory(), 'monitor.sqlite');
  const open = () => {
    const parts = engineParts({ nodes, spec, values, ledgerDay: 'utc', databasePath, log });
    onTestFinished(() => parts.store.close());
    return parts;
  };
  const way = await wayTo(world.signer);
  const { pubkey } = world.validators[victim]!;
  /** As after a start of the monitor. */
  const start = (doors = [urlDoor(way.url, tokenFile(way.token))]) => {
    const { store, sources } = open();
    const told: string[] = [];
    const link = new ForeignLink({
      ...{ spec, store, log, doors, nowMs: () => 0n },
      onForeign: ({ signingRoot }) => told.push(signingRoot),
      onForged: () => undefined,
      onImpossible: () => undefined,
    });
    const written = new WrittenEpochs({ store, sources, link, watched: () => world.validators, retryMs: 0 });
    return { store, link, written, told };
  };
  const parts = open();
  parts.store.watch(world.validators, epoch(0n));
  return { ...world, parts, way, start, frozen: () => world.signer.guard.statusOf(pubkey).frozen !== null };
}

it('epochs that a backfill brought are compared with the signers, and so they are after it was killed', async () => {
  const { parts, start, frozen } = await finalWorld();
  const { repaired } = await backfill(parts, EVERYTHING, () => undefined);
  expect(repaired).toBeGreaterThan(3);
  expect(parts.store.uncompared()).toHaveLength(repaired);
  expect(frozen()).toBe(false);
  const { written, told, store } = start();
  await written.run();
  expect({ told: told.length, frozen: frozen() }).toEqual({ told: 1, frozen: true });
  expect(store.uncompared()).toEqual([]);
  // What is there already is not written, and so not compared, once more.
  await backfill(parts, EVERYTHING, () => undefined);
  expect(parts.store.uncompared()).toEqual([]);
});

it('an epoch counts as compared once what came of it is on disk', async () => {
  const { parts, start, way, frozen } = await finalWorld();
  const { repaired } = await backfill(parts, EVERYTHING, () => undefined);
  way.lost = /./;
  const silent = start();
  const keep = silent.store.keepOpenForeign.bind(silent.store);
  silent.store.keepOpenForeign = () => {
    throw new Error('disk full');
  };
  await expect(silent.written.run()).rejects.toThrow('disk full');
  expect(silent.store.uncompared()).toHaveLength(repaired);
  silent.store.keepOpenForeign = keep;
  await silent.written.run();
  // They wait with the messages now, for whoever starts next.
  expect(silent.store.uncompared()).toEqual([]);
  way.lost = /^$/;
  const next = start();
  await next.link.watch.retry();
  expect({ told: next.told.length, frozen: frozen() }).toEqual({ told: 1, frozen: true });
});

it('what is written while an epoch is compared is compared as well', async () => {
  const { parts, start, validators } = await finalWorld();
  const { sources, store } = parts;
  await backfill(parts, { from: epoch(1n), until: epoch(1n) }, () => undefined);
  const { written, link } = start();
  const [mark] = store.uncompared();
  const check = link.check.bind(link);
  link.check = async (...what) => {
    store.unwatch(validators.map(({ index }) => index));
    await check(...what);
    // Another one, found wanting at last.
    const late = {
      index: 5,
      pubkey: validators[0]!.pubkey.replace(/..$/, '00') as never,
      group: 'default',
      labels: [],
    };
    store.watch([late], epoch(1n));
    await backfill({ ...parts, sources }, { from: epoch(1n), until: epoch(1n) }, () => undefined);
  };
  await written.run();
  const left = store.uncompared();
  expect(left.map(({ epoch: of }) => of)).toEqual([1n]);
  expect(left[0]!.id).not.toBe(mark!.id);
});

it('an epoch that no node can tell of waits, and holds up none of the others', async () => {
  const { parts, start, node } = await finalWorld();
  await backfill(parts, EVERYTHING, () => undefined);
  const { written, store, told } = start();
  node.faults.add(new RegExp(`states/${3 * SLOTS}/committees`), { kind: 'status', status: 404 });
  await expect(written.run()).rejects.toMatchObject({ code: 'BEACON_NOT_FOUND' });
  expect(store.uncompared().map(({ epoch: of }) => of)).toEqual([3n]);
  expect({ told: told.length, waiting: written.waiting }).toEqual({ told: 1, waiting: 1 });
  node.faults.clear();
  await written.run();
  expect(written.waiting).toBe(0);
});

it('without a signer there is nothing to compare with, and nothing waits for one', async () => {
  const { parts, start } = await finalWorld();
  await backfill(parts, EVERYTHING, () => undefined);
  const { written, store } = start([]);
  expect(written.waiting).toBeNull();
  await written.run();
  expect(store.uncompared()).toEqual([]);
});
