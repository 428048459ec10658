import { enoughLetters, wordListOf, type Language } from './languages.ts';

/** The words in what somebody typed: any white space between them, wide Japanese spaces too, any letter case. */
export function splitWords(text: string): string[] {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
}

/**
 * For each typed word the word of the list that is meant, null where there is none. In alphabetic lists the first four
 * letters are enough and accents may be left out: the lists are made so that this is never ambiguous.
 */
export async function matchWords(typed: readonly string[], language: Language): Promise<(string | null)[]> {
  const list = await wordListOf(language);
  const exact = new Set(list);
  const enough = enoughLetters(language);
  return typed.map((word) => {
    if (exact.has(word)) return word;
    return enough === null ? null : abbreviated(word, list, enough);
  });
}

function abbreviated(word: string, list: readonly string[], enough: number): string | null {
  const letters = withoutAccents(word);
  // A longer piece must be a piece of the word: `abandox` is not `abandon`.
  const fitting = list.filter((candidate) => {
    const whole = withoutAccents(candidate);
    return whole === letters || (letters.length >= enough && whole.startsWith(letters));
  });
  const [only] = fitting;
  return only !== undefined && fitting.length === 1 ? only : null;
}

/** The combining marks that NFKD sets apart from their letters. */
const withoutAccents = (word: string): string => word.replace(/\p{M}/gu, '');
