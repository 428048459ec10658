import { StandardMerkleTree } from '@openzeppelin/merkle-tree';
import { UINT64_MAX } from '../../../core/uint64.ts';
import type { MerkleChoice, Pool } from '../config/pool.ts';
import type { SplitResult } from '../split/split-result.ts';
import { splitsError } from '../splits-errors.ts';
import { json } from './json.ts';

interface Claim {
  readonly participant: string;
  readonly index: bigint;
  readonly account: string;
  readonly amountWei: bigint;
}

export interface Merkle {
  readonly root: string;
  readonly text: string;
}

/** (operator, cumulative amount), as Lido's distributor; everybody else has (index, account, amount). */
const CSM_ENCODING = ['uint256', 'uint256'];
const UINT256_MAX = 2n ** 256n - 1n;
const ENCODING = ['uint256', 'address', 'uint256'];
const NOBODY = `0x${'00'.repeat(20)}`;

/**
 * A tree of claims in OpenZeppelin's `standard-v1` format, with a proof each. Per period: what this period pays.
 * Cumulative: all that was ever paid, of everybody who ever was; a contract pays the difference.
 * @returns null when nobody has anything to claim: there is no empty tree
 */
export function merkleTree(pool: Pool, choice: MerkleChoice, result: SplitResult): Merkle | null {
  const claims = claimsOf(pool, choice, result);
  if (claims.length === 0) return null;
  const large = claims.find(({ amountWei, index }) => amountWei > UINT256_MAX || index > UINT256_MAX);
  if (large !== undefined)
    throw splitsError(
      'SPLIT_IMPOSSIBLE',
      `the claim of ${large.participant} is more than a contract can count (2^256 - 1), so it has no leaf`,
    );
  const csm = pool.preset === 'lido-csm';
  const leaf = ({ index, account, amountWei }: Omit<Claim, 'participant'>): string[] =>
    csm ? [`${index}`, `${amountWei}`] : [`${index}`, account, `${amountWei}`];
  const leaves = claims.map(leaf);
  if (choice.padSingle && leaves.length === 1)
    leaves.push(csm ? [`${UINT64_MAX}`, '0'] : [`${UINT64_MAX}`, NOBODY, '0']);
  const tree = StandardMerkleTree.of(leaves, csm ? CSM_ENCODING : ENCODING);
  const dump = tree.dump();
  return {
    root: tree.root,
    text: json({
      kind: choice.kind,
      root: tree.root,
      claims: claims.map(({ participant, index, account, amountWei }, position) => ({
        participant,
        // A number as it always was; an id of a contract may be beyond them.
        index: index <= Number.MAX_SAFE_INTEGER ? Number(index) : index,
        account,
        amountWei,
        proof: proofOf(dump.tree, dump.values[position]?.treeIndex ?? 0),
      })),
      tree: dump,
    }),
  };
}

function claimsOf(pool: Pool, { kind }: MerkleChoice, { participants, closing }: SplitResult): Claim[] {
  const all =
    kind === 'cumulative'
      ? [...closing.accounts].map(([participant, { index, address, paidWei }]) => ({
          participant,
          index: BigInt(index),
          account: address,
          amountWei: paidWei,
        }))
      : participants.map(({ id, index, address, payoutWei }) => ({
          participant: id,
          index: BigInt(index),
          account: address,
          amountWei: payoutWei,
        }));
  return named(pool, all)
    .filter(({ amountWei }) => amountWei > 0n)
    .sort((a, b) => (a.index < b.index ? -1 : 1));
}

/** Where operators have an id of the contract, the tree is of operators under these ids, and of nobody else. */
function named({ preset, csm, participants }: Pool, claims: readonly Claim[]): readonly Claim[] {
  const ids = new Map([...csm.operators].map(([operator, { nodeOperatorId }]) => [operator, nodeOperatorId]));
  if (preset !== 'lido-csm' || ![...ids.values()].some((id) => id !== null)) return claims;
  const present = new Set(participants.map(({ id }) => id));
  return claims.flatMap((claim) => {
    const id = ids.get(claim.participant) ?? null;
    if (id !== null) return [{ ...claim, index: id }];
    if (!present.has(claim.participant) && claim.amountWei > 0n)
      throw splitsError(
        'SPLIT_IMPOSSIBLE',
        `${claim.participant} was paid before and is not in the file, so its leaf would be missing from the cumulative tree; leave it in csm.operators`,
      );
    return [];
  });
}

/** The siblings from a leaf up to the root; `getProof` of the library would verify each again, with a thousand hashes more. */
function proofOf(tree: readonly string[], leaf: number): string[] {
  const proof: string[] = [];
  for (let at = leaf; at > 0; at = (at - 1) >> 1) proof.push(tree[at % 2 === 0 ? at - 1 : at + 1] ?? '');
  return proof;
}
