import { keyLifeError } from '../key-life-errors.ts';

/** The languages of BIP-39, as its word lists are called. */
export const LANGUAGES = [
  'english',
  'chinese-simplified',
  'chinese-traditional',
  'czech',
  'french',
  'italian',
  'japanese',
  'korean',
  'portuguese',
  'spanish',
] as const;

export type Language = (typeof LANGUAGES)[number];

/** 2048 words in order, NFKD. */
export type WordList = readonly string[];

/** Four letters say which word it is, and accents do not matter (BIP-39, "Wordlist" and "Special considerations"). */
const ABBREVIATED: ReadonlySet<Language> = new Set([
  'english',
  'czech',
  'french',
  'italian',
  'portuguese',
  'spanish',
]);

/** How many letters of a word are enough; null where it has to be whole. */
export const enoughLetters = (language: Language): number | null => (ABBREVIATED.has(language) ? 4 : null);

const LISTS: Readonly<Record<Language, () => Promise<{ readonly wordlist: readonly string[] }>>> = {
  'english': () => import('@scure/bip39/wordlists/english.js'),
  'chinese-simplified': () => import('@scure/bip39/wordlists/simplified-chinese.js'),
  'chinese-traditional': () => import('@scure/bip39/wordlists/traditional-chinese.js'),
  'czech': () => import('@scure/bip39/wordlists/czech.js'),
  'french': () => import('@scure/bip39/wordlists/french.js'),
  'italian': () => import('@scure/bip39/wordlists/italian.js'),
  'japanese': () => import('@scure/bip39/wordlists/japanese.js'),
  'korean': () => import('@scure/bip39/wordlists/korean.js'),
  'portuguese': () => import('@scure/bip39/wordlists/portuguese.js'),
  'spanish': () => import('@scure/bip39/wordlists/spanish.js'),
};

/** Only the lists that are needed are loaded. */
export async function wordListOf(language: Language): Promise<WordList> {
  return (await LISTS[language]()).wordlist;
}

/** @throws MNEMONIC_INVALID */
export function parseLanguage(text: string): Language {
  const found = LANGUAGES.find((language) => language === text.toLowerCase());
  if (found !== undefined) return found;
  throw keyLifeError('MNEMONIC_INVALID', `--language must be one of ${LANGUAGES.join(', ')}`);
}
