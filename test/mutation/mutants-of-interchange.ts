import { mutantsOf, type Mutant } from './mutant.ts';

const INTERCHANGE = 'slashing-db/interchange';

export const MUTANTS_OF_INTERCHANGE: readonly Mutant[] = [
  ...mutantsOf(
    `${INTERCHANGE}/read-interchange.ts`,
    [
      'the format version is not checked',
      'if (version !== INTERCHANGE_FORMAT_VERSION) {',
      'if (version === null) {',
    ],
    ['the network of a file is not checked', 'if (theirs !== ours) {', 'if (theirs === null) {'],
    [
      'of two entries for a key the last wins',
      'before.absorb(this.#open);',
      'this.#histories.set(pubkey, this.#open);',
    ],
    ['of two entries for a key the first wins', 'before.absorb(this.#open);', ''],
    ['history runs over into the next key', 'this.#open = new KeyHistory();\n  }', '}'],
    ['a pubkey off the curve is accepted', 'this.#assertOnCurve(pubkey);', ''],
    [
      'history from the future is accepted',
      'value > latest && this.#context.forceFuture !== true',
      'value < 0n',
    ],
    [
      '--force-future has no effect',
      'value > latest && this.#context.forceFuture !== true',
      'value > latest',
    ],
    ['integers beyond 2^63 are accepted', 'if (value > MAX_STORABLE) {', 'if (value < 0n) {'],
    ['a file that is cut off is accepted', 'reader.end();', ''],
  ),
  ...mutantsOf(
    `${INTERCHANGE}/key-history.ts`,
    ['the last block of a file wins', 'at > this.#slot)', 'at !== this.#slot)'],
    ['the lowest block of a file wins', 'at > this.#slot)', 'at < this.#slot)'],
    ['the last target of a file wins', 'target > this.#target)', 'target !== this.#target)'],
    ['the lowest target of a file wins', 'target > this.#target)', 'target < this.#target)'],
    ['the lowest source of a file wins', 'source > this.#source)', 'source < this.#source)'],
    [
      'the source is taken from the vote with the highest target',
      'source > this.#source)',
      'target > (this.#target ?? 0n))',
    ],
    [
      'votes with source after target are dropped',
      'if (source > target) this.suspicious += 1;',
      'if (source > target) return;',
    ],
    [
      'a root stays although its source is not the maximum',
      'this.#source === this.#topSource ? this.#topRoot : null',
      'this.#topRoot',
    ],
    ['two roots for a slot: the first stays', 'this.#blockRoot = null;', ''],
    ['two votes for a target: the first root stays', 'this.#topRoot = null;', ''],
  ),
  ...mutantsOf(
    `${INTERCHANGE}/interchange-handler.ts`,
    [
      'unknown fields are accepted',
      "if (this.#field(frame.shape, name) === null) throw this.#invalid('is not a field of EIP-3076');",
      '',
    ],
    [
      'missing fields are accepted',
      'if (field.required && !seen.has(name))',
      'if (field.required && seen.size < 0)',
    ],
    [
      'unquoted integers are accepted',
      "if (typeof value !== 'string') throw this.#invalid('must be a JSON string');",
      'value = String(value);',
    ],
    ['an array is taken for an object', 'shape === null || SHAPES[shape].kind !== kind', 'shape === null'],
  ),
  ...mutantsOf(
    `${INTERCHANGE}/write-interchange.ts`,
    [
      'unknown roots are exported as zeros',
      'signingRoot === null ? {} :',
      "signingRoot === null ? { signing_root: `0x${'00'.repeat(32)}` } :",
    ],
    [
      'blocks are left out of the export',
      'signed_blocks: block === null ?',
      'signed_blocks: block !== null ?',
    ],
    [
      'the export has the target as source',
      'source_epoch: attestation.source',
      'source_epoch: attestation.target',
    ],
    ['the export is of version 4', "INTERCHANGE_FORMAT_VERSION = '5'", "INTERCHANGE_FORMAT_VERSION = '4'"],
  ),
  ...mutantsOf(
    'core/uint64.ts',
    ['integers go through doubles', 'const value = BigInt(text);', 'const value = BigInt(Number(text));'],
    ['leading zeros, spaces and signs are accepted', '!DECIMAL.test(text)', 'false'],
  ),
  ...mutantsOf(
    'core/units.ts',
    [
      'pubkeys are compared with their letter case',
      'return toHex(fromHex(text, field, 48)) as Pubkey;',
      'fromHex(text, field, 48);\n  return text as Pubkey;',
    ],
    [
      'roots are compared with their letter case',
      'return toHex(fromHex(text, field, 32)) as Root;',
      'fromHex(text, field, 32);\n  return text as Root;',
    ],
  ),
  ...mutantsOf(
    'core/json/json-reader.ts',
    ['duplicate JSON keys are accepted', 'if (frame.keys.has(name)) throw', 'if (frame.keys.size < 0) throw'],
    [
      'a second document is accepted',
      "this.#expect !== 'value' && this.#expect !== 'valueOrEnd'",
      "this.#expect === 'colon'",
    ],
    ['a byte-order mark is accepted', 'chunk[0] === 0xef', 'chunk.length < 0'],
  ),
];
