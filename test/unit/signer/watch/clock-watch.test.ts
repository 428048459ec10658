import { describe, expect, it, onTestFinished } from 'vitest';
import { BeaconNode } from '../../../../beacon/beacon-node.ts';
import { SlotClock } from '../../../../core/chain/slot-clock.ts';
import { createLogger } from '../../../../core/log/logger.ts';
import { ClockWatch } from '../../../../signer/watch/clock-watch.ts';
import { startBeaconNode, type TinyBeaconNode } from '../../../support/signer-beacon-node.ts';
import { NETWORK, timeOfSlot } from '../../../support/signer-network.ts';

const OURS = 1000n;
/** So long that only the checks of the test take place. */
const NEVER_MS = 2 ** 30;

function watchOf(nodes: readonly TinyBeaconNode[], user = '', intervalMs = NEVER_MS): ClockWatch {
  const clock = new SlotClock(NETWORK, () => timeOfSlot(OURS));
  const urls = nodes.map(({ url }) => url.replace('http://', `http://${user}`));
  const watch = new ClockWatch(
    urls.map((url) => new BeaconNode(url)),
    clock,
    intervalMs,
    createLogger('silent'),
  );
  onTestFinished(() => watch.stop());
  return watch;
}

async function nodeAt(slot: bigint, distance = 0n): Promise<TinyBeaconNode> {
  const node = await startBeaconNode();
  node.setClock(slot, distance);
  return node;
}

describe('the clock is in doubt', () => {
  it.each([997n, 1003n, 0n, 1_000_000n])('when the node is at slot %s and we are at 1000', async (theirs) => {
    const node = await nodeAt(theirs);
    const watch = watchOf([node]);
    await watch.check();
    expect(watch.doubt).toBe(`our clock is at slot 1000, that of ${node.url} at slot ${theirs}`);
  });

  it('when one of several nodes disagrees', async () => {
    const watch = watchOf([await nodeAt(OURS), await nodeAt(900n), await nodeAt(OURS)]);
    await watch.check();
    expect(watch.doubt).toContain('at slot 900');
  });

  it('until the node agrees again', async () => {
    const node = await nodeAt(900n);
    const watch = watchOf([node]);
    await watch.check();
    expect(watch.doubt).not.toBeNull();
    node.setClock(OURS);
    await watch.check();
    expect(watch.doubt).toBeNull();
  });

  it('no less when the node that disagreed falls silent: silence is not agreement', async () => {
    const node = await nodeAt(900n);
    const watch = watchOf([node]);
    await watch.check();
    await node.close();
    await watch.check();
    expect(watch.doubt).not.toBeNull();
  });

  it('without telling the credentials of the node', async () => {
    const watch = watchOf([await nodeAt(900n)], 'user:s3cret@');
    await watch.check();
    expect(watch.doubt).toContain('at slot 900');
    expect(watch.doubt).not.toContain('s3cret');
  });
});

describe('the clock is trusted', () => {
  it.each([998n, 1000n, 1002n])('when the node is at slot %s and we are at 1000', async (theirs) => {
    const watch = watchOf([await nodeAt(theirs)]);
    await watch.check();
    expect(watch.doubt).toBeNull();
  });

  it('when the node is far from its head but not from us', async () => {
    const watch = watchOf([await nodeAt(OURS, 600n)]);
    await watch.check();
    expect(watch.doubt).toBeNull();
  });

  it('before the first check, and without nodes', async () => {
    const watch = watchOf([]);
    expect(watch.doubt).toBeNull();
    await watch.check();
    expect(watch.doubt).toBeNull();
  });

  it('when the node never answered', async () => {
    const node = await nodeAt(900n);
    await node.close();
    const watch = watchOf([node]);
    await watch.check();
    expect(watch.doubt).toBeNull();
  });

  it.each([
    ['an error', { data: {} }, 500],
    ['no slot', { data: {} }, 200],
    ['a slot that is no integer', { data: { head_slot: '9e2', sync_distance: '0' } }, 200],
    ['no JSON', '<html>', 200],
  ])('when the node answers with %s', async (_name, body, status) => {
    const node = await startBeaconNode();
    node.answer('/eth/v1/node/syncing', body, status);
    const watch = watchOf([node]);
    await watch.check();
    expect(node.requests).toHaveLength(1);
    expect(watch.doubt).toBeNull();
  });
});

describe('beacon nodes that do not answer', () => {
  it('are counted anew at every look; one of another opinion is not among them', async () => {
    const nodes = [await nodeAt(OURS), await nodeAt(900n), await nodeAt(OURS)];
    const watch = watchOf(nodes);
    expect(watch.silentNodes).toBe(0);
    await watch.check();
    expect(watch.silentNodes).toBe(0);
    await nodes[0]!.close();
    nodes[1]!.answer('/eth/v1/node/syncing', '<html>');
    await watch.check();
    expect(watch.silentNodes).toBe(2);
    nodes[1]!.setClock(OURS);
    await watch.check();
    expect(watch.silentNodes).toBe(1);
  });
});

describe('the watch', () => {
  it('asks by itself, again and again', async () => {
    const node = await nodeAt(OURS);
    watchOf([node], '', 20);
    await node.nextRequest();
    const second = await node.nextRequest();
    expect(second.url).toBe('/eth/v1/node/syncing');
  });
});
