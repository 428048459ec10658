import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../../core/hex.ts';
import { parseUint64, UINT64_MAX } from '../../../core/uint64.ts';
import { parsePubkey, parseRoot } from '../../../core/units.ts';

test.each([
  undefined,
  null,
  5,
  true,
  [],
  {},
  '',
  ' 5',
  '5\n',
  '+5',
  '-0',
  '-1',
  '0x10',
  '5.0',
  '1e3',
  '01',
  '00',
  '٥',
  '1_000',
  'NaN',
  '18446744073709551616',
  '100000000000000000000',
  '5 ',
  '\u00005',
])('%j is not a uint64', (value) => {
  expect(() => parseUint64(value, '$.slot')).toThrow(expect.objectContaining({ code: 'BAD_INTEGER' }));
  expect(() => parseUint64(value, '$.slot')).toThrow(/\$\.slot/);
});

test('a bigint is not a wire form', () => {
  expect(() => parseUint64(5n, 'n')).toThrow('n must be a string');
});

test('every uint64 comes back exactly from its decimal form', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: UINT64_MAX }), (value) => {
      expect(parseUint64(value.toString(), 'n')).toBe(value);
    }),
  );
  for (const edge of [0n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, UINT64_MAX])
    expect(parseUint64(edge.toString(), 'n')).toBe(edge);
});

test.each(['aabb', '0x', '0xa', '0xzz', '0Xaabb', ' 0xaabb', '0xaabb ', '0xaabbcc', '', null, 17])(
  '%j is not two bytes of hex',
  (value) => {
    expect(() => fromHex(value, '$.root', 2)).toThrow(expect.objectContaining({ code: 'BAD_HEX' }));
  },
);

test('hex round-trips in either letter case', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = toHex(bytes);
      expect(text).toBe(text.toLowerCase());
      expect([...fromHex(text, 'x')]).toEqual([...bytes]);
      expect([...fromHex(`0x${text.slice(2).toUpperCase()}`, 'x', bytes.length)]).toEqual([...bytes]);
    }),
  );
});

test('pubkeys and roots have one canonical form', () => {
  const digits = 'AbCdEf'.repeat(16);
  expect(parsePubkey(`0x${digits}`, 'p')).toBe(`0x${digits.toLowerCase()}`);
  expect(() => parsePubkey(`0x${digits.slice(2)}`, 'p')).toThrow('96 hex digits');
  expect(() => parseRoot(`0x${digits}`, 'r')).toThrow('64 hex digits');
});
