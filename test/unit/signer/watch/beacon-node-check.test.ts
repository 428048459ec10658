import { expect, it } from 'vitest';
import { beaconNodeCheck } from '../../../../signer/watch/beacon-node-check.ts';

it('says nothing of beacon nodes that were never configured', () => {
  expect(beaconNodeCheck(0, 0)).toEqual([]);
});

it.each([
  [1, 0, 'UP', 1],
  [3, 2, 'UP', 1],
  [1, 1, 'DOWN', 0],
  [3, 3, 'DOWN', 0],
])('of %i nodes, of which %i are silent, it says %s', (configured, silent, status, answering) => {
  expect(beaconNodeCheck(configured, silent)).toEqual([
    {
      id: 'beacon-node-check',
      status,
      data: { 'nodes-configured': configured, 'nodes-answering': answering },
    },
  ]);
});
