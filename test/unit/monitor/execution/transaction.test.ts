import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../../core/hex.ts';
import { decodeRlp } from '../../../../monitor/execution/rlp.ts';
import { decodeTransfer } from '../../../../monitor/execution/transaction.ts';
import { rlp, transaction, type Encodable } from './rlp-encode.ts';

const ADDRESS = `0x${'ab'.repeat(20)}`;
const hexOf = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((array) => toHex(array));

const refused = (hex: string) =>
  expect(() => decodeTransfer(hex)).toThrow(expect.objectContaining({ code: 'TRANSACTION_MALFORMED' }));

describe('transactions that nobody can read', () => {
  it.each([
    ['nothing', '0x'],
    ['a type from the future', `0x05${rlp([1n, 2n]).toString('hex')}`],
    ['type 0 in an envelope', `0x00${transaction(0, { to: ADDRESS, value: 1n }).slice(2)}`],
    ['a string instead of a list', `0x02${rlp(ADDRESS).toString('hex')}`],
    ['too few fields', `0x02${rlp([1n, 2n, 3n]).toString('hex')}`],
    ['an address of 19 bytes', transaction(2, { to: ADDRESS.slice(0, -2), value: 1n })],
    ['a value of 33 bytes', transaction(2, { to: ADDRESS, value: 2n ** 256n })],
    ['blobs that create a contract', transaction(3, { to: null, value: 1n })],
    ['an authorisation that creates a contract', transaction(4, { to: null, value: 1n })],
    ['something after it', `${transaction(2, { to: ADDRESS, value: 1n })}00`],
  ])('%s', (_name, hex) => refused(hex));

  it('a value with leading zeros', () => {
    const fields: Encodable[] = [5n, 1n, 21_000n, ADDRESS, '0x0001', '0x', 1n, 2n, 3n];
    refused(toHex(rlp(fields)));
    refused(toHex(rlp(fields.with(4, '0x00'))));
    expect(decodeTransfer(toHex(rlp(fields.with(4, '0x01')))).valueWei).toBe(1n);
  });

  it('a list where bytes belong', () => {
    refused(toHex(rlp([5n, 1n, 21_000n, [ADDRESS], 1n, '0x', 1n, 2n, 3n])));
  });

  it('cut short, wherever', () => {
    const whole = transaction(2, { to: ADDRESS, value: 10n ** 18n, data: `0x${'cd'.repeat(300)}` });
    for (let end = 2; end < whole.length; end += 2) refused(whole.slice(0, end));
  });

  it.each([
    ['a small byte with a length', '0x8105'],
    ['a long length for a short string', '0xb801ff'],
    ['a length with leading zeros', `0xb90038${'ff'.repeat(56)}`],
    ['a length beyond all memory', '0xbfffffffffffffffff'],
    ['lists without end', `0x${'c1'.repeat(8)}c0`],
    ['a list whose item leaves it', '0xc3820102ff03'],
  ])('%s', (_name, hex) => {
    expect(() => decodeRlp(Buffer.from(hex.slice(2), 'hex'))).toThrow(
      expect.objectContaining({ code: 'TRANSACTION_MALFORMED' }),
    );
  });

  it('any bytes: decoded or refused, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        try {
          expect(decodeTransfer(toHex(bytes)).valueWei).toBeGreaterThanOrEqual(0n);
        } catch (error) {
          expect(error).toMatchObject({ code: 'TRANSACTION_MALFORMED' });
        }
      }),
    );
  });
});

describe('transactions of every type', () => {
  it('say whom they pay how much', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4 }),
        hexOf(20),
        fc.bigInt(0n, 2n ** 256n - 1n),
        fc.uint8Array({ maxLength: 300 }).map((bytes) => toHex(bytes)),
        (type, to, value, data) => {
          expect(decodeTransfer(transaction(type, { to, value, data }))).toStrictEqual({
            ...{ to, valueWei: value, hasData: data !== '0x' },
          });
        },
      ),
    );
  });

  it.each([0, 1, 2])('type %i may create a contract', (type) => {
    expect(decodeTransfer(transaction(type, { to: null, value: 3n, data: '0x60' }))).toStrictEqual({
      ...{ to: null, valueWei: 3n, hasData: true },
    });
  });
});
