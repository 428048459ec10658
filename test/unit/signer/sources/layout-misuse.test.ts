import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../keystore/failure.ts';
import { folderFor, load, newKey, PASSWORD, put, toolFolder, TOOLS } from './tool-folders.ts';

const BOM = '\ufeff';

/** What is done to the second of three keys, and what is said of it; the other two must not notice. */
const HARM: readonly [
  string,
  (place: { keystore: string; password: string; text: string }, ofAnother: string) => void,
  RegExp,
][] = [
  ['is cut off', ({ keystore, text }) => put(keystore, text.slice(0, 300)), /^KEYSTORE_INVALID /],
  ['has a byte-order mark', ({ keystore, text }) => put(keystore, BOM + text), /^KEYSTORE_INVALID /],
  ['is empty', ({ keystore }) => put(keystore, ''), /^KEYSTORE_INVALID /],
  ['is another key', ({ keystore }, other) => put(keystore, other), /^KEYSTORE_PUBKEY_MISMATCH /],
  [
    'is a folder',
    ({ keystore }) => {
      rmSync(keystore);
      mkdirSync(keystore);
    },
    /^KEY_FILE_UNREADABLE /,
  ],
  [
    'is a link to nowhere',
    ({ keystore }) => {
      rmSync(keystore);
      symlinkSync('/nonexistent/keystore.json', keystore);
    },
    /^KEY_FILE_MISSING /,
  ],
  ['is far too large', ({ keystore }) => put(keystore, ' '.repeat(1024 * 1024 + 1)), /^KEY_FILE_TOO_LARGE /],
];

const PASSWORD_HARM: readonly [string, (password: string) => void, RegExp][] = [
  ['is wrong', (password) => put(password, 'something else'), /^KEYSTORE_WRONG_PASSWORD /],
  ['is missing', (password) => rmSync(password), /^KEY_FILE_MISSING /],
  ['has a byte-order mark', (password) => put(password, BOM + PASSWORD), /^KEYSTORE_WRONG_PASSWORD /],
  ['is Latin-1', (password) => put(password, Buffer.from(PASSWORD, 'latin1')), /^KEYSTORE_BAD_PASSWORD /],
  ['has a space behind it', (password) => put(password, `${PASSWORD} `), /^KEYSTORE_WRONG_PASSWORD /],
  [
    'is a folder',
    (password) => {
      rmSync(password);
      mkdirSync(password);
    },
    /^KEY_FILE_UNREADABLE /,
  ],
];

describe.each(Object.entries(TOOLS))('%s', (name, tool) => {
  it.each(HARM)('gives the others when a keystore %s', async (what, harm, said) => {
    const { folder, places } = await toolFolder(tool);
    const [first, second, third] = places as [(typeof places)[0], (typeof places)[0], (typeof places)[0]];
    chmodSync(second.keystore, 0o600);
    const other = await newKey(PASSWORD);
    harm(second, other.text);
    const { pubkeys, failed } = await load(folder, tool.yaml);
    const byContent = name === 'teku' || name === 'deposit-cli';
    // Where the file names the key and not the folder, another key is another key.
    if (byContent && what === 'is another key') {
      expect([pubkeys, failed]).toEqual([[first.pubkey, third.pubkey, other.pubkey].sort(), []]);
      return;
    }
    expect(pubkeys).toEqual([first.pubkey, third.pubkey].sort());
    // A folder that is called like a keystore is searched; what is large and not called so is something else.
    const overlooked =
      (byContent && what === 'is a folder') || (name === 'teku' && what === 'is far too large');
    expect(failed).toEqual(overlooked ? [] : [expect.stringMatching(said) as string]);
    expect(failed.join()).not.toContain(PASSWORD);
  });

  if (tool.passwordOf !== null) {
    it.each(PASSWORD_HARM)('gives the others when a password %s', async (_what, harm, said) => {
      const { folder, places } = await toolFolder(tool);
      harm(places[1]!.password);
      expect(await load(folder, tool.yaml)).toEqual({
        pubkeys: [places[0]!.pubkey, places[2]!.pubkey].sort(),
        failed: [expect.stringMatching(said) as string],
      });
    });
  }

  it('gives every key as the tool left it, and passes over what else the tool keeps there', async () => {
    const { folder, places } = await toolFolder(tool);
    expect(await load(folder, tool.yaml)).toEqual({
      pubkeys: places.map(({ pubkey }) => pubkey).sort(),
      failed: [],
    });
  });

  it('takes line ends of any kind behind a password, and another form of the same letters', async () => {
    const { folder, places } = await toolFolder(tool);
    for (const [index, text] of [`${PASSWORD}\r\n`, `${PASSWORD}\n\n`, PASSWORD.normalize('NFD')].entries()) {
      put(places[index]!.password, text);
    }
    expect((await load(folder, tool.yaml)).failed).toEqual([]);
  });

  it('that is not there, or is the folder above, says so', async () => {
    const { folder, places } = await toolFolder(tool);
    const nowhere = tool.yaml.replace(/path: [^,}]+/, 'path: nowhere');
    expect((await failureOf(() => load(folder, nowhere))).code).toBe('KEY_FILE_MISSING');
    // Where files count, sub-folders are searched.
    if (name === 'teku' || name === 'deposit-cli') return;
    const above = tool.yaml.replace(/path: [^,}]+/, 'path: .');
    const error = await failureOf(() => load(folder, above));
    expect([error.code, error.message]).toEqual([
      'KEYSTORES_NOT_FOUND',
      expect.stringContaining(folder) as string,
    ]);
    expect(places).toHaveLength(3);
  });
});

describe.each(['lighthouse', 'lodestar', 'nimbus'])('%s', (name) => {
  it('finds folders and passwords whose names are in upper case', async () => {
    const tool = TOOLS[name]!;
    const { folder, places } = await toolFolder(tool);
    const upper = (path: string): string =>
      join(dirname(path), basename(path).toUpperCase().replace('0X', '0x'));
    renameSync(dirname(places[0]!.keystore), upper(dirname(places[0]!.keystore)));
    renameSync(places[0]!.password, upper(places[0]!.password));
    renameSync(dirname(places[1]!.keystore), upper(dirname(places[1]!.keystore)));
    expect(await load(folder, tool.yaml)).toEqual({
      pubkeys: places.map(({ pubkey }) => pubkey).sort(),
      failed: [],
    });
  });
});

describe('one password for all', () => {
  it.each(PASSWORD_HARM)('that %s opens nothing, and says so of every key', async (_what, harm, said) => {
    const tool = TOOLS['deposit-cli']!;
    const { folder, places } = await toolFolder(tool);
    harm(places[0]!.password);
    const { pubkeys, failed } = await load(folder, tool.yaml);
    expect(pubkeys).toEqual([]);
    expect(failed).toHaveLength(3);
    for (const line of failed) expect(line).toMatch(said);
  });

  it('that another key was made under keeps the others', async () => {
    const tool = TOOLS['deposit-cli']!;
    const { folder, places } = await toolFolder(tool);
    chmodSync(places[2]!.keystore, 0o600);
    put(places[2]!.keystore, (await newKey('another')).text);
    const { pubkeys, failed } = await load(folder, tool.yaml);
    expect(pubkeys).toEqual([places[0]!.pubkey, places[1]!.pubkey].sort());
    expect(failed).toEqual([expect.stringMatching(/^KEYSTORE_WRONG_PASSWORD /) as string]);
  });
});

it('a folder without any keystore says so', async () => {
  const folder = folderFor();
  put(join(folder, 'keys', 'deposit_data-1.json'), '[{}]');
  for (const yaml of [
    '  - {type: teku, path: keys}',
    '  - {type: deposit-cli, path: keys, password-file: p}',
  ]) {
    expect((await failureOf(() => load(folder, yaml))).code).toBe('KEYSTORES_NOT_FOUND');
  }
});
