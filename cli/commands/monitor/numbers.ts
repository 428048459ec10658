import { parseEth, WEI_PER_GWEI } from '../../../monitor/splits/amounts.ts';
import { cliError } from '../../cli-errors.ts';

const WHOLE = /^[1-9][0-9]{0,6}$/;
const PERCENT = /^(0|[1-9][0-9]?|100)(?:\.([0-9]{1,2}))?$/;

/** @throws BAD_ARGUMENT unless it is a whole number from 1 to 9,999,999 */
export function wholeNumber(text: string, flag: string): number {
  if (!WHOLE.test(text)) throw cliError('BAD_ARGUMENT', `${flag} must be a whole number above zero`);
  return Number(text);
}

/** Several, by commas. @throws BAD_ARGUMENT */
export const wholeNumbers = (text: string, flag: string): number[] =>
  text.split(',').map((part) => wholeNumber(part, flag));

/** Basis points of a percentage such as `33` or `0.25`. @throws BAD_ARGUMENT */
export function basisPoints(text: string, flag: string): bigint {
  const [, whole = '', fraction = ''] = PERCENT.exec(text) ?? [];
  const bps = BigInt(whole || '0') * 100n + BigInt(fraction.padEnd(2, '0') || '0');
  if (whole === '' || bps > 10_000n)
    throw cliError('BAD_ARGUMENT', `${flag} must be a percentage with at most two decimals`);
  return bps;
}

/** Gwei of an amount of ether above zero. @throws BAD_ARGUMENT */
export function gweiOfEth(text: string, flag: string): bigint {
  const wei = parseEth(text);
  if (wei === null || wei <= 0n || wei % WEI_PER_GWEI !== 0n)
    throw cliError('BAD_ARGUMENT', `${flag} must be an amount of ether with at most nine decimals`);
  return wei / WEI_PER_GWEI;
}
