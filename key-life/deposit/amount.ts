import { keyLifeError } from '../key-life-errors.ts';
import type { CredentialsKind } from './withdrawal-credentials.ts';

export const GWEI_PER_ETH = 10n ** 9n;
const MIN_GWEI = GWEI_PER_ETH;
const MAX_GWEI: Readonly<Record<CredentialsKind, bigint>> = {
  bls: 32n * GWEI_PER_ETH,
  execution: 32n * GWEI_PER_ETH,
  compounding: 2048n * GWEI_PER_ETH,
};

/** Gwei from a decimal number of ETH. @throws DEPOSIT_AMOUNT_INVALID */
export function parseDepositAmount(text: string, kind: CredentialsKind): bigint {
  const match = /^(0|[1-9][0-9]{0,4})(?:\.([0-9]{1,9}))?$/.exec(text);
  if (match === null) throw keyLifeError('DEPOSIT_AMOUNT_INVALID', 'the amount must be a number of ETH');
  const [, whole = '0', fraction = ''] = match;
  return assertDepositAmount(BigInt(whole) * GWEI_PER_ETH + BigInt(fraction.padEnd(9, '0')), kind);
}

/** @throws DEPOSIT_AMOUNT_INVALID */
export function assertDepositAmount(gwei: bigint, kind: CredentialsKind): bigint {
  if (gwei >= MIN_GWEI && gwei <= MAX_GWEI[kind]) return gwei;
  const most = (MAX_GWEI[kind] / GWEI_PER_ETH).toString();
  throw keyLifeError(
    'DEPOSIT_AMOUNT_INVALID',
    `the amount must be from 1 to ${most} ETH, it is ${ethText(gwei)}`,
  );
}

/** Without zeros at its end. */
export function ethText(gwei: bigint): string {
  const fraction = (gwei % GWEI_PER_ETH).toString().padStart(9, '0').replace(/0+$/, '');
  const whole = (gwei / GWEI_PER_ETH).toString();
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
