import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  enoughLetters,
  LANGUAGES,
  parseLanguage,
  wordListOf,
} from '../../../../key-life/mnemonic/languages.ts';
import { mnemonicOf, mnemonicText, newMnemonic } from '../../../../key-life/mnemonic/mnemonic.ts';
import { parseMnemonic } from '../../../../key-life/mnemonic/parse-mnemonic.ts';
import { failureOf } from '../../signer/keystore/failure.ts';

const ENGLISH =
  'legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth title';

describe('what is no mnemonic', () => {
  it.each([
    ['', 'these are 0'],
    ['legal', 'these are 1'],
    [`${ENGLISH} legal`, 'these are 25'],
  ])('a wrong number of words: %j', async (text, said) => {
    const failure = await failureOf(() => parseMnemonic(text));
    expect(failure).toMatchObject({ code: 'MNEMONIC_INVALID' });
    expect(failure.message).toContain(said);
  });

  it('a wrong checksum', async () => {
    const swapped = ENGLISH.replace('legal winner', 'winner legal');
    const failure = await failureOf(() => parseMnemonic(swapped));
    expect(failure.message).toContain('checksum');
  });

  it('words of no list are told by their places, never by themselves', async () => {
    const words = ENGLISH.split(' ');
    words[4] = 'hunterhunter';
    words[20] = 'xyzzy';
    const failure = await failureOf(() => parseMnemonic(words.join(' ')));
    expect(failure.message).toContain('5, 21');
    expect(failure.message).not.toContain('hunterhunter');
    for (const word of new Set(words)) expect(`${failure.message}${failure.hint}`).not.toContain(` ${word} `);
  });

  it('a longer word that begins like one of the list', async () => {
    const failure = await failureOf(() => parseMnemonic(ENGLISH.replace('legal', 'legalize')));
    expect(failure.message).toContain('word 1');
  });

  it('three letters of a longer word', async () => {
    const failure = await failureOf(() => parseMnemonic(ENGLISH.replace('wave', 'wav')));
    expect(failure.message).toContain('word 5');
  });

  it('words of another language than was said', async () => {
    expect(await failureOf(() => parseMnemonic(ENGLISH, 'spanish'))).toMatchObject({
      code: 'MNEMONIC_INVALID',
    });
  });

  it('a language that BIP-39 has not', async () => {
    expect(await failureOf(() => parseLanguage('latin'))).toMatchObject({ code: 'MNEMONIC_INVALID' });
  });
});

describe('what people type', () => {
  it('capitals, tabs, line ends and more spaces than needed', async () => {
    const typed = `  ${ENGLISH.toUpperCase().replaceAll(' ', ' \t\r\n ')}\n`;
    expect((await parseMnemonic(typed)).words.join(' ')).toBe(ENGLISH);
  });

  it('four letters of each word, where the list is made for that', async () => {
    for (const language of LANGUAGES.filter((one) => enoughLetters(one) !== null)) {
      const { words } = await newMnemonic(language);
      const short = words.map((word) => Array.from(word.normalize('NFC')).slice(0, 4).join(''));
      expect((await parseMnemonic(short.join(' '), language)).words).toEqual(words);
    }
  });

  it('letters without their accents', async () => {
    const { words } = await mnemonicOf(new Uint8Array(32), 'spanish');
    expect(words[0]?.normalize('NFC')).toBe('ábaco');
    const bare = words.join(' ').replace(/\p{M}/gu, '');
    expect((await parseMnemonic(bare, 'spanish')).words).toEqual(words);
  });

  it('every mnemonic that can be made is read back as it was shown', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...LANGUAGES),
        fc
          .constantFrom(16, 20, 24, 28, 32)
          .chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
        async (language, entropy) => {
          const made = await mnemonicOf(entropy, language);
          const read = await parseMnemonic(mnemonicText(made), language);
          expect(read.words).toEqual(made.words);
        },
      ),
      { numRuns: 60 },
    );
  });
});

it('a new mnemonic has 24 words, and never the same', async () => {
  const [one, other] = [await newMnemonic('english'), await newMnemonic('english')];
  expect(one.words).toHaveLength(24);
  expect(one.words).not.toEqual(other.words);
});

it.each(LANGUAGES)('the %s list has 2048 different words in NFKD', async (language) => {
  const list = await wordListOf(language);
  expect(new Set(list.map((word) => word.normalize('NFKD'))).size).toBe(2048);
  expect(list.every((word) => word === word.normalize('NFKD'))).toBe(true);
});
