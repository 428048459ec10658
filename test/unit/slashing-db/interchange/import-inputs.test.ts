import { describe, expect, it } from 'vitest';
import {
  attEntry,
  blockEntry,
  documentOf,
  keyEntry,
  METADATA,
  streamOf,
  upperCase,
} from '../../../support/interchange-text.ts';
import {
  att,
  block,
  clockAt,
  GENESIS_VALIDATORS_ROOT,
  KEY_A,
  KEY_B,
  root,
} from '../../../support/slashing-fixtures.ts';
import { exportOf, openTestGuard, tempDatabase, verdict } from '../../../support/temp-guard.ts';

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
const REFUSED: readonly (readonly [what: string, text: string, code: string, path: string])[] = [
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
  ['a pubkey without 0x', withKey(keyEntry(KEY_A.slice(2), [])), INVALID, '$.data[1].pubkey'],
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

async function guardWithHistory() {
  const path = tempDatabase();
  // Slot 800 of 8 an epoch: epoch 100.
  const { clock } = clockAt(800);
  const guard = openTestGuard(path, { clock });
  await guard.admitKey(KEY_A, false);
  await verdict(guard, KEY_A, block(3));
  await verdict(guard, KEY_A, att(1, 2));
  return { guard, path, clock };
}

describe('a file that is refused', () => {
  it.each(REFUSED)('%s', async (_what, text, code, jsonPath) => {
    const { guard, path, clock } = await guardWithHistory();
    const before = exportOf(guard);
    const refusal: unknown = await guard.importInterchange(streamOf(text)).then(
      () => 'imported',
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({ code });
    expect((refusal as Error).message).toContain(jsonPath);
    expect(exportOf(guard)).toBe(before);
    expect(await verdict(guard, KEY_A, block(4))).toBe('released');
    await guard.close();
    const again = openTestGuard(path, { clock });
    expect(exportOf(again)).toBe(before.replace('"slot":"3"', '"slot":"4"'));
  });
});

describe('a file that is accepted', () => {
  const imported = async (...texts: string[]) => {
    const guard = openTestGuard(tempDatabase());
    const reports = [];
    for (const text of texts) reports.push(await guard.importInterchange(streamOf(text)));
    return { guard, report: reports.at(-1)! };
  };

  it('may name the network and the keys in any letter case', async () => {
    const metadata = { ...METADATA, genesis_validators_root: upperCase(GENESIS_VALIDATORS_ROOT) };
    const { guard } = await imported(textOf(metadata, [keyEntry(upperCase(KEY_A), [blockEntry(5)])]));
    expect(guard.statusOf(KEY_A).block?.slot).toBe(5n);
  });

  it('may have its parts in any order', async () => {
    const entry = { signed_attestations: [attEntry(1, 2)], pubkey: KEY_A, signed_blocks: [blockEntry(5)] };
    const { guard } = await imported(JSON.stringify({ data: [entry], metadata: METADATA }));
    expect(guard.statusOf(KEY_A)).toMatchObject({ block: { slot: 5n }, attestation: { target: 2n } });
  });

  it('is refused for its metadata even where they come last', async () => {
    const guard = openTestGuard(tempDatabase());
    const metadata = { ...METADATA, genesis_validators_root: root(0xbad) };
    const text = JSON.stringify({ data: [good], metadata });
    await expect(guard.importInterchange(streamOf(text))).rejects.toMatchObject({
      code: 'INTERCHANGE_WRONG_NETWORK',
    });
    expect(guard.listKeys()).toEqual([]);
  });

  it('has entries of one key merged, whatever their letter case and order', async () => {
    const entries = [
      keyEntry(KEY_A, [blockEntry(50, root(1))], [attEntry(2, 30, root(1))]),
      keyEntry(upperCase(KEY_A), [blockEntry(10)], [attEntry(9, 10)]),
      keyEntry(KEY_A, [], []),
    ];
    for (const order of [entries, [...entries].reverse()]) {
      const { guard, report } = await imported(documentOf(...order));
      expect(guard.statusOf(KEY_A)).toMatchObject({
        block: { slot: 50n, signingRoot: null },
        attestation: { source: 9n, target: 30n, signingRoot: null },
      });
      expect(report).toMatchObject({ keys: 1, blocks: 2, attestations: 2, raised: 1 });
    }
  });

  it('reports what no honest history contains, and still takes the maxima', async () => {
    const { guard, report } = await imported(
      documentOf(
        keyEntry(
          KEY_A,
          [blockEntry(5, root(1)), blockEntry(5, root(2))],
          [attEntry(7, 3), attEntry(1, 9, root(1)), attEntry(1, 9, root(2))],
        ),
      ),
    );
    expect(report.suspicious).toBe(3);
    expect(guard.statusOf(KEY_A)).toMatchObject({
      block: { slot: 5n },
      attestation: { source: 7n, target: 9n },
    });
  });

  it('is not called more suspicious for listing a key twice', async () => {
    const { report } = await imported(
      documentOf(
        keyEntry(KEY_A, [], [attEntry(2, 3)]),
        keyEntry(KEY_A, [], [attEntry(2, 3), attEntry(5, 1)]),
      ),
    );
    expect(report.suspicious).toBe(1);
  });

  it('may lie one epoch ahead of the clock, and any further only by force', async () => {
    const { guard } = await guardWithHistory();
    await guard.importInterchange(
      streamOf(documentOf(keyEntry(KEY_B, [blockEntry(8 * 102 - 1)], [attEntry(101, 101)]))),
    );
    expect(guard.statusOf(KEY_B)).toMatchObject({ block: { slot: 815n }, attestation: { target: 101n } });
    const future = documentOf(keyEntry(KEY_B, [blockEntry(9000)], [attEntry(0, 2n ** 63n - 1n)]));
    await guard.importInterchange(streamOf(future), { forceFuture: true });
    expect(guard.statusOf(KEY_B)).toMatchObject({
      block: { slot: 9000n },
      attestation: { target: 2n ** 63n - 1n },
    });
    const beyond = documentOf(keyEntry(KEY_B, [blockEntry(2n ** 63n)]));
    await expect(guard.importInterchange(streamOf(beyond), { forceFuture: true })).rejects.toMatchObject({
      code: INVALID,
    });
  });

  it('changes nothing when it is the own export, or an older one, or the same again', async () => {
    const { guard } = await guardWithHistory();
    const older = exportOf(guard);
    await verdict(guard, KEY_A, att(2, 4));
    await guard.importInterchange(streamOf(documentOf(good)));
    const before = exportOf(guard);
    for (const text of [older, before, documentOf(good), before]) {
      const report = await guard.importInterchange(streamOf(text));
      expect(exportOf(guard)).toBe(before);
      expect(report.raised).toBe(0);
    }
    expect(await verdict(guard, KEY_A, att(2, 4))).toBe('released');
  });

  it('may come while the key is signing; then it only raises', async () => {
    const guard = openTestGuard(tempDatabase());
    await guard.admitKey(KEY_A, false);
    const signing = Array.from({ length: 50 }, (_, n) => verdict(guard, KEY_A, att(n, n + 1)));
    const text = documentOf(keyEntry(KEY_A, [], [attEntry(10, 20)]));
    await Promise.all([guard.importInterchange(streamOf(text)), ...signing]);
    expect(guard.statusOf(KEY_A).attestation).toMatchObject({ source: 49n, target: 50n });
    expect(await verdict(guard, KEY_A, att(48, 51))).toBe('SURROUND_VOTE');
  });

  it('tells how far it is', async () => {
    const guard = openTestGuard(tempDatabase());
    const seen: number[] = [];
    const text = documentOf(good);
    await guard.importInterchange(streamOf(text, 100), { onProgress: (bytes) => seen.push(bytes) });
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.at(-1)).toBe(text.length);
  });
});
