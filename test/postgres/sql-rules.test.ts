import { expect, it } from 'vitest';
import type { Pubkey, Root } from '../../core/units.ts';
import { decided } from '../../slashing-db/history/decision.ts';
import { checkAttestation } from '../../slashing-db/rules/check-attestation.ts';
import { checkBlock } from '../../slashing-db/rules/check-block.ts';
import { knownRoot } from '../../slashing-db/rules/known-root.ts';
import type { KeyClaim } from '../../slashing-db/storage/sharing-port.ts';
import type { AttestationWatermark, BlockWatermark } from '../../slashing-db/watermark.ts';
import { queryAt } from '../support/postgres.ts';
import { freshDatabase, historyOf, openStorage, rowsAt } from '../support/postgres-guards.ts';
import { att, block, root } from '../support/slashing-fixtures.ts';

/** The rules stand twice, in TypeScript and in SQL. Numbers are only compared, so small ones show all there is. */

const VALUES = [0, 1, 2, 3];
/** That of the watermark, another one, and one that says nothing. */
const ROOTS = [1, 2, 0];
const HELD_ROOTS = [root(1), null];

interface Pair {
  readonly pubkey: Pubkey;
  readonly held: { readonly block: BlockWatermark | null; readonly attestation: AttestationWatermark | null };
  readonly claim: KeyClaim;
  /** What the rules leave of it; null: it is refused. */
  readonly left: {
    readonly block: BlockWatermark | null;
    readonly attestation: AttestationWatermark | null;
  } | null;
}

const pubkeyOf = (n: number): Pubkey => `0x${(n + 1).toString(16).padStart(96, '0')}` as Pubkey;

function allBlocks(): Omit<Pair, 'pubkey'>[] {
  const held = VALUES.flatMap((at) =>
    HELD_ROOTS.map((signingRoot) => ({ slot: block(at).slot, signingRoot })),
  );
  const asked = VALUES.flatMap((at) => ROOTS.map((n) => block(at, n)));
  return [null, ...held].flatMap((mark) =>
    asked.map((message) => {
      const verdict = checkBlock(mark, message);
      const claim = { slot: message.slot, signingRoot: knownRoot(message.signingRoot) };
      const after = verdict.kind === 'advance' ? verdict.next : mark;
      return {
        held: { block: mark, attestation: null },
        claim: { pubkey: pubkeyOf(0), block: claim, attestation: null },
        left: verdict.kind === 'refused' ? null : { block: after, attestation: null },
      };
    }),
  );
}

function allVotes(): Omit<Pair, 'pubkey'>[] {
  const epochs = VALUES.flatMap((source) => VALUES.map((target) => [source, target] as const));
  const held = epochs.flatMap(([source, target]) =>
    HELD_ROOTS.map((signingRoot) => ({ ...marks(source, target), signingRoot })),
  );
  const asked = epochs.flatMap(([source, target]) => ROOTS.map((n) => att(source, target, n)));
  return [null, ...held].flatMap((mark) =>
    asked.map((message) => {
      const verdict = checkAttestation(mark, message);
      const { source, target } = message;
      const claim = { source, target, signingRoot: knownRoot(message.signingRoot) };
      const after = verdict.kind === 'advance' ? verdict.next : mark;
      return {
        held: { block: null, attestation: mark },
        claim: { pubkey: pubkeyOf(0), block: null, attestation: claim },
        left: verdict.kind === 'refused' ? null : { block: null, attestation: after },
      };
    }),
  );
}

const marks = (source: number, target: number) => {
  const { source: from, target: to } = att(source, target);
  return { source: from, target: to };
};

/** One key for every pair. */
const PAIRS: readonly Pair[] = [...allBlocks(), ...allVotes()].map((pair, n) => ({
  ...pair,
  pubkey: pubkeyOf(n),
  claim: { ...pair.claim, pubkey: pubkeyOf(n) },
}));

const bytes = (value: Pubkey | Root | null | undefined): string =>
  value ? `'\\x${value.slice(2)}'` : 'NULL';
const number = (value: bigint | undefined): string => value?.toString() ?? 'NULL';

async function filled(): Promise<string> {
  const url = await freshDatabase();
  const rows = PAIRS.map(({ pubkey, held: { block: b, attestation: a } }) =>
    [
      bytes(pubkey),
      "'active', 0",
      `${number(b?.slot)}, ${bytes(b?.signingRoot)}`,
      `${number(a?.source)}, ${number(a?.target)}, ${bytes(a?.signingRoot)}`,
    ].join(', '),
  );
  await queryAt(
    url,
    `INSERT INTO keys (pubkey, state, revision, slot, block_root, source, target, vote_root)
      VALUES ${rows.map((row) => `(${row})`).join(', ')}`,
  );
  return url;
}

const decisionsOf = (claims: readonly KeyClaim[]) =>
  claims.map(({ pubkey }) => decided({ client: 'a test', type: 'TEST' }, pubkey, block(1), 0n, null));

it('both let through the same, and leave the same behind', async () => {
  const url = await filled();
  const storage = await openStorage(url);
  const claims = PAIRS.map(({ claim }) => claim);
  const before = await rowsAt(url, 'SELECT *, xmin::text FROM keys ORDER BY pubkey');

  // All at once: nothing is written, and those are named that stood in the way.
  const refused = await storage.sign({ claims, decisions: decisionsOf(claims), slot: block(9).slot });
  if (refused.kind !== 'conflicts') throw new Error('it let everything through');
  expect(refused.stale).toBe(false);
  const expected = PAIRS.filter(({ left }) => left === null).map(({ pubkey }) => pubkey);
  expect(refused.keys.map(({ pubkey }) => pubkey).sort()).toEqual(expected.sort());
  expect(expected.length).toBeGreaterThan(500);
  expect(await rowsAt(url, 'SELECT *, xmin::text FROM keys ORDER BY pubkey')).toEqual(before);
  expect((await historyOf(url))[0]).toMatchObject({ head: { index: 0n }, records: [] });
  expect(await rowsAt(url, 'SELECT sequence FROM instances')).toEqual([{ sequence: 0n }]);

  const good = PAIRS.filter(({ left }) => left !== null);
  const taken = good.map(({ claim }) => claim);
  expect(good.length).toBeGreaterThan(300);
  expect(await storage.sign({ claims: taken, decisions: decisionsOf(taken), slot: block(9).slot })).toEqual({
    kind: 'committed',
  });
  const found = new Map((await storage.read('all')).keys.map((key) => [key.pubkey, key]));
  for (const { pubkey, held, left } of PAIRS) {
    const { block: b, attestation: a, signedTarget } = found.get(pubkey)!;
    expect({ pubkey, block: b, attestation: a }).toEqual({ pubkey, ...(left ?? held) });
    const raised = left?.attestation !== held.attestation && left?.attestation;
    expect(signedTarget).toBe(raised ? raised.target : null);
  }
  expect((await historyOf(url))[0]).toMatchObject({ head: { index: BigInt(taken.length) } });
  expect(await rowsAt(url, 'SELECT sequence, latest_slot FROM instances')).toEqual([
    { sequence: 1n, latest_slot: 9n },
  ]);
});

it('a repeat writes nothing but history', async () => {
  const url = await filled();
  const storage = await openStorage(url);
  const same = (one: unknown, other: unknown) => JSON.stringify(one, text) === JSON.stringify(other, text);
  const claims = PAIRS.filter(({ held, left }) => left !== null && same(held, left)).map(
    ({ claim }) => claim,
  );
  expect(claims.length).toBe(4 + 10);
  const before = await rowsAt(url, 'SELECT *, xmin::text FROM keys ORDER BY pubkey');
  const batch = { claims, decisions: decisionsOf(claims), slot: block(9).slot };
  expect(await storage.sign(batch)).toEqual({ kind: 'committed' });
  expect(await rowsAt(url, 'SELECT *, xmin::text FROM keys ORDER BY pubkey')).toEqual(before);
});

const text = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}` : value);

it.each([
  ['is not active', `UPDATE keys SET state = 'known'`],
  ['was deleted', `UPDATE keys SET state = 'deleted'`],
  ['is frozen', `UPDATE keys SET frozen_reason = 'a test', frozen_since_ms = 1`],
  ['is not there', 'DELETE FROM keys'],
])('a key that %s signs nothing, not even what raises no watermark', async (_what, sql) => {
  const url = await freshDatabase();
  await queryAt(
    url,
    `INSERT INTO keys (pubkey, state, revision) VALUES (${bytes(pubkeyOf(1))}, 'active', 0)`,
  );
  const storage = await openStorage(url);
  const claim = { pubkey: pubkeyOf(1), block: null, attestation: null };
  const batch = { claims: [claim], decisions: [], slot: block(9).slot };
  expect((await storage.sign(batch)).kind).toBe('committed');
  await queryAt(url, sql);
  expect((await storage.sign(batch)).kind).toBe('conflicts');
});

it('acts that are not known here stop a batch until they are, the freeze of all among them', async () => {
  const url = await freshDatabase();
  const storage = await openStorage(url);
  const batch = { claims: [], decisions: [], slot: block(9).slot };
  await queryAt(
    url,
    `UPDATE protection SET frozen_reason = 'a test', frozen_since_ms = 1, revision = revision + 1`,
  );
  expect(await storage.sign(batch)).toEqual({ kind: 'conflicts', keys: [], stale: true });
  expect((await storage.refresh())?.protection.frozen).toMatchObject({ reason: 'a test' });
  expect((await storage.sign(batch)).kind).toBe('committed');
});

it.each([
  ['owner', `owner = 'another'`],
  ['generation', 'generation = generation + 1'],
  ['sequence', 'sequence = sequence + 1'],
])('a batch is not written when another %s stands in the signer`s row', async (_what, change) => {
  const url = await filled();
  const storage = await openStorage(url);
  await queryAt(url, `UPDATE instances SET ${change}`);
  const [claim] = PAIRS.filter(({ left }) => left !== null).map(({ claim: one }) => one);
  const batch = { claims: [claim!], decisions: decisionsOf([claim!]), slot: block(9).slot };
  const before = await rowsAt(url, 'SELECT * FROM keys ORDER BY pubkey');
  await expect(storage.sign(batch)).rejects.toThrow();
  expect(await rowsAt(url, 'SELECT * FROM keys ORDER BY pubkey')).toEqual(before);
  expect(await rowsAt(url, 'SELECT * FROM history')).toEqual([]);
});
