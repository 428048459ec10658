import { toHex } from '../../../../core/hex.ts';

export type Encodable = bigint | string | readonly Encodable[];

/** An encoder, so that the decoder is held against something that is not itself. */
export function rlp(item: Encodable): Buffer {
  if (typeof item === 'object') return prefixed(0xc0, Buffer.concat(item.map(rlp)));
  const bytes = typeof item === 'bigint' ? integer(item) : Buffer.from(item.slice(2), 'hex');
  return bytes.length === 1 && bytes[0]! < 0x80 ? bytes : prefixed(0x80, bytes);
}

function integer(value: bigint): Buffer {
  if (value === 0n) return Buffer.alloc(0);
  const digits = value.toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
}

function prefixed(base: number, bytes: Buffer): Buffer {
  if (bytes.length <= 55) return Buffer.concat([Buffer.from([base + bytes.length]), bytes]);
  const length = integer(BigInt(bytes.length));
  return Buffer.concat([Buffer.from([base + 55 + length.length]), length, bytes]);
}

export interface Plain {
  readonly to: string | null;
  readonly value: bigint;
  readonly data?: string;
}

const SIGNATURE = [1n, 2n ** 255n, 7n];
const HASH = `0x${'ab'.repeat(32)}`;

/** As a payload has it, with a signature that nobody looks at. */
export function transaction(type: number, { to, value, data = '0x' }: Plain): string {
  const what = [to ?? '0x', value, data];
  const access: Encodable = [[to ?? `0x${'11'.repeat(20)}`, [HASH, HASH]]];
  const fields: Encodable[] = {
    0: [5n, 10n ** 9n, 21_000n, ...what, ...SIGNATURE],
    1: [1n, 5n, 10n ** 9n, 21_000n, ...what, access, ...SIGNATURE],
    2: [1n, 5n, 1n, 10n ** 9n, 21_000n, ...what, access, ...SIGNATURE],
    3: [1n, 5n, 1n, 10n ** 9n, 21_000n, ...what, [], 9n, [HASH], ...SIGNATURE],
    4: [
      1n,
      5n,
      1n,
      10n ** 9n,
      21_000n,
      ...what,
      [],
      [[1n, HASH.slice(0, 42), 0n, ...SIGNATURE]],
      ...SIGNATURE,
    ],
  }[type]!;
  const body = rlp(fields);
  return toHex(type === 0 ? body : Buffer.concat([Buffer.from([type]), body]));
}
