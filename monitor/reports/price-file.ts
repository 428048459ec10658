import { readFileSync } from 'node:fs';
import { startOfDay } from '../splits/period.ts';
import { reportError } from './report-errors.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const PRICE = /^(0|[1-9]\d{0,11})(\.\d{1,18})?$/;

/** Decimal text of what one ether was worth, by UTC day. */
export type Prices = ReadonlyMap<string, string>;

/** @throws PRICES_FILE_INVALID with the line */
export function readPriceFile(path: string): Prices {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw reportError('PRICES_FILE_INVALID', `${path}: ${(error as Error).message}`, error);
  }
  return parsePrices(text, path);
}

/** @throws PRICES_FILE_INVALID with the line */
export function parsePrices(text: string, name: string): Prices {
  const fail = (line: number, problem: string): Error =>
    reportError('PRICES_FILE_INVALID', `${name}:${line}: ${problem}`);
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  if (lines[0] !== 'date,price') throw fail(1, 'the first line must be: date,price');
  const prices = new Map<string, string>();
  for (const [at, line] of lines.entries()) {
    if (at === 0) continue;
    const [day = '', price = '', ...more] = line.split(',');
    if (more.length > 0) throw fail(at + 1, 'a line has a date and a price, and nothing else');
    if (!DAY.test(day) || startOfDay(day) === null)
      throw fail(at + 1, `"${day.slice(0, 40)}" is not a day (2026-10-05)`);
    if (!PRICE.test(price)) throw fail(at + 1, `"${price.slice(0, 40)}" is not a price (3512.07)`);
    if (prices.has(day)) throw fail(at + 1, `${day} is there twice`);
    prices.set(day, price);
  }
  return prices;
}
