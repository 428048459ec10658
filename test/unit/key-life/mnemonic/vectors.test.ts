import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { LANGUAGES, type Language } from '../../../../key-life/mnemonic/languages.ts';
import { mnemonicOf, mnemonicText } from '../../../../key-life/mnemonic/mnemonic.ts';
import { parseMnemonic } from '../../../../key-life/mnemonic/parse-mnemonic.ts';
import { seedOf } from '../../../../key-life/mnemonic/seed.ts';

/** Published vectors of BIP-39 in every language; all with the passphrase TREZOR. */
interface Vector {
  readonly language: Language;
  readonly entropy: string;
  readonly mnemonic: string;
  readonly seed: string;
}

const VECTORS = JSON.parse(
  readFileSync(new URL('../../../fixtures/bip39/vectors.json', import.meta.url), 'utf8'),
) as readonly Vector[];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('every language has a vector', () => {
  expect(new Set(VECTORS.map(({ language }) => language))).toEqual(new Set(LANGUAGES));
});

/** The vectors of the reference implementation that BIP-39 names (Trezor, python-mnemonic 0.21), in full. */
const PUBLISHED = JSON.parse(
  readFileSync(new URL('../../../fixtures/bip39/published.json', import.meta.url), 'utf8'),
) as Readonly<Record<Language, readonly Omit<Vector, 'language'>[]>>;

test.each(LANGUAGES)('all published vectors in %s', async (language) => {
  expect(PUBLISHED[language]).toHaveLength(24);
  for (const { entropy, mnemonic, seed } of PUBLISHED[language]) {
    const made = await mnemonicOf(Buffer.from(entropy, 'hex'), language);
    expect(mnemonicText(made).normalize('NFKD')).toBe(mnemonic.normalize('NFKD'));
    expect(hex(await seedOf(await parseMnemonic(mnemonic, language), 'TREZOR'))).toBe(seed);
  }
});

describe.each(VECTORS)('$language $entropy', ({ language, entropy, mnemonic, seed }) => {
  it('is made of its entropy, letter by letter', async () => {
    const made = await mnemonicOf(Buffer.from(entropy, 'hex'), language);
    expect(mnemonicText(made)).toBe(mnemonic.normalize('NFC'));
  });

  it('is read in any normal form, and gives its seed', async () => {
    for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'] as const) {
      const read = await parseMnemonic(mnemonic.normalize(form), language);
      expect(hex(await seedOf(read, 'TREZOR'))).toBe(seed);
    }
  });

  it('gives the same seed when nobody says its language', async () => {
    expect(hex(await seedOf(await parseMnemonic(mnemonic), 'TREZOR'))).toBe(seed);
  });

  it('gives another seed with another passphrase', async () => {
    expect(hex(await seedOf(await parseMnemonic(mnemonic, language), 'trezor'))).not.toBe(seed);
  });
});
