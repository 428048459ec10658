import { expect, it } from 'vitest';
import { createLogger } from '../../../../core/log/logger.ts';
import { SlotClock } from '../../../../core/chain/slot-clock.ts';
import { BeaconNode } from '../../../../beacon/beacon-node.ts';
import { ClockWatch } from '../../../../signer/watch/clock-watch.ts';
import { SteadyClock } from '../../../../signer/watch/steady-clock.ts';
import { startBeaconNode } from '../../../support/signer-beacon-node.ts';
import { NETWORK, timeOfSlot } from '../../../support/signer-network.ts';

const SLOT_MS = 12_000;

function clocks() {
  const at = { wall: timeOfSlot(1000n), monotonic: 5000 };
  const steady = new SteadyClock(
    () => at.wall,
    () => at.monotonic,
  );
  return { at, steady, clock: new SlotClock(NETWORK, () => at.wall) };
}

function stopAfter(watch: ClockWatch): ClockWatch {
  watch.stop();
  return watch;
}

it.each([
  [30_000, 'stepped forward by 30 s'],
  [-30_000, 'stepped back by 30 s'],
])('a step of the wall clock by %i ms is a doubt at once, and none when it is undone', (step, words) => {
  const { at, steady, clock } = clocks();
  const watch = stopAfter(new ClockWatch([], clock, SLOT_MS, createLogger('silent'), steady));
  expect(watch.doubt).toBeNull();
  at.wall += step;
  expect(watch.doubt).toContain(words);
  at.wall -= step;
  expect(watch.doubt).toBeNull();
});

it('time that passes on both clocks is no step, nor is a small correction', () => {
  const { at, steady, clock } = clocks();
  const watch = stopAfter(new ClockWatch([], clock, SLOT_MS, createLogger('silent'), steady));
  at.wall += 86_400_000 + 24_000;
  at.monotonic += 86_400_000;
  expect(watch.doubt).toBeNull();
  at.wall += 1;
  expect(watch.doubt).not.toBeNull();
});

it('a beacon node that agrees with the new time ends the doubt; one that does not, keeps it', async () => {
  const { at, steady, clock } = clocks();
  const node = await startBeaconNode();
  const watch = stopAfter(
    new ClockWatch([new BeaconNode(node.url)], clock, SLOT_MS, createLogger('silent'), steady),
  );
  at.wall += 100 * NETWORK.slotDurationMs;
  node.setClock(1000n);
  await watch.check();
  expect(watch.doubt).toContain('our clock is at slot 1100');
  node.setClock(1100n);
  await watch.check();
  expect(watch.doubt).toBeNull();
  at.wall -= 100 * NETWORK.slotDurationMs;
  expect(watch.doubt).toContain('stepped back');
});
