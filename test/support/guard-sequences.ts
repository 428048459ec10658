import fc from 'fast-check';
import type { Guard } from '../../slashing-db/index.ts';
import type { AttestationMessage, BlockMessage } from '../../slashing-db/message.ts';
import type { Pubkey } from '../../core/units.ts';
import { attEntry, blockEntry, documentOf, keyEntry, streamOf, upperCase } from './interchange-text.ts';
import { SlashingOracle } from './slashing-oracle.ts';
import { att, block, KEY_A, KEY_B, root } from './slashing-fixtures.ts';

/** Random lives of a guard, and a player that holds every signature against the oracle. */

interface ImportedKey {
  readonly key: Pubkey;
  readonly upper: boolean;
  readonly blocks: readonly { slot: bigint; root: number | null }[];
  readonly votes: readonly { source: bigint; target: bigint; root: number | null }[];
}

export type Step =
  | { readonly do: 'import'; readonly entries: readonly ImportedKey[] }
  | {
      readonly do: 'vote';
      readonly key: Pubkey;
      readonly source: bigint;
      readonly target: bigint;
      readonly root: number;
    }
  | { readonly do: 'propose'; readonly key: Pubkey; readonly slot: bigint; readonly root: number }
  | { readonly do: 'repeat'; readonly key: Pubkey }
  | { readonly do: 'reopen' }
  | { readonly do: 'delete' | 'readmit'; readonly key: Pubkey };

const anyKey = fc.constantFrom(KEY_A, KEY_B);
/** Three roots, and zero, which says nothing. */
const signedRoot = fc.constantFrom(1, 2, 3, 0);
const importedRoot = fc.constantFrom(1, 2, 3, 0, null);

function stepAround(base: bigint): fc.Arbitrary<Step> {
  const value = fc.bigInt(base, base + 6n);
  const entry = fc.record({
    key: anyKey,
    upper: fc.boolean(),
    blocks: fc.array(fc.record({ slot: value, root: importedRoot }), { maxLength: 2 }),
    votes: fc.array(fc.record({ source: value, target: value, root: importedRoot }), { maxLength: 3 }),
  });
  const vote = fc.record({
    do: fc.constant('vote' as const),
    key: anyKey,
    source: value,
    target: value,
    root: signedRoot,
  });
  const propose = fc.record({
    do: fc.constant('propose' as const),
    key: anyKey,
    slot: value,
    root: signedRoot,
  });
  return fc.oneof(
    { weight: 8, arbitrary: vote },
    { weight: 3, arbitrary: propose },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const), key: anyKey }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('import' as const),
        entries: fc.array(entry, { maxLength: 3 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constantFrom('delete' as const, 'readmit' as const), key: anyKey }),
    },
  );
}

/** Around zero, around 2^53 where doubles end, and up to 2^63 - 1 where storage ends. */
export const anySteps: fc.Arbitrary<Step[]> = fc
  .constantFrom(0n, 0n, 2n ** 53n - 3n, 2n ** 63n - 7n)
  .chain((base) => fc.array(stepAround(base), { minLength: 1, maxLength: 25 }));

export interface Played {
  readonly guard: Guard;
  readonly released: number;
}

interface Life {
  guard: Guard;
  released: number;
  readonly oracle: SlashingOracle;
  /** The last message released per key and kind; gone when an import came in between. */
  readonly last: Map<string, AttestationMessage | BlockMessage>;
  readonly deleted: Set<Pubkey>;
}

/**
 * Plays a life and throws at the first signature that the oracle condemns, the first repeat that was withheld,
 * and the first signature of a deleted key.
 */
export async function playSteps(steps: readonly Step[], open: () => Guard | Promise<Guard>): Promise<Played> {
  const life: Life = {
    guard: await open(),
    released: 0,
    oracle: new SlashingOracle(),
    last: new Map(),
    deleted: new Set(),
  };
  await life.guard.admitKey(KEY_A, true);
  await life.guard.admitKey(KEY_B, true);
  for (const step of steps) await playStep(life, step, open);
  return life;
}

async function playStep(life: Life, step: Step, open: () => Guard | Promise<Guard>): Promise<void> {
  switch (step.do) {
    case 'import':
      return importInto(life, step.entries);
    case 'vote':
      return tryToSign(life, step.key, att(step.source, step.target, step.root));
    case 'propose':
      return tryToSign(life, step.key, block(step.slot, step.root));
    case 'repeat':
      return repeatLast(life, step.key);
    case 'reopen':
      await life.guard.close();
      life.guard = await open();
      for (const key of [KEY_A, KEY_B]) await life.guard.admitKey(key, false);
      return;
    case 'delete':
      life.deleted.add(step.key);
      return life.guard.deleteKeys([step.key]);
    case 'readmit':
      life.deleted.delete(step.key);
      await life.guard.admitKey(step.key, true);
      return;
  }
}

async function tryToSign(life: Life, key: Pubkey, message: AttestationMessage | BlockMessage): Promise<void> {
  const outcome = await life.guard.release(key, message, () => Promise.resolve('signature'));
  if (outcome.kind === 'refused') return;
  if (life.deleted.has(key)) throw new Error('a deleted key signed');
  const history = life.oracle.historyOf(key);
  const offence =
    message.kind === 'block'
      ? life.oracle.offenceOfProposal(key, { slot: message.slot, root: message.signingRoot })
      : life.oracle.offenceOfVote(key, { ...message, root: message.signingRoot });
  if (offence !== null) throw new Error(`slashable: ${offence}`);
  if (message.kind === 'block') history.proposals.push({ slot: message.slot, root: message.signingRoot });
  else history.votes.push({ ...message, root: message.signingRoot });
  if (message.signingRoot !== root(0)) life.last.set(`${message.kind} ${key}`, message);
  else life.last.delete(`${message.kind} ${key}`);
  life.released += 1;
}

async function repeatLast(life: Life, key: Pubkey): Promise<void> {
  if (life.deleted.has(key)) return;
  for (const kind of ['block', 'attestation']) {
    const message = life.last.get(`${kind} ${key}`);
    if (message === undefined) continue;
    const outcome = await life.guard.release(key, message, () => Promise.resolve('signature'));
    if (outcome.kind === 'refused') throw new Error(`a repeat was withheld: ${outcome.reason}`);
  }
}

async function importInto(life: Life, entries: readonly ImportedKey[]): Promise<void> {
  const asText = (n: number | null) => (n === null ? undefined : root(n));
  for (const entry of entries) {
    const { votes, proposals } = life.oracle.historyOf(entry.key);
    proposals.push(...entry.blocks.map((b) => ({ slot: b.slot, root: asText(b.root) ?? null })));
    votes.push(...entry.votes.map((v) => ({ ...v, root: asText(v.root) ?? null })));
    // The file may have moved or contradicted what was signed last; then withholding the repeat is right.
    if (entry.blocks.length > 0) life.last.delete(`block ${entry.key}`);
    if (entry.votes.length > 0) life.last.delete(`attestation ${entry.key}`);
  }
  const data = entries.map(({ key, upper, blocks, votes }) =>
    keyEntry(
      upper ? upperCase(key) : key,
      blocks.map((b) => blockEntry(b.slot, asText(b.root))),
      votes.map((v) => attEntry(v.source, v.target, asText(v.root))),
    ),
  );
  await life.guard.importInterchange(streamOf(documentOf(...data), 1000));
}
