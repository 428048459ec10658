import { attEntry, blockEntry, documentOf, keyEntry, METADATA } from '../../../support/interchange-text.ts';
import { GENESIS_VALIDATORS_ROOT, KEY_A, KEY_B, root } from '../../../support/slashing-fixtures.ts';

/** Interchange files that no honest client writes, judged in epoch 100. */

const good = keyEntry(KEY_B, [blockEntry(90, root(7))], [attEntry(8, 9, root(7))]);
const textOf = (metadata: unknown, data: unknown) => JSON.stringify({ metadata, data });
const withKey = (entry: unknown) => textOf(METADATA, [good, entry]);
const withBlock = (entry: unknown) => withKey({ ...keyEntry(KEY_A, []), signed_blocks: [entry] });
const withVote = (entry: unknown) => withKey({ ...keyEntry(KEY_A, []), signed_attestations: [entry] });
const withVersion = (version: unknown) =>
  textOf({ ...METADATA, interchange_format_version: version }, [good]);
const withNetwork = (gvr: unknown) => textOf({ ...METADATA, genesis_validators_root: gvr }, [good]);

const BLOCK = '$.data[1].signed_blocks[0]';
const VOTE = '$.data[1].signed_attestations[0]';
const INVALID = 'INTERCHANGE_INVALID';

/** What is wrong, the file, the error code, and the JSON path that the message must name. */
export const REFUSED_FILES: readonly (readonly [what: string, text: string, code: string, path: string])[] = [
  ['a version that is a number', withVersion(5), INVALID, '$.metadata.interchange_format_version'],
  ...['4', '6', '5.0', ' 5', '05', '', '5\n'].map(
    (version) =>
      [
        `version ${JSON.stringify(version)}`,
        withVersion(version),
        'INTERCHANGE_WRONG_VERSION',
        '$.metadata.interchange_format_version',
      ] as const,
  ),
  [
    'no version',
    textOf({ genesis_validators_root: METADATA.genesis_validators_root }, [good]),
    INVALID,
    '$.metadata lacks "interchange_format_version"',
  ],
  [
    'another network',
    withNetwork(root(0xbad)),
    'INTERCHANGE_WRONG_NETWORK',
    '$.metadata.genesis_validators_root',
  ],
  ['a short network root', withNetwork('0x1e57'), INVALID, '$.metadata.genesis_validators_root'],
  [
    'a network root without 0x',
    withNetwork(GENESIS_VALIDATORS_ROOT.slice(2)),
    INVALID,
    '$.metadata.genesis_validators_root',
  ],
  ['a network root of null', withNetwork(null), INVALID, '$.metadata.genesis_validators_root'],
  [
    'no network root',
    textOf({ interchange_format_version: '5' }, [good]),
    INVALID,
    '$.metadata lacks "genesis_validators_root"',
  ],
  ['no metadata', JSON.stringify({ data: [good] }), INVALID, '$ lacks "metadata"'],
  ['metadata of null', textOf(null, [good]), INVALID, '$.metadata must be a JSON object'],
  ['no data', JSON.stringify({ metadata: METADATA }), INVALID, '$ lacks "data"'],
  ...[null, {}, 'x', 5].map(
    (data) =>
      [
        `data ${JSON.stringify(data)}`,
        textOf(METADATA, data),
        INVALID,
        '$.data must be a JSON array',
      ] as const,
  ),
  ['a document that is an array', '[]', INVALID, '$ must be a JSON object'],
  ['an entry of null', withKey(null), INVALID, '$.data[1] must be a JSON object'],
  ['an entry that is an array', withKey([]), INVALID, '$.data[1] must be a JSON object'],
  [
    'an unknown field of a key',
    withKey({ ...keyEntry(KEY_A, []), comment: 'hi' }),
    INVALID,
    '$.data[1].comment is not a field',
  ],
  [
    'an unknown field of a block',
    withBlock({ slot: '1', graffiti: 'x' }),
    INVALID,
    `${BLOCK}.graffiti is not a field`,
  ],
  [
    'an unknown field of the document',
    JSON.stringify({ metadata: METADATA, data: [good], extra: 1 }),
    INVALID,
    '$.extra is not a field',
  ],
  [
    'the name of an inherited property',
    withBlock({ slot: '1', toString: 'x' }),
    INVALID,
    `${BLOCK}.toString is not a field`,
  ],
  [
    'a key of a prototype',
    documentOf(good).replace('"metadata"', '"__proto__":{},"metadata"'),
    INVALID,
    '__proto__',
  ],
  [
    'a key listed twice in an object',
    documentOf(good).replace('"slot":"90"', '"slot":"90","slot":"1"'),
    INVALID,
    '$.data[0].signed_blocks[0].slot: duplicate key',
  ],
  [
    'no signed_blocks',
    withKey({ pubkey: KEY_A, signed_attestations: [] }),
    INVALID,
    '$.data[1] lacks "signed_blocks"',
  ],
  [
    'no signed_attestations',
    withKey({ pubkey: KEY_A, signed_blocks: [] }),
    INVALID,
    '$.data[1] lacks "signed_attestations"',
  ],
  [
    'signed_blocks of null',
    withKey({ ...keyEntry(KEY_A, []), signed_blocks: null }),
    INVALID,
    '$.data[1].signed_blocks must be a JSON array',
  ],
  ['no pubkey', withKey({ signed_blocks: [], signed_attestations: [] }), INVALID, '$.data[1] lacks "pubkey"'],
  ['no slot', withBlock({ signing_root: root(1) }), INVALID, `${BLOCK} lacks "slot"`],
  ['no source_epoch', withVote({ target_epoch: '1' }), INVALID, `${VOTE} lacks "source_epoch"`],
  ['no target_epoch', withVote({ source_epoch: '1' }), INVALID, `${VOTE} lacks "target_epoch"`],
  ...[
    'NaN',
    '1e400',
    '-1',
    '01',
    '',
    ' 1',
    '1\n',
    '+1',
    '0x10',
    '1.0',
    '1e3',
    '٥',
    '18446744073709551616',
  ].map((slot) => [`slot ${JSON.stringify(slot)}`, withBlock({ slot }), INVALID, `${BLOCK}.slot`] as const),
  ['a slot that is a number', withBlock({ slot: 1 }), INVALID, `${BLOCK}.slot must be a JSON string`],
  ['a slot of null', withBlock({ slot: null }), INVALID, `${BLOCK}.slot must be a JSON string`],
  ['a slot that is an array', withBlock({ slot: ['1'] }), INVALID, `${BLOCK}.slot must be a JSON string`],
  [
    'a source that is a number',
    withVote({ source_epoch: 0, target_epoch: '1' }),
    INVALID,
    `${VOTE}.source_epoch`,
  ],
  ['a target with a sign', withVote(attEntryText('0', '-1')), INVALID, `${VOTE}.target_epoch`],
  ['a slot of 2^63', withBlock({ slot: (2n ** 63n).toString() }), INVALID, `${BLOCK}.slot`],
  [
    'a target of 2^64 - 1',
    withVote(attEntryText('0', (2n ** 64n - 1n).toString())),
    INVALID,
    `${VOTE}.target_epoch`,
  ],
  ['a source of 2^63', withVote(attEntryText((2n ** 63n).toString(), '1')), INVALID, `${VOTE}.source_epoch`],
  ['a slot from the future', withBlock(blockEntry(8 * 102)), 'INTERCHANGE_IN_FUTURE', `${BLOCK}.slot`],
  ['a target from the future', withVote(attEntry(0, 102)), 'INTERCHANGE_IN_FUTURE', `${VOTE}.target_epoch`],
  ['a source from the future', withVote(attEntry(102, 1)), 'INTERCHANGE_IN_FUTURE', `${VOTE}.source_epoch`],
  [
    'a root that is too short',
    withBlock({ slot: '1', signing_root: '0x00' }),
    INVALID,
    `${BLOCK}.signing_root`,
  ],
  ['a root of null', withBlock({ slot: '1', signing_root: null }), INVALID, `${BLOCK}.signing_root`],
  ['a pubkey of 47 bytes', withKey(keyEntry(KEY_A.slice(0, -2), [])), INVALID, '$.data[1].pubkey'],
  ['a pubkey cut short', withKey(keyEntry(KEY_A.slice(4), [])), INVALID, '$.data[1].pubkey'],
  [
    'a pubkey that is not on the curve',
    withKey(keyEntry(`0x${'ab'.repeat(48)}`, [])),
    INVALID,
    '$.data[1].pubkey',
  ],
  [
    'the point at infinity as pubkey',
    withKey(keyEntry(`0xc0${'00'.repeat(47)}`, [])),
    INVALID,
    '$.data[1].pubkey',
  ],
  ['an empty file', '', INVALID, '$'],
  ['a file that is cut off', documentOf(good, keyEntry(KEY_A, [blockEntry(5)])).slice(0, -3), INVALID, '$'],
  ['text behind the document', `${documentOf(good)}x`, INVALID, '$'],
  ['a second document', documentOf(good) + documentOf(good), INVALID, '$'],
  ['a byte-order mark', `\u{feff}${documentOf(good)}`, INVALID, 'byte-order mark'],
  [
    'a value without end',
    documentOf(good).replace('"90"', `"${'9'.repeat(9000)}"`),
    INVALID,
    '$.data[0].signed_blocks[0].slot',
  ],
  ['nesting without end', '['.repeat(10_000), INVALID, '$'],
];

function attEntryText(source_epoch: string, target_epoch: string) {
  return { source_epoch, target_epoch };
}
