import { expect, it } from 'vitest';
import { SlotClock } from '../../../core/chain/slot-clock.ts';
import { startBeaconNode } from '../../support/signer-beacon-node.ts';
import { startDaemon } from '../../support/signer-daemon.ts';
import { startSignerFixture } from '../../support/signer-fixture.ts';
import { NETWORK } from '../../support/signer-network.ts';

const clock = new SlotClock(NETWORK, Date.now);

async function nodeOfOurNetwork() {
  const node = await startBeaconNode();
  const genesis_time = NETWORK.genesisTimeSeconds.toString();
  const genesis_validators_root = NETWORK.genesisValidatorsRoot;
  node.answer('/eth/v1/beacon/genesis', { data: { genesis_time, genesis_validators_root } });
  node.setClock(clock.currentSlot());
  return node;
}

/** A whole daemon beside these beacon nodes, and what its `/healthcheck` says. */
async function healthBeside(beaconNodes: readonly string[]) {
  const made = await startSignerFixture();
  await made.close();
  const signer = await startDaemon(made.dataDir, { beaconNodes });
  const response = await fetch(`http://127.0.0.1:${signer.ports.http}/healthcheck`);
  const { status, checks } = (await response.json()) as { status: string; checks: { id: string }[] };
  return { http: response.status, status, beacon: checks.find(({ id }) => id === 'beacon-node-check') };
}

it('a daemon is healthy while one of its beacon nodes answers', async () => {
  const [alive, dead] = [await nodeOfOurNetwork(), await nodeOfOurNetwork()];
  await dead.close();
  expect(await healthBeside([dead.url, alive.url])).toMatchObject({
    http: 200,
    status: 'UP',
    beacon: { status: 'UP', data: { 'nodes-configured': 2, 'nodes-answering': 1 } },
  });
});

it('a daemon is not healthy when none of its beacon nodes answers', async () => {
  const dead = await nodeOfOurNetwork();
  await dead.close();
  expect(await healthBeside([dead.url])).toMatchObject({
    http: 503,
    status: 'DOWN',
    beacon: { status: 'DOWN', data: { 'nodes-configured': 1, 'nodes-answering': 0 } },
  });
});

it('a daemon without beacon nodes is not asked about them', async () => {
  expect(await healthBeside([])).toEqual({ http: 200, status: 'UP', beacon: undefined });
});
