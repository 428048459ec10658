import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseMnemonic } from '../../../key-life/mnemonic/parse-mnemonic.ts';
import { KeyTree } from '../../../key-life/derivation/key-tree.ts';
import { pubkeyOf } from '../../../signer/keystore/bls-keys.ts';
import { runVigil, VigilTerminal } from '../support/vigil-terminal.ts';

const CTRL_C = '\x03';
const CTRL_D = '\x04';
// No word of it may be a word of a mnemonic: the screen shows those.
const PASSWORD = 'korrektes Pferd';
const ADDRESS = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vigil-prompts-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = (...more: string[]): VigilTerminal =>
  new VigilTerminal(
    ['keys', 'new', '--kdf', 'pbkdf2', '--data-dir', 'data', '--network', 'hoodi', ...more],
    folder,
  );

async function typePassword(terminal: VigilTerminal): Promise<void> {
  await terminal.see('New password of the keystores: ');
  terminal.type(`${PASSWORD}\r`);
  await terminal.see('The same again: ');
  terminal.type(`${PASSWORD}\r`);
}

/** Reads the words off the screen, as somebody with a pencil. */
async function readWords(terminal: VigilTerminal): Promise<string[]> {
  const shown = await terminal.see('Written down? Press Enter');
  const words = Array.from(shown.matchAll(/(\d+)\. (\S+)/g), ([, , word]) => word ?? '');
  expect(words).toHaveLength(24);
  return words;
}

async function retype(terminal: VigilTerminal, text: string): Promise<void> {
  terminal.type('\r');
  await terminal.see('Type the words');
  terminal.type(`${text}\r`);
}

/** Nothing at all was written, not even a folder. */
const nothingLeft = (): void => expect(readdirSync(folder)).toEqual([]);

describe('a mnemonic that is written down', () => {
  it('makes the keys that come of its words, with deposits, and leaves no word on the screen', async () => {
    const terminal = start('--count', '2', '--out', 'keys', '--withdrawal-address', ADDRESS);
    await typePassword(terminal);
    const words = await readWords(terminal);
    await retype(terminal, words.map((word) => word.slice(0, 4)).join(' '));
    expect(await terminal.ended()).toEqual({ code: 0, signal: 0 });

    const tree = await KeyTree.fromMnemonic(await parseMnemonic(words.join(' ')));
    const pubkeys = [0, 1].map((index) => pubkeyOf(tree.validatorKey(index, 'signing')));
    for (const pubkey of pubkeys) expect(terminal.output).toContain(pubkey);

    const files = readdirSync(join(folder, 'keys')).sort();
    expect(files.map((name) => name.replace(/-\d{10}/, ''))).toEqual([
      'deposit_data.json',
      'keystore-m_12381_3600_0_0_0.json',
      'keystore-m_12381_3600_1_0_0.json',
    ]);
    expect(readdirSync(folder)).toEqual(['keys']);
    for (const name of files) {
      expect(statSync(join(folder, 'keys', name)).mode & 0o777).toBe(0o600);
      expect(readFileSync(join(folder, 'keys', name), 'utf8')).not.toContain(words.slice(0, 3).join(' '));
    }
    // The words were on the second screen alone, which was cleared before it was left.
    const [, ...private_] = terminal.output.split('\x1b[?1049h');
    const [onScreen = '', after = ''] = private_.join('').split('\x1b[?1049l');
    expect(onScreen).toContain(words[0]);
    expect(onScreen.endsWith('\x1b[2J\x1b[3J\x1b[H')).toBe(true);
    expect(after).not.toContain(words.slice(0, 2).join(' '));
    expect(terminal.output).not.toContain(PASSWORD);

    const deposits = join('keys', files[0] ?? '');
    const verified = await runVigil(
      ['deposit', 'verify', deposits, '--network', 'hoodi', '--withdrawal-address', ADDRESS, '--json'],
      folder,
    );
    expect(verified.code).toBe(0);
    expect(JSON.parse(verified.out)).toMatchObject(pubkeys.map((pubkey) => ({ pubkey, problems: [] })));
  });

  it('may be typed wrongly twice', async () => {
    const terminal = start('--out', 'keys', '--language', 'spanish');
    await typePassword(terminal);
    const words = await readWords(terminal);
    const wrong = [...words];
    wrong[6] = words[6] === 'zurdo' ? 'ábaco' : 'zurdo';
    await retype(terminal, wrong.join(' '));
    await terminal.see('word 7.');
    await terminal.see('once more. ');
    terminal.type('\r');
    expect(await readWords(terminal)).toEqual(words);
    await retype(terminal, words.slice(1).join(' '));
    await terminal.see('These are 23 words');
    await terminal.see('once more. ');
    terminal.type('\r');
    await readWords(terminal);
    await retype(terminal, words.join(' '));
    expect((await terminal.ended()).code).toBe(0);
    expect(readdirSync(join(folder, 'keys'))).toHaveLength(1);
  });

  it('is kept by the data directory when no folder is named', async () => {
    mkdirSync(join(folder, 'data'), { mode: 0o700 });
    const terminal = start('--count', '1');
    const words = await readWords(terminal);
    await retype(terminal, words.join(' '));
    expect((await terminal.ended()).code).toBe(0);
    const tree = await KeyTree.fromMnemonic(await parseMnemonic(words.join(' ')));
    expect(readdirSync(join(folder, 'data', 'keys'))).toEqual([
      `${pubkeyOf(tree.validatorKey(0, 'signing'))}.json`,
    ]);
  });
});

describe('no file is left', () => {
  it('after three wrong attempts to type the mnemonic', async () => {
    const terminal = start('--out', 'keys', '--withdrawal-address', ADDRESS);
    await typePassword(terminal);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const words = await readWords(terminal);
      await retype(terminal, [...words.slice(1), words[0]].join(' '));
      if (attempt === 3) continue;
      await terminal.see('Not right');
      await terminal.see('once more. ');
      terminal.type('\r');
    }
    await terminal.see('was not typed again as it was shown');
    expect((await terminal.ended()).code).toBe(1);
    nothingLeft();
  });

  it.each([
    ['Ctrl-C', (terminal: VigilTerminal) => terminal.type(CTRL_C)],
    ['Ctrl-D', (terminal: VigilTerminal) => terminal.type(CTRL_D)],
    ['SIGTERM', (terminal: VigilTerminal) => process.kill(terminal.pid, 'SIGTERM')],
    ['SIGINT of another process', (terminal: VigilTerminal) => process.kill(terminal.pid, 'SIGINT')],
    ['SIGHUP of another process', (terminal: VigilTerminal) => process.kill(terminal.pid, 'SIGHUP')],
  ])('after %s at any question, and the first screen comes back', async (_, leave) => {
    const steps: readonly ((terminal: VigilTerminal) => Promise<unknown>)[] = [
      (terminal) => terminal.see('New password of the keystores: '),
      async (terminal) => {
        await terminal.see('New password of the keystores: ');
        terminal.type(`${PASSWORD}\r`);
        await terminal.see('The same again: ');
      },
      async (terminal) => {
        await typePassword(terminal);
        await readWords(terminal);
      },
      async (terminal) => {
        await typePassword(terminal);
        await readWords(terminal);
        terminal.type('\r');
        await terminal.see('Type the words');
      },
    ];
    for (const step of steps) {
      const terminal = start('--out', 'keys', '--withdrawal-address', ADDRESS);
      await step(terminal);
      leave(terminal);
      await terminal.see('a question was not answered');
      expect((await terminal.ended()).code).toBe(1);
      const [screens, left] = ['\x1b[?1049h', '\x1b[?1049l'].map(
        (code) => terminal.output.split(code).length,
      );
      expect(left).toBe(screens);
      nothingLeft();
    }
  });

  it('in an empty data directory, when its keys were to go there', async () => {
    mkdirSync(join(folder, 'data'), { mode: 0o700 });
    const terminal = start('--count', '1');
    await readWords(terminal);
    terminal.type(CTRL_C);
    expect((await terminal.ended()).code).toBe(1);
    expect(readdirSync(folder, { recursive: true })).toEqual(['data']);
  });

  it('Ctrl-Z does not leave the words behind with a shell', async () => {
    const terminal = start('--out', 'keys', '--withdrawal-address', ADDRESS);
    await typePassword(terminal);
    await readWords(terminal);
    terminal.type('\x1a');
    terminal.type('\r');
    await terminal.see('Type the words');
    terminal.type('\x1a');
    terminal.type(CTRL_C);
    await terminal.see('a question was not answered');
    expect((await terminal.ended()).code).toBe(1);
  });

  it('when the terminal is closed while the mnemonic is shown or typed', async () => {
    for (const typing of [false, true]) {
      const terminal = start('--out', 'keys', '--withdrawal-address', ADDRESS);
      await typePassword(terminal);
      await readWords(terminal);
      if (typing) {
        terminal.type('\r');
        await terminal.see('Type the words');
        terminal.type('some words that');
        await terminal.see('words that');
      }
      terminal.closeWindow();
      const { code, signal } = await terminal.ended();
      expect(code !== 0 || signal !== 0).toBe(true);
      nothingLeft();
    }
  });
});

describe('an old mnemonic', () => {
  const WORDS =
    'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';

  it('is asked for on the second screen, and a wrong word is told by its place', async () => {
    const terminal = start('--out', 'keys', '--mnemonic-prompt', '--start-index', '3');
    await typePassword(terminal);
    await terminal.see('Mnemonic, with spaces');
    terminal.type(`${WORDS.replace('about', 'abour')}\r`);
    await terminal.see('word 12 not in the english list');
    expect((await terminal.ended()).code).toBe(2);
    nothingLeft();
  });

  it('is taken in several lines, as it may be pasted, to its last word', async () => {
    const terminal = start('--out', 'keys', '--mnemonic-prompt', '--start-index', '3');
    await typePassword(terminal);
    await terminal.see('Mnemonic, with spaces');
    // The first twelve alone would be a mnemonic too short, or one whose checksum is wrong.
    const [line, last] = [Array<string>(12).fill('abandon'), [...Array<string>(11).fill('abandon'), 'art']];
    terminal.type(`${line.join(' ')}\r\n\n  ${last.slice(0, 6).join('\r')}\n${last.slice(6).join(' ')}`);
    await terminal.see('art');
    terminal.type('\r');
    expect((await terminal.ended()).code).toBe(0);
    const tree = await KeyTree.fromMnemonic(await parseMnemonic([...line, ...last].join(' ')));
    expect(terminal.output).toContain(pubkeyOf(tree.validatorKey(3, 'signing')));
  });

  it('can be given up in the middle of a paste', async () => {
    const terminal = start('--out', 'keys', '--mnemonic-prompt', '--start-index', '3');
    await typePassword(terminal);
    await terminal.see('Mnemonic, with spaces');
    terminal.type('abandon abandon\rabandon aband');
    await terminal.see('abandon aband');
    terminal.type(CTRL_C);
    expect((await terminal.ended()).code).toBe(1);
    nothingLeft();
  });

  it('gives the keys from the index that is said', async () => {
    const terminal = start('--out', 'keys', '--mnemonic-prompt', '--start-index', '3');
    await typePassword(terminal);
    await terminal.see('Mnemonic, with spaces');
    terminal.type(`${WORDS}\r`);
    expect((await terminal.ended()).code).toBe(0);
    const tree = await KeyTree.fromMnemonic(await parseMnemonic(WORDS));
    expect(terminal.output).toContain(pubkeyOf(tree.validatorKey(3, 'signing')));
    expect(readdirSync(join(folder, 'keys'))[0]).toMatch(/^keystore-m_12381_3600_3_0_0-/);
  });
});

it('passwords that are not alike or too short are asked for again', async () => {
  const terminal = start('--out', 'keys');
  await terminal.see('New password');
  terminal.type('short\r');
  await terminal.see('at least 8 characters');
  await terminal.see('New password');
  terminal.type(`${PASSWORD}\r`);
  await terminal.see('same again');
  terminal.type('korrektes Herd\r');
  await terminal.see('not the same');
  await typePassword(terminal);
  await readWords(terminal);
  terminal.type(CTRL_C);
  expect((await terminal.ended()).code).toBe(1);
  expect(terminal.output).not.toContain('Pferd');
  nothingLeft();
});
