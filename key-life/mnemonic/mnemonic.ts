import { randomBytes } from 'node:crypto';
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordListOf, type Language } from './languages.ts';

/** Words of BIP-39 whose checksum is right, NFKD, in order. */
export interface Mnemonic {
  readonly words: readonly string[];
  readonly language: Language;
}

/** Twenty-four words: as strong as the keys that come of them. */
const ENTROPY_BYTES = 32;

/** A new mnemonic of 24 words, from the operating system's generator. */
export async function newMnemonic(language: Language): Promise<Mnemonic> {
  const entropy = randomBytes(ENTROPY_BYTES);
  try {
    return await mnemonicOf(entropy, language);
  } finally {
    entropy.fill(0);
  }
}

/** The words of given entropy: 16, 20, 24, 28 or 32 bytes. */
export async function mnemonicOf(entropy: Uint8Array, language: Language): Promise<Mnemonic> {
  const list = await wordListOf(language);
  // Japanese words come with the wide space that belongs between them.
  return {
    words: entropyToMnemonic(entropy, [...list])
      .normalize('NFKD')
      .split(' '),
    language,
  };
}

/** Whether the checksum in the last word fits the others. */
export async function checksumFits({ words, language }: Mnemonic): Promise<boolean> {
  const list = await wordListOf(language);
  try {
    mnemonicToEntropy(words.join(' '), [...list]).fill(0);
    return true;
  } catch {
    // Whatever it says may quote a word.
    return false;
  }
}

/** As people write it: letters with their accents on, and between Japanese words the wide space of the BIP. */
export function mnemonicText({ words, language }: Mnemonic): string {
  return words.map((word) => word.normalize('NFC')).join(language === 'japanese' ? '\u3000' : ' ');
}
