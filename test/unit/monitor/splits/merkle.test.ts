import { StandardMerkleTree } from '@openzeppelin/merkle-tree';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePool } from '../../../../monitor/splits/config/read-pool-file.ts';
import { merkleTree } from '../../../../monitor/splits/outputs/merkle.ts';
import { EMPTY_STATE } from '../../../../monitor/splits/payouts/payout-state.ts';
import { person, poolText, split } from '../../../support/splits-fixture.ts';
import { attested, ETH, GWEI, row } from '../../../support/splits-ledger.ts';

interface TreeFile {
  root: string;
  claims: { index: number; account: string; amountWei: string; proof: string[]; participant: string }[];
  tree: { tree: string[]; values: { value: string[]; treeIndex: number }[] };
}

/** A result with these claims; everything else of it does not matter here. */
function fileOf(payouts: readonly bigint[], preset: 'lido-csm' | null, padSingle = false): TreeFile {
  const result = split(poolText([person('x', 1)]), [row(7, 2)]);
  const accounts = new Map(
    payouts.map((paidWei, index) => [
      `p${index}`,
      { index, address: `0x${`${index + 1}${index + 1}`.repeat(20)}`, balanceWei: 0n, paidWei },
    ]),
  );
  const pool = { ...parsePool(poolText([person('x', 1)]), 'p').pool, preset };
  const merkle = merkleTree(
    pool,
    { kind: 'cumulative', padSingle },
    { ...result, closing: { ...EMPTY_STATE, accounts } },
  );
  return JSON.parse(merkle!.text) as TreeFile;
}

// Trees that OpenZeppelin's own library made, version 1.0.8.
test('the golden tree of (operator, amount)', () => {
  const { root, claims, tree } = fileOf([ETH, (25n * ETH) / 10n, 333333333333333333n], 'lido-csm');
  expect(root).toBe('0xb5be436e8edfce18f02f474162bf391f21f004ccaf63f1831e53d351aad10c72');
  expect(tree.tree).toEqual([
    root,
    '0x04ddb62922ce216e2805f80b410316595ebb49c0735c5ff19d48474ecb9ed776',
    '0xcf5d987e8c58e4cfb73aa2884be6034c1cb96def6945e12657d99532fe2c81b6',
    '0xcc4b1419f3b34fe47faec8d8935441a5580fe7b72aa55c5cf51d903df9dab814',
    '0x6c7d6db3cf6ae73f8e8b0358c3ecb3ad3cfa8d0f85395abd69a5ff003e8ef7bd',
  ]);
  expect(tree.values.map(({ treeIndex }) => treeIndex)).toEqual([3, 2, 4]);
  expect(claims.map(({ proof }) => proof)).toEqual([
    [tree.tree[4], tree.tree[2]],
    [tree.tree[1]],
    [tree.tree[3], tree.tree[2]],
  ]);
});

test('the golden tree of (index, account, amount)', () => {
  const { root, tree } = fileOf([ETH, 2n], null);
  expect(root).toBe('0xa91a318e5a205902131b525a2d0615c98f36de29a625509153589caa54181f57');
  expect(tree.tree[1]).toBe('0xeb728624ae06a51d14c3864a1c4dbf39cfa562f9784e4091328aa6ce23ae25bd');
});

test('every proof is the one of the library, and leads to the root', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt(1n, 10n ** 20n), { minLength: 1, maxLength: 9 }), (payouts) => {
      const { root, claims, tree } = fileOf(payouts, 'lido-csm');
      const loaded = StandardMerkleTree.load({
        format: 'standard-v1',
        leafEncoding: ['uint256', 'uint256'],
        ...tree,
      });
      claims.forEach(({ index, amountWei, proof }, position) => {
        const leaf = [`${index}`, amountWei];
        expect(proof).toEqual(loaded.getProof(position));
        expect(StandardMerkleTree.verify(root, ['uint256', 'uint256'], leaf, proof)).toBe(true);
        expect(
          StandardMerkleTree.verify(root, ['uint256', 'uint256'], [`${index}`, `${amountWei}0`], proof),
        ).toBe(false);
      });
    }),
    { numRuns: 25 },
  );
});

test('a single claim can have a proof that is not empty', () => {
  expect(fileOf([ETH], null).claims[0]?.proof).toEqual([]);
  const padded = fileOf([ETH], null, true);
  expect(padded.claims[0]?.proof).toHaveLength(1);
  expect(padded.claims).toHaveLength(1);
});

test('nobody to pay is no tree', () => {
  const result = split(poolText([person('x', 1)]), [row(7, 2)]);
  const { pool } = parsePool(poolText([person('x', 1)]), 'p');
  expect(merkleTree(pool, { kind: 'period', padSingle: false }, result)).toBeNull();
});

test('a cumulative tree holds what was paid in all periods, also to who is gone; one per period only its own', () => {
  const both = poolText([person('ann', 1), person('ben', 2)], 'merkle: {kind: cumulative}');
  const first = split(both, [row(7, 2, attested(1000))]);
  const one = poolText([person('ann', 1)], 'merkle: {kind: cumulative}');
  const second = split(one, [row(7, 3, attested(300))], '2026-01-03', { opening: first.closing });
  const claims = (kind: 'period' | 'cumulative') => {
    const file = JSON.parse(
      merkleTree(parsePool(one, 'p').pool, { kind, padSingle: false }, second)!.text,
    ) as TreeFile;
    return file.claims.map(({ participant, amountWei }) => [participant, BigInt(amountWei) / 10n ** 9n]);
  };
  expect(claims('cumulative')).toEqual([
    ['ann', 800n],
    ['ben', 500n],
  ]);
  expect(claims('period')).toEqual([['ann', 300n]]);
});

test('with a cumulative tree nobody who was paid changes the address', () => {
  const text = (n: number, merkle: string) => poolText([person('ann', n)], `merkle: {kind: ${merkle}}`);
  const first = split(text(1, 'cumulative'), [row(7, 2, attested(1000))]);
  const again = (merkle: string) =>
    split(text(2, merkle), [row(7, 3)], '2026-01-03', { opening: first.closing });
  expect(() => again('cumulative')).toThrow('a new address needs a new participant');
  expect(again('period').closing.accounts.get('ann')?.address).toMatch(/2$/);
});

test('in a cumulative tree an address has one leaf: who comes back must come back under the old id', () => {
  const tree = 'merkle: {kind: cumulative}';
  const rows = [row(7, 2, attested(1000)), row(7, 3, { openingBalanceGwei: 32n * GWEI + 1000n })];
  const first = split(poolText([person('ann', 1), person('ben', 2)], tree), rows, '2026-01-02');
  const again = (text: string) => split(text, rows, '2026-01-03', { opening: first.closing });
  const renamed = [person('ann', 1), person('ben2', 2)];
  expect(() => again(poolText(renamed, tree))).toThrow('ben2 has the address of ben');
  // A tree of each period by itself pays nobody twice.
  again(poolText(renamed, 'merkle: {kind: period}'));
  again(poolText([person('ann', 1), person('ben', 2), person('cem', 3)], tree));
});

test('a claim that no contract can count is refused in words', () => {
  expect(() => fileOf([2n ** 256n], null)).toThrow('the claim of p0 is more than a contract can count');
  expect(fileOf([2n ** 256n - 1n], null).claims[0]?.amountWei).toBe(`${2n ** 256n - 1n}`);
});
