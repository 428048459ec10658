import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StorageRecord } from '../../../../slashing-db/storage/storage-port.ts';
import { packRecords, unpackRecords } from '../../../../slashing-db/storage/thread/packed-records.ts';

const number = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const text = fc.string({ unit: 'binary' });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const mode = fc.constantFrom('advance', 'merge');

const attestation = fc.record({
  kind: fc.constant('attestation'),
  mode,
  pubkey: text,
  watermark: fc.record({ source: number, target: number, signingRoot: maybe(text) }),
});
const decision = fc.record({
  kind: fc.constant('decision'),
  decision: fc.record({
    timeMs: number,
    client: text,
    pubkey: maybe(text),
    type: text,
    slot: maybe(number),
    source: maybe(number),
    target: maybe(number),
    signingRoot: maybe(text),
    verdict: fc.constantFrom('signed', 'refused', 'done'),
    reason: maybe(text),
  }),
});
const others = fc.oneof(
  fc.record({
    kind: fc.constant('block'),
    mode,
    pubkey: text,
    watermark: fc.record({ slot: number, signingRoot: maybe(text) }),
  }),
  fc.record({ kind: fc.constant('state'), pubkey: text, state: fc.constantFrom('known', 'deleted') }),
  fc.record({ kind: fc.constant('latest-slot'), slot: number }),
  fc.record({
    kind: fc.constant('protection'),
    protection: fc.record({ frozen: fc.constant(null), floor: fc.constant(null), floorOwed: maybe(text) }),
  }),
);
const records = fc.array(fc.oneof(attestation, decision, others), { maxLength: 20 }) as fc.Arbitrary<
  StorageRecord[]
>;

it('every record crosses to the other thread as it was, in its place', () => {
  fc.assert(
    fc.property(records, (sent) => {
      expect(unpackRecords(structuredClone(packRecords(sent)))).toEqual(sent);
    }),
  );
});

it('half a record is none: whatever is cut off or put in between is refused or gives fewer records, never others', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(attestation, decision), { minLength: 1 }), fc.nat(), (sent, at) => {
      const all = sent as StorageRecord[];
      const packed = packRecords(all);
      const cut = at % packed.length;
      let found: StorageRecord[];
      try {
        found = unpackRecords(packed.slice(0, cut));
      } catch {
        return;
      }
      expect(found.length).toBeLessThan(all.length);
      expect(found).toEqual(all.slice(0, found.length));
    }),
  );
  expect(() => unpackRecords(['signature', 1n])).toThrow('of no kind');
  expect(() => unpackRecords(['attestation', 'advance', '0x'])).toThrow('too early');
});
