import { keyLifeError } from '../key-life-errors.ts';
import { LANGUAGES, type Language } from './languages.ts';
import { matchWords, splitWords } from './match-words.ts';
import { checksumFits, type Mnemonic } from './mnemonic.ts';

const LENGTHS: readonly number[] = [12, 15, 18, 21, 24];

/**
 * A mnemonic from what was typed or read.
 * @param language tried alone; all of them when left out. Lists share words, but the seed is made of the words alone:
 *   which list they are read by does not matter when they are whole.
 * @throws MNEMONIC_INVALID naming the place of a wrong word and never the word
 */
export async function parseMnemonic(text: string, language?: Language): Promise<Mnemonic> {
  const typed = splitWords(text);
  if (!LENGTHS.includes(typed.length)) {
    throw keyLifeError(
      'MNEMONIC_INVALID',
      `a mnemonic has 12, 15, 18, 21 or 24 words, these are ${typed.length}`,
    );
  }
  const tried = language === undefined ? LANGUAGES : [language];
  const readings = await Promise.all(tried.map((one) => readAs(typed, one)));
  const valid = readings.filter((reading) => reading.mnemonic !== null).map(({ mnemonic }) => mnemonic);
  const [first] = valid;
  if (first === undefined || first === null) throw noReading(readings, typed.length);
  if (valid.some((other) => other?.words.join(' ') !== first.words.join(' '))) {
    throw keyLifeError('MNEMONIC_INVALID', 'the shortened words may be of several languages: say --language');
  }
  return first;
}

interface Reading {
  readonly language: Language;
  /** Null when words or checksum are wrong. */
  readonly mnemonic: Mnemonic | null;
  /** From 1. */
  readonly wrongPlaces: readonly number[];
}

async function readAs(typed: readonly string[], language: Language): Promise<Reading> {
  const matched = await matchWords(typed, language);
  const words = matched.filter((word) => word !== null);
  const wrongPlaces = matched.flatMap((word, at) => (word === null ? [at + 1] : []));
  const mnemonic = { words, language };
  const valid = wrongPlaces.length === 0 && (await checksumFits(mnemonic));
  return { language, mnemonic: valid ? mnemonic : null, wrongPlaces };
}

/** Says what is wrong in the language that it comes nearest to. */
function noReading(readings: readonly Reading[], length: number): Error {
  const nearest = readings.reduce((best, reading) =>
    reading.wrongPlaces.length < best.wrongPlaces.length ? reading : best,
  );
  const { language, wrongPlaces } = nearest;
  if (wrongPlaces.length === 0) {
    return keyLifeError('MNEMONIC_INVALID', `every word is ${language}, but the checksum does not fit`);
  }
  if (wrongPlaces.length === length) {
    return keyLifeError('MNEMONIC_INVALID', 'these words are in no list of BIP-39');
  }
  const which = wrongPlaces.length === 1 ? 'word' : 'words';
  return keyLifeError(
    'MNEMONIC_INVALID',
    `${which} ${wrongPlaces.join(', ')} not in the ${language} list, which the others are in`,
  );
}
