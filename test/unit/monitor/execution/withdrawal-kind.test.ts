import { expect, it } from 'vitest';
import { withdrawalOwner } from '../../../../monitor/execution/withdrawal-kind.ts';

it.each([
  [0, { kind: 'validator', validatorIndex: 0 }],
  [2 ** 40 - 1, { kind: 'validator', validatorIndex: 2 ** 40 - 1 }],
  [2 ** 40, { kind: 'builder', builderIndex: 0 }],
  [2 ** 40 + 17, { kind: 'builder', builderIndex: 17 }],
])('the withdrawal of index %i', (index, owner) => {
  expect(withdrawalOwner(index)).toStrictEqual(owner);
});
