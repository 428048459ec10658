import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epoch, slot, type Pubkey } from '../../../../core/units.ts';
import type { Guard } from '../../../../slashing-db/index.ts';
import { KeyHistory } from '../../../../slashing-db/interchange/key-history.ts';
import { KeyLedger } from '../../../../slashing-db/key-ledger.ts';
import type { Watermarks } from '../../../../slashing-db/watermark.ts';
import { openAnyTestGuard, storageUnderTest } from '../../../support/any-storage.ts';
import { attEntry, blockEntry, documentOf, keyEntry, streamOf } from '../../../support/interchange-text.ts';
import { key, KEY_A, root } from '../../../support/slashing-fixtures.ts';
import { tempDatabase, verdict } from '../../../support/temp-guard.ts';

/** Import is a join: the laws that make the order, the number and the splitting of files irrelevant. */

const value = fc.oneof(fc.bigInt(0n, 4n), fc.bigInt(2n ** 53n - 1n, 2n ** 53n + 1n));
const anyRoot = fc.constantFrom(root(1), root(2), root(0), null);
const anyEntry = fc.oneof(
  fc.record({ kind: fc.constant('block' as const), slot: value, root: anyRoot }),
  fc.record({ kind: fc.constant('vote' as const), source: value, target: value, root: anyRoot }),
);
type Entry = typeof anyEntry extends fc.Arbitrary<infer T> ? T : never;
const anyFile = fc.array(anyEntry, { maxLength: 5 });
const knownRoot = fc.constantFrom(root(1), root(2), null);

/** Any state that signing can lead to, roots included. */
const anyState: fc.Arbitrary<Watermarks> = fc.record({
  block: fc.option(fc.record({ slot: value.map(slot), signingRoot: knownRoot })),
  attestation: fc.option(
    fc.record({ source: value.map(epoch), target: value.map(epoch), signingRoot: knownRoot }),
  ),
});

function folded(file: readonly Entry[]): KeyHistory {
  const history = new KeyHistory();
  for (const entry of file) {
    if (entry.kind === 'block') history.addBlock(entry.slot, entry.root);
    else history.addAttestation(entry.source, entry.target, entry.root);
  }
  return history;
}

function watermarksOf(ledger: KeyLedger): Watermarks {
  const { block, attestation } = ledger.get(KEY_A) ?? KeyLedger.BLANK;
  return { block, attestation };
}

function after(state: Watermarks, ...files: (readonly Entry[])[]): Watermarks {
  const ledger = new KeyLedger([{ pubkey: KEY_A, state: 'active', signedTarget: null, ...state }]);
  for (const file of files) ledger.merge(KEY_A, folded(file).watermarks());
  return watermarksOf(ledger);
}

describe('importing', () => {
  it('is commutative', () => {
    fc.assert(
      fc.property(anyState, anyFile, anyFile, (state, f, g) => {
        expect(after(state, f, g)).toEqual(after(state, g, f));
      }),
      { numRuns: 3000 },
    );
  });

  it('is associative: one file with everything, however it is ordered, is as good as two', () => {
    const property = fc.property(anyState, anyFile, anyFile, (state, f, g) => {
      expect(after(state, [...f, ...g])).toEqual(after(state, f, g));
      expect(after(state, [...g, ...f].reverse())).toEqual(after(state, f, g));
    });
    fc.assert(property, { numRuns: 3000 });
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(anyState, anyFile, (state, f) => {
        expect(after(state, f, f)).toEqual(after(state, f));
      }),
      { numRuns: 2000 },
    );
  });

  it('never lowers, and ends exactly at the greatest of all', () => {
    const property = fc.property(anyState, anyFile, (state, f) => {
      const { block, attestation } = after(state, f);
      const greatest = (...values: (bigint | undefined)[]) =>
        values.reduce(
          (most, v) => (v !== undefined && (most === undefined || v > most) ? v : most),
          undefined,
        );
      const slots = f.map((entry) => (entry.kind === 'block' ? entry.slot : undefined));
      const sources = f.map((entry) => (entry.kind === 'vote' ? entry.source : undefined));
      const targets = f.map((entry) => (entry.kind === 'vote' ? entry.target : undefined));
      expect(block?.slot).toBe(greatest(state.block?.slot, ...slots));
      expect(attestation?.source).toBe(greatest(state.attestation?.source, ...sources));
      expect(attestation?.target).toBe(greatest(state.attestation?.target, ...targets));
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('takes a key listed twice as if it were listed once', () => {
    const property = fc.property(anyState, anyFile, anyFile, (state, f, g) => {
      const history = folded(f);
      history.absorb(folded(g));
      const ledger = new KeyLedger([{ pubkey: KEY_A, state: 'active', signedTarget: null, ...state }]);
      ledger.merge(KEY_A, history.watermarks());
      expect(watermarksOf(ledger)).toEqual(after(state, f, g));
    });
    fc.assert(property, { numRuns: 3000 });
  });
});

describe('importing into the storage under test', () => {
  const KEYS = Array.from({ length: 40 }, (_, n) => key(n + 1));
  /** What a key signed before, and the two files that have something to say of it. */
  const life = fc.record({ signed: anyState, one: anyFile, other: anyFile });
  const lives = fc.array(life, { minLength: KEYS.length / 2, maxLength: KEYS.length / 2 });
  /** Of which a guard can have signed both halves. */
  const signable = ({ block, attestation }: Watermarks): Watermarks => ({
    block,
    attestation: attestation === null || attestation.source > attestation.target ? null : attestation,
  });
  const entriesOf = (pubkey: Pubkey, file: readonly Entry[]) =>
    keyEntry(
      pubkey,
      file.flatMap((entry) =>
        entry.kind === 'block' ? [blockEntry(entry.slot, entry.root ?? undefined)] : [],
      ),
      file.flatMap((entry) =>
        entry.kind === 'vote' ? [attEntry(entry.source, entry.target, entry.root ?? undefined)] : [],
      ),
    );

  it('ends where the laws say, in either order, and is the same when it is opened again', async () => {
    const property = fc.asyncProperty(lives, async (all) => {
      const path = tempDatabase();
      const guard = await openAnyTestGuard(path);
      const twice = [...all, ...all.map(({ signed, one, other }) => ({ signed, one: other, other: one }))];
      const expected = twice.map(({ signed, one, other }) => after(signable(signed), one, other));
      await Promise.all(
        KEYS.map(async (pubkey, n) => {
          await guard.admitKey(pubkey, false);
          const { block: proposal, attestation: vote } = signable(twice[n]!.signed);
          const zero = root(0);
          if (proposal !== null) {
            const message = {
              kind: 'block',
              ...proposal,
              signingRoot: proposal.signingRoot ?? zero,
            } as const;
            expect(await verdict(guard, pubkey, message)).toBe('released');
          }
          if (vote !== null) {
            const message = { kind: 'attestation', ...vote, signingRoot: vote.signingRoot ?? zero } as const;
            expect(await verdict(guard, pubkey, message)).toBe('released');
          }
        }),
      );
      for (const which of ['one', 'other'] as const) {
        const file = documentOf(...KEYS.map((pubkey, n) => entriesOf(pubkey, twice[n]![which])));
        await guard.importInterchange(streamOf(file, 1000));
      }
      const found = (held: Guard) =>
        KEYS.map((pubkey) => {
          const { block, attestation } = held.statusOf(pubkey);
          return { block, attestation };
        });
      expect(found(guard)).toEqual(expected);
      await guard.close();
      const again = await openAnyTestGuard(path);
      expect(found(again)).toEqual(expected);
      await again.close();
    });
    await fc.assert(property, { numRuns: storageUnderTest() === 'sqlite' ? 20 : 6 });
  });
});
