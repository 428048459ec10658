import { expect, it, onTestFinished } from 'vitest';
import { BeaconNodes } from '../../../../beacon/index.ts';
import { SlotClock } from '../../../../core/chain/slot-clock.ts';
import { createLogger } from '../../../../core/log/logger.ts';
import { parseRoot } from '../../../../core/units.ts';
import { blockWitnesses } from '../../../../monitor/foreign/index.ts';
import { rootOf, startChainNode, type ChainNode } from '../../../support/beacon-chain-node.ts';
import { recordingOf } from '../../../support/beacon-recorded.ts';
import { json } from '../../../support/beacon-server.ts';

const spec = recordingOf('electra-minimal').spec();
const ROOT = parseRoot(rootOf(100n), 'root');
const PATH = `/eth/v1/beacon/headers/${ROOT}`;

const unknown = (node: ChainNode): void =>
  void node.instead.set(PATH, json({ code: 404, message: 'no' }, 404));
const broken = (node: ChainNode): void => void node.instead.set(PATH, json({}, 500));
const syncing = (node: ChainNode): void =>
  void (node.sync = { ...node.sync, isSyncing: true, distance: 50n });
const behind = (node: ChainNode): void => [syncing, unknown].forEach((spoil) => spoil(node));
const knows = (): void => undefined;

it.each<[string, readonly ((node: ChainNode) => void)[]]>([
  ['enough', [knows, knows]],
  ['contradicted', [knows, unknown]],
  ['contradicted', [unknown, knows]],
  ['silent', [knows, broken]],
  ['silent', [knows, (node) => void (node.down = true)]],
  // What it does not have it may not have yet.
  ['silent', [knows, behind]],
  ['silent', [knows, syncing]],
  ['enough', [knows, unknown, knows]],
  ['contradicted', [knows, unknown, broken]],
  ['contradicted', [unknown, unknown]],
])('the witnesses of a block: %s', async (testimony, moods) => {
  const { nodes } = await nodesOf(moods);
  expect(await blockWitnesses(nodes)(ROOT)).toBe(testimony);
});

it('a node that hangs is not waited for long, and after a while not asked any more', async () => {
  const { nodes, toys } = await nodesOf([knows, (node) => void node.instead.set(PATH, () => undefined)]);
  const ask = blockWitnesses(nodes, 50);
  for (let asked = 0; asked < 3; asked += 1) expect(await ask(ROOT)).toBe('silent');
  expect(nodes.report().map(({ doubt }) => doubt)).toEqual([null, 'unreachable']);
  expect(await ask(ROOT)).toBe('silent');
  expect(toys[1]!.calls(PATH)).toBe(3);
});

async function nodesOf(moods: readonly ((node: ChainNode) => void)[]) {
  const toys = await Promise.all(moods.map(() => startChainNode(spec)));
  const genesisMs = Number(spec.genesisTimeSeconds) * 1000;
  const nodes = new BeaconNodes(
    {
      urls: toys.map(({ url }) => url),
      client: { retry: { attempts: 1, baseMs: 1, maxMs: 1 } },
    },
    {
      spec,
      clock: new SlotClock(spec, () => genesisMs + 100 * spec.slotDurationMs),
      log: createLogger('silent'),
    },
  );
  onTestFinished(() => nodes.stop());
  moods.forEach((mood, at) => mood(toys[at]!));
  await nodes.check();
  return { nodes, toys };
}
