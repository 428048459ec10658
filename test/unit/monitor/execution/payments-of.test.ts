import { expect, it } from 'vitest';
import type { ValidatorState } from '../../../../beacon/index.ts';
import { slot, ZERO_ROOT, type Slot } from '../../../../core/units.ts';
import { CanonicalView } from '../../../../monitor/chain/index.ts';
import {
  ExecutionIncome,
  ExecutionNode,
  ExecutionNodes,
  paymentsOf,
  Relays,
} from '../../../../monitor/execution/index.ts';
import { withdrawalAddress } from '../../../../monitor/execution/payments-of.ts';
import type { BlockFacts } from '../../../../monitor/model/block-facts.ts';
import type { ProposalResult, ProposalVerdict } from '../../../../monitor/model/verdicts.ts';
import { blockOf, ordinary, OURS, PROPOSER, recordingLog, rpcMethods, rpcServer } from './payment-world.ts';

const stateWith = (withdrawalCredentials: string) => ({ withdrawalCredentials }) as ValidatorState;

it.each([
  ['0x00', null],
  ['0x01', OURS],
  ['0x02', OURS],
  ['0x03', null],
])('credentials %s', (prefix, address) => {
  expect(withdrawalAddress(stateWith(`${prefix}${'00'.repeat(11)}${OURS.slice(2)}`))).toBe(address);
  expect(withdrawalAddress(undefined)).toBeNull();
});

it('pays for blocks on chain that have a payload, to the withdrawal address as to those configured', async () => {
  const world = { feeRecipient: OURS, transactions: [ordinary] };
  const { url } = await rpcServer(rpcMethods(world));
  const nodes = new ExecutionNodes([new ExecutionNode(url)]);
  const income = new ExecutionIncome({ nodes, relays: new Relays([]), log: recordingLog().log });
  const at = (number: bigint, facts: Partial<BlockFacts>) => ({
    ...blockOf(world),
    root: ZERO_ROOT,
    parentRoot: ZERO_ROOT,
    slot: slot(number),
    ...facts,
  });
  const view = new CanonicalView({
    ...{ from: slot(96n), to: slot(103n) },
    blocks: [at(100n, {}), at(101n, { execution: null })],
  });
  const verdict = (number: bigint, result: ProposalResult) =>
    ({ validatorIndex: 7, slot: slot(number), result }) as ProposalVerdict;
  const proposals = [verdict(100n, 'included'), verdict(101n, 'included'), verdict(102n, 'missed')];
  const facts = (credentials: string) => ({
    ...{ view, watched: [{ ...PROPOSER, group: 'default', labels: [] }] },
    states: new Map<Slot, ReadonlyMap<number, ValidatorState>>([
      [slot(95n), new Map()],
      [slot(99n), new Map([[7, stateWith(credentials)]])],
    ]),
  });
  const ours = `0x01${'00'.repeat(11)}${OURS.slice(2)}`;
  const expected = { validatorIndex: 7, slot: 100n, method: 'receipts', amountWei: 63_000n };
  expect(await paymentsOf(income, [])(proposals, facts(ours))).toMatchObject([
    { ...expected, confidence: 'exact' },
  ]);
  const bls = `0x00${'00'.repeat(31)}`;
  expect(
    await paymentsOf(income, [OURS.toUpperCase().replace('X', 'x')])(proposals, facts(bls)),
  ).toMatchObject([{ ...expected, confidence: 'exact' }]);
  expect(await paymentsOf(income, [])(proposals, facts(bls))).toMatchObject([
    { ...expected, confidence: 'probable' },
  ]);
});
