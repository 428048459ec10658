import { pino } from 'pino';
import { expect, it } from 'vitest';
import { BeaconNode } from '../../../../beacon/beacon-node.ts';
import { ChainWatch } from '../../../../signer/watch/chain-watch.ts';
import { DoppelgangerWatch } from '../../../../signer/watch/doppelganger-watch.ts';
import { keyPast } from '../../../../signer/watch/key-past.ts';
import { DisasterWorld } from '../../../support/disaster-world.ts';
import { startBeaconNode } from '../../../support/signer-beacon-node.ts';
import { KEY_A } from '../../../support/slashing-fixtures.ts';

/** What is logged of a node that tells neither liveness nor rewards, looked at three times. */
async function warnings(epochs: bigint): Promise<unknown[]> {
  const world = new DisasterWorld();
  const guard = world.open();
  await guard.admitKey(KEY_A, false);
  const node = await startBeaconNode();
  node.setClock(83n);
  node.answer('/eth/v1/beacon/states/head/validators', {
    data: [
      {
        ...{ index: '0', balance: '32000000000', status: 'active_ongoing' },
        validator: { pubkey: KEY_A, slashed: false, effective_balance: '32000000000' },
      },
    ],
    finalized: false,
  });
  const codes: unknown[] = [];
  const write = (line: string) => codes.push((JSON.parse(line) as { code?: unknown }).code);
  const { clock } = world.time;
  const watch = new ChainWatch({
    ...{ nodes: [new BeaconNode(node.url)], guard, clock, pubkeys: () => [KEY_A] },
    log: pino({ level: 'warn' }, { write }),
    doppelganger: new DoppelgangerWatch(
      epochs,
      (pubkey) => keyPast(guard, pubkey),
      () => clock.currentEpoch(),
    ),
  });
  await watch.assertDatabaseIsNewest();
  await watch.check();
  await watch.check();
  expect(node.requests.length).toBeGreaterThan(0);
  return codes;
}

it('a blind node is warned of once while keys are silent', async () => {
  expect(await warnings(2n)).toEqual(['DOPPELGANGER_BLIND']);
});

it('a blind node is not warned of when the watch is off: no key is silent for it', async () => {
  expect(await warnings(0n)).toEqual([]);
});
