import { expect, it } from 'vitest';
import { judgeConsolidation, judgeFork } from '../../../../cli/operations/judge-request.ts';
import type { ValidatorState } from '../../../../beacon/index.ts';
import { epoch } from '../../../../core/units.ts';
import { firstEpochOf, NETWORK } from '../../../support/signer-network.ts';

const credentials = (prefix: string): string => `0x${prefix}${'00'.repeat(11)}${'66'.repeat(20)}`;

const validator = (prefix: string, status = 'active_ongoing'): ValidatorState =>
  ({ status, withdrawalCredentials: credentials(prefix) }) as ValidatorState;

const [plain, compounding] = [validator('01'), validator('02')];

it.each<[said: string, from: ValidatorState, to: ValidatorState, leaving: string[], problems: string[]]>([
  ['from 0x01 into 0x02', plain, compounding, [], []],
  ['from 0x02 into 0x02', validator('02'), compounding, [], []],
  ['from 0x00', validator('00'), compounding, [], ['the credentials of the source name no address']],
  ['into 0x01', plain, validator('01'), [], ['target: it is not compounding (0x02)']],
  ['of one that may not leave', plain, compounding, ['it is young'], ['source: it is young']],
  ['into one that leaves', plain, validator('02', 'active_exiting'), [], ['target: it is active_exiting']],
  [
    'into one that was slashed',
    plain,
    validator('02', 'active_slashed'),
    [],
    ['target: it is active_slashed'],
  ],
  [
    'into one that is not active yet',
    plain,
    validator('02', 'pending_queued'),
    [],
    ['target: it is pending_queued'],
  ],
  ['into itself, which makes it compounding', plain, plain, [], []],
  ['into itself, when it is compounding', compounding, compounding, [], ['it is compounding already']],
])('a consolidation %s', (_said, from, to, leaving, problems) => {
  expect(judgeConsolidation(from, to, leaving)).toEqual(problems);
});

it('one that leaves does not become compounding, nor one without an address', () => {
  const leaving = validator('01', 'active_exiting');
  expect(judgeConsolidation(leaving, leaving, [])).toEqual(['it is active_exiting']);
  const bare = validator('00');
  expect(judgeConsolidation(bare, bare, [])).toEqual(['the credentials of the source name no address']);
});

it('a chain follows requests from Electra on', () => {
  const at = (number: bigint) => judgeFork({ spec: NETWORK, currentEpoch: epoch(number) });
  const electra = firstEpochOf('electra');
  expect(at(electra - 1n)).toEqual(['the chain is in deneb, and follows no request before electra']);
  expect(at(electra)).toEqual([]);
});
