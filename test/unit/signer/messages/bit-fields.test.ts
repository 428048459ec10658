import { BitListType, BitVectorType } from '@chainsafe/ssz';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../../core/hex.ts';
import { decodeBitList, decodeBitVector } from '../../../../signer/messages/decode/bit-fields.ts';

const anyBits = fc.array(fc.boolean(), { maxLength: 40 });

describe('bit vectors', () => {
  it.each([
    ['0x10', 4],
    ['0xff', 7],
    ['0x0010', 12],
    ['0xff80', 15],
  ])('%s is refused for %i bits: its padding is not zero', (hex, length) => {
    expect(() => decodeBitVector(length, hex, 'bits')).toThrow(`bits has bits beyond its ${length}`);
  });

  it('are what was serialised', () => {
    fc.assert(
      fc.property(
        anyBits.filter((bits) => bits.length > 0),
        (bits) => {
          const type = new BitVectorType(bits.length);
          const value = type.defaultValue();
          bits.forEach((bit, index) => value.set(index, bit));
          expect(decodeBitVector(bits.length, toHex(type.serialize(value)), 'bits')).toEqual(value);
        },
      ),
    );
  });
});

describe('bit lists', () => {
  it('are what was serialised, up to their limit', () => {
    fc.assert(
      fc.property(anyBits, (bits) => {
        const type = new BitListType(64);
        const packed = new Uint8Array(Math.floor(bits.length / 8) + 1);
        [...bits, true].forEach((bit, index) => (packed[index >> 3]! |= bit ? 1 << (index & 7) : 0));
        const decoded = decodeBitList(bits.length, toHex(packed), 'bits');
        expect(decoded.toBoolArray()).toEqual(bits);
        expect(toHex(type.serialize(decoded))).toBe(toHex(packed));
        if (bits.length === 0) return;
        const tooShort = () => decodeBitList(bits.length - 1, toHex(packed), 'bits');
        expect(tooShort).toThrow(`bits has ${bits.length} bits, at most ${bits.length - 1} are allowed`);
      }),
    );
  });
});
