import { z } from 'zod';
import { parseStrictJson, type JsonValue } from '../../core/json/parse-strict-json.ts';
import { keyLifeError } from '../key-life-errors.ts';

const hexOf = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`), `must be ${bytes * 2} lower-case hex digits without 0x`);

const entrySchema = z.looseObject({
  pubkey: hexOf(48),
  withdrawal_credentials: hexOf(32),
  /** Gwei, as a JSON number: 2048 ETH are far below what a number holds exactly. */
  amount: z.int().positive(),
  signature: hexOf(96),
  deposit_message_root: hexOf(32),
  deposit_data_root: hexOf(32),
  fork_version: hexOf(4),
  network_name: z.string(),
  deposit_cli_version: z.string(),
});

/** One deposit in the file that the launchpad takes. */
export interface DepositEntry {
  readonly pubkey: string;
  readonly withdrawal_credentials: string;
  readonly amount: number;
  readonly signature: string;
  readonly deposit_message_root: string;
  readonly deposit_data_root: string;
  readonly fork_version: string;
  readonly network_name: string;
  readonly deposit_cli_version: string;
}

const LIMITS = { maxDepth: 8, maxTokenBytes: 4096 };

export const depositFileText = (entries: readonly DepositEntry[]): string => `${JSON.stringify(entries)}\n`;

/** @param field what messages call the file @throws DEPOSIT_FILE_INVALID */
export function parseDepositFile(bytes: Uint8Array, field: string): DepositEntry[] {
  let json: JsonValue;
  try {
    json = parseStrictJson(bytes, LIMITS);
  } catch (error) {
    throw keyLifeError('DEPOSIT_FILE_INVALID', `${field} is not one complete strict JSON value`, error);
  }
  const read = z.array(entrySchema).min(1, 'holds no deposit').safeParse(json);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = ['$', ...(issue?.path ?? [])].map(String).join('.');
  throw keyLifeError('DEPOSIT_FILE_INVALID', `${field}: ${where} ${issue?.message ?? 'is wrong'}`);
}
