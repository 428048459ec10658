import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePubkey } from '../../../../core/units.ts';
import { parseWatchFile, parseWatchWord } from '../../../../monitor/watched/index.ts';
import { mergeWatched } from '../../../../monitor/watched/merge-watched.ts';

const KEY = `0x${'a7'.repeat(48)}`;
const ADDRESS = `0x${'Cd'.repeat(20)}`;
const parse = (text: string) => parseWatchFile(text, '/etc/vigil/monitor.yaml');

describe('a watch file', () => {
  it('names validators in every way that there is', () => {
    const entries = parse(`
watch:
  - pubkey: ${KEY}
    group: solo
    labels: [region:eu, ours]
  - index: [5, 100-102]
    labels: vc:one
  - pubkey:
      - ${'a8'.repeat(48)}
  - file: keys.txt
  - keystores: /var/lib/validators
  - signer: https://signer.lan:9000
    token-file: token.txt
  - signer: ../signer
  - withdrawal-address: ${ADDRESS}
`);
    expect(entries.map(({ source }) => source)).toEqual([
      { kind: 'ids', ids: [KEY] },
      { kind: 'ids', ids: [5, 100, 101, 102] },
      { kind: 'ids', ids: [`0x${'a8'.repeat(48)}`] },
      { kind: 'file', path: '/etc/vigil/keys.txt' },
      { kind: 'keystores', path: '/var/lib/validators' },
      { kind: 'signer', url: 'https://signer.lan:9000', tokenFile: '/etc/vigil/token.txt' },
      { kind: 'keystores', path: '/etc/signer/keys' },
      { kind: 'withdrawal-address', address: ADDRESS.toLowerCase() },
    ]);
    expect(entries[0]).toMatchObject({
      group: 'solo',
      labels: ['region:eu', 'ours'],
      where: '/etc/vigil/monitor.yaml line 3',
    });
    expect(entries[1]).toMatchObject({ group: null, labels: ['vc:one'] });
  });

  it('is explained by an example that is one', () => {
    const page = readFileSync(new URL('../../../../docs/watching.md', import.meta.url), 'utf8');
    const [, example = ''] = /```yaml\n([\s\S]+?)\n```/.exec(page) ?? [];
    const text = example.replace('0x8f…', KEY).replace('0xab…', ADDRESS);
    expect(parse(text).map(({ source }) => source.kind)).toEqual([
      'ids',
      'ids',
      'file',
      'keystores',
      'signer',
      'keystores',
      'withdrawal-address',
    ]);
  });

  it.each(['', '# nobody yet\n', 'watch: []'])('may name nobody: %j', (text) => {
    expect(parse(text)).toEqual([]);
  });

  it.each<[string, string, string]>([
    ['no list', 'watch: 5', 'line 1: watch must be a list'],
    ['a list of text', 'watch:\n  - 5', 'line 2: watch[0]'],
    ['another top', 'wtch: []', 'wtch is not known, did you mean watch?'],
    [
      'an unknown field',
      'watch:\n  - index: 5\n    grup: a',
      'line 3: watch[0].grup is not known, did you mean group?',
    ],
    ['nobody', 'watch:\n  - group: a', 'line 2: watch[0] names nobody'],
    ['two sources', `watch:\n  - index: 5\n    pubkey: ${KEY}`, 'does not go with'],
    [
      'a short pubkey',
      'watch:\n  - index: 5\n  - pubkey: 0x12',
      'line 3: watch[1].pubkey cannot be used: "0x12"',
    ],
    ['an index for a pubkey', 'watch:\n  - pubkey: 5', 'write index: 5'],
    ['a pubkey for an index', `watch:\n  - index: ${KEY}`, 'neither an index nor a range'],
    ['a range that ends early', 'watch:\n  - index: 9-5', 'ends before it starts'],
    ['a range of everybody', 'watch:\n  - index: 0-4000000000', 'more than'],
    ['an index that no validator has', 'watch:\n  - index: 4294967296', 'no validator has'],
    ['an address for a key', `watch:\n  - withdrawal-address: ${KEY}`, '40 hex digits'],
    ['another protocol', 'watch:\n  - signer: ftp://signer', 'http://'],
    [
      'a token for nothing',
      'watch:\n  - index: 5\n    token-file: a',
      'line 3: watch[0].token-file belongs to a signer',
    ],
    ['a group with a comma', 'watch:\n  - index: 5\n    group: "a,b"', 'line 3: watch[0].group must be'],
    ['a label with two colons', 'watch:\n  - index: 5\n    labels: [a:b:c]', 'watch[0].labels'],
    ['an empty name', 'watch:\n  - file: ""', 'must not be empty'],
    ['no YAML', 'watch:\n  - [', 'line 2:'],
    ['a key twice', 'watch: []\nwatch: []', 'line 2:'],
    ['an alias', 'watch:\n  - &a {index: 5}\n  - *a', 'aliases'],
  ])('is refused with %s, and the message says where', (_what, text, message) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'WATCH_FILE_INVALID', exitCode: 2 }));
    expect(() => parse(text)).toThrow(message);
    expect(() => parse(text)).toThrow('/etc/vigil/monitor.yaml');
  });
});

describe('--watch', () => {
  it.each([
    [KEY, { kind: 'ids', ids: [KEY] }],
    ['0', { kind: 'ids', ids: [0] }],
    ['7-9', { kind: 'ids', ids: [7, 8, 9] }],
    [ADDRESS, { kind: 'withdrawal-address', address: ADDRESS.toLowerCase() }],
    ['file:/a/b', { kind: 'file', path: '/a/b' }],
    ['keystores:/a', { kind: 'keystores', path: '/a' }],
    ['signer:http://a:9000', { kind: 'signer', url: 'http://a:9000', tokenFile: null }],
    ['signer:/var/lib/vigil', { kind: 'keystores', path: '/var/lib/vigil/keys' }],
  ])('%s', (word, source) => {
    expect(parseWatchWord(word)).toMatchObject({ source, group: null, labels: [] });
  });

  it.each(['', 'x', '0x12', '-1', '1.5', '01', '9-5', 'signer:ftp://a', 'validators:/a', `${KEY}0`])(
    '%j is refused',
    (word) => {
      expect(() => parseWatchWord(word)).toThrow(
        expect.objectContaining({ code: 'WATCH_WORD_INVALID', exitCode: 2 }),
      );
    },
  );
});

describe('validators that are named more than once', () => {
  const at = (index: number) => ({ index, pubkey: parsePubkey(KEY, 'pubkey') });
  const named = fc.array(
    fc.record({
      entry: fc.record({
        group: fc.constantFrom(null, 'a', 'b'),
        labels: fc.uniqueArray(fc.constantFrom('x', 'y', 'z')),
        where: fc.constant('here'),
      }),
      validators: fc.uniqueArray(fc.nat(5)).map((indices) => indices.map(at)),
    }),
  );

  it('are watched once, in the first group that is said, with all labels', () => {
    fc.assert(
      fc.property(named, (entries) => {
        const { watched, clashes } = mergeWatched(entries);
        const indices = [
          ...new Set(entries.flatMap(({ validators }) => validators.map(({ index }) => index))),
        ];
        expect(watched.map(({ index }) => index)).toEqual(indices.sort((a, b) => a - b));
        let clashing = false;
        for (const { index, group, labels } of watched) {
          const mine = entries.filter(({ validators }) => validators.some((one) => one.index === index));
          const groups = mine.flatMap(({ entry }) => entry.group ?? []);
          expect(group).toBe(groups[0] ?? 'default');
          expect(new Set(labels)).toEqual(new Set(mine.flatMap(({ entry }) => entry.labels)));
          expect(new Set(labels).size).toBe(labels.length);
          clashing ||= new Set(groups).size > 1;
        }
        expect(clashes.length > 0).toBe(clashing);
      }),
    );
  });
});
