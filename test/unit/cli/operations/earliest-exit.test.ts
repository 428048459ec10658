import { expect, it } from 'vitest';
import { earliestExit } from '../../../../cli/operations/ask-validators.ts';
import { FAR_FUTURE_EPOCH } from '../../../../core/uint64.ts';
import { epoch } from '../../../../core/units.ts';

it.each([
  ['a validator of genesis', 0n, 256n],
  ['one that was activated later', 1000n, 1256n],
  ['one that waits for its activation', FAR_FUTURE_EPOCH, FAR_FUTURE_EPOCH],
  ['one whose sum would be no uint64', FAR_FUTURE_EPOCH - 1n, FAR_FUTURE_EPOCH],
])('the earliest exit of %s', (_, activation, earliest) => {
  expect(earliestExit({ activationEpoch: epoch(activation) }, { shardCommitteePeriod: 256n })).toBe(earliest);
});
