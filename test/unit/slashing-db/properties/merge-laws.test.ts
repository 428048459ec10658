import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epoch, slot } from '../../../../core/units.ts';
import { KeyHistory } from '../../../../slashing-db/interchange/key-history.ts';
import { KeyLedger } from '../../../../slashing-db/key-ledger.ts';
import type { Watermarks } from '../../../../slashing-db/watermark.ts';
import { KEY_A, root } from '../../../support/slashing-fixtures.ts';

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
