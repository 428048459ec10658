import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExecutedTransaction } from '../../../../monitor/execution/execution-block.ts';
import { priorityFeesWei, unexplainedWei } from '../../../../monitor/execution/fees.ts';

const PEOPLE = ['0xa', '0xb', '0xc', '0xd'];
const person = fc.constantFrom(...PEOPLE);
const wei = fc.bigInt(0n, 2n ** 70n);

const blocks = fc.record({
  baseFee: wei,
  feeRecipient: person,
  transactions: fc.array(
    fc.record({
      from: person,
      to: fc.option(person),
      value: wei,
      succeeded: fc.boolean(),
      gas: fc.bigInt(0n, 30_000_000n),
      tip: wei,
      blobFee: wei,
    }),
  ),
  /** What contracts move, which no transaction shows. */
  moves: fc.array(fc.record({ from: person, to: person, value: wei })),
  withdrawals: fc.array(fc.record({ to: person, gwei: wei, index: fc.nat() })),
});
type Block = typeof blocks extends fc.Arbitrary<infer T> ? T : never;

/** The oracle: an accountant who executes the block account by account and burns what is burned. */
function executed({ baseFee, feeRecipient, transactions, moves, withdrawals }: Block) {
  const balances = new Map(PEOPLE.map((each) => [each, 10n ** 40n]));
  const hidden = new Map(PEOPLE.map((each) => [each, 0n]));
  let fees = 0n;
  let burned = 0n;
  const add = (who: string, amount: bigint): unknown => balances.set(who, balances.get(who)! + amount);
  const hide = (who: string, amount: bigint): void => {
    add(who, amount);
    hidden.set(who, hidden.get(who)! + amount);
  };
  for (const { from, to, value, succeeded, gas, tip, blobFee } of transactions) {
    add(from, -(gas * baseFee));
    add(from, -(gas * tip));
    add(from, -blobFee);
    burned += gas * baseFee + blobFee;
    fees += gas * tip;
    hide(feeRecipient, gas * tip);
    if (!succeeded) continue;
    add(from, -value);
    if (to !== null) add(to, value);
  }
  for (const { from, to, value } of moves) {
    hide(from, -value);
    hide(to, value);
  }
  for (const { to, gwei } of withdrawals) add(to, gwei * 10n ** 9n);
  return { balances, hidden, fees, burned };
}

const transactionsOf = ({ baseFee, transactions }: Block): ExecutedTransaction[] =>
  transactions.map(({ from, to, value, succeeded, gas, tip, blobFee }) => ({
    ...{ from, to, succeeded, valueWei: value, gasUsed: gas, blobFeeWei: blobFee },
    gasPriceWei: baseFee + tip,
  }));

describe('fee arithmetic against an accountant', () => {
  it('priority fees are what is paid and not burned', () => {
    fc.assert(
      fc.property(blocks, (block) => {
        const { fees, burned } = executed(block);
        const transactions = transactionsOf(block);
        expect(priorityFeesWei({ baseFeeWei: block.baseFee, transactions })).toBe(fees);
        const paid = transactions.reduce((sum, t) => sum + t.gasUsed * t.gasPriceWei + t.blobFeeWei, 0n);
        expect(paid - burned).toBe(fees);
      }),
    );
  });

  it('what is left of a balance is fees and what contracts moved', () => {
    fc.assert(
      fc.property(blocks, (block) => {
        const { balances, hidden } = executed(block);
        const withdrawals = block.withdrawals.map(({ to, gwei, index }) => ({
          ...{ address: to, amountGwei: gwei, validatorIndex: index },
        }));
        const known = { baseFeeWei: block.baseFee, transactions: transactionsOf(block) };
        for (const address of PEOPLE) {
          const change = { address, beforeWei: 10n ** 40n, afterWei: balances.get(address)! };
          expect(unexplainedWei(change, known, withdrawals)).toBe(hidden.get(address));
        }
      }),
    );
  });
});
