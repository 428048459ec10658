import { executionError } from './execution-errors.ts';

export type RlpItem = Uint8Array | readonly RlpItem[];

/** Deeper than anything a transaction has: an access list has four. */
const MAX_DEPTH = 8;

const malformed = (what: string) => executionError('TRANSACTION_MALFORMED', `RLP: ${what}`);

/**
 * Decodes one item, the yellow paper's appendix B, in its only canonical form and with nothing after it.
 * @throws TRANSACTION_MALFORMED
 */
export function decodeRlp(bytes: Uint8Array): RlpItem {
  const { item, end } = itemAt(bytes, 0, 0);
  if (end !== bytes.length) throw malformed('bytes are left after the item');
  return item;
}

interface Read {
  readonly item: RlpItem;
  readonly end: number;
}

function itemAt(bytes: Uint8Array, at: number, depth: number): Read {
  const first = bytes[at];
  if (first === undefined) throw malformed('it ends where an item should begin');
  if (first < 0x80) return { item: bytes.subarray(at, at + 1), end: at + 1 };
  const isList = first >= 0xc0;
  const { start, end } = boundsOf(bytes, at, first - (isList ? 0xc0 : 0x80));
  if (isList) return { item: listOf(bytes, start, end, depth), end };
  const item = bytes.subarray(start, end);
  if (item.length === 1 && (item[0] ?? 0) < 0x80) throw malformed('a small byte has a length');
  return { item, end };
}

function listOf(bytes: Uint8Array, start: number, end: number, depth: number): RlpItem[] {
  if (depth === MAX_DEPTH) throw malformed('lists are nested too deeply');
  const items: RlpItem[] = [];
  const within = bytes.subarray(0, end);
  for (let at = start; at < end;) {
    const read = itemAt(within, at, depth + 1);
    items.push(read.item);
    at = read.end;
  }
  return items;
}

/** @param short what the first byte says: the length up to 55, above it the length of the length */
function boundsOf(bytes: Uint8Array, at: number, short: number): { start: number; end: number } {
  let start = at + 1;
  let length = short;
  if (short > 55) {
    const digits = bytes.subarray(start, start + short - 55);
    start += short - 55;
    // Six bytes are more than any array is long, and still exact as a number.
    if (digits.length > 6 || digits[0] === 0) throw malformed('a length is not in its shortest form');
    length = digits.reduce((sum, digit) => sum * 256 + digit, 0);
    if (length <= 55) throw malformed('a length is not in its shortest form');
  }
  const end = start + length;
  if (end > bytes.length) throw malformed('it ends before its last item');
  return { start, end };
}
