import { z } from 'zod';
import { isVigilError } from '../../core/errors.ts';
import { parseStrictJson } from '../../core/json/parse-strict-json.ts';
import { keyError } from '../key-errors.ts';
import type { KeySettings } from './key-settings.ts';
import { parseFeeRecipient, parseGasLimit } from './setting-values.ts';

const JSON_LIMITS = { maxDepth: 2, maxTokenBytes: 1024 };

/** All members are always there: one that is missing was cut or edited out, and with it a restriction. */
const fileSchema = z.strictObject({
  fee_recipient: z.string().nullable(),
  gas_limit: z.string().nullable(),
  graffiti: z.string().nullable(),
});

export function encodeKeySettings({ feeRecipient, gasLimit, graffiti }: KeySettings): string {
  const file: z.infer<typeof fileSchema> = {
    fee_recipient: feeRecipient,
    gas_limit: gasLimit === null ? null : gasLimit.toString(),
    graffiti,
  };
  return `${JSON.stringify(file)}\n`;
}

/** @throws KEY_SETTINGS_INVALID naming the file and what is wrong in it */
export function decodeKeySettings(bytes: Uint8Array, path: string): KeySettings {
  try {
    const file = fileSchema.parse(parseStrictJson(bytes, JSON_LIMITS));
    return {
      feeRecipient:
        file.fee_recipient === null ? null : parseFeeRecipient(file.fee_recipient, 'fee_recipient'),
      gasLimit: file.gas_limit === null ? null : parseGasLimit(file.gas_limit, 'gas_limit'),
      graffiti: file.graffiti,
    };
  } catch (error) {
    const problem = problemOf(error);
    if (problem === null) throw error;
    throw keyError('KEY_SETTINGS_INVALID', `${path}: ${problem}`, error);
  }
}

function problemOf(error: unknown): string | null {
  if (isVigilError(error)) return error.message;
  if (!(error instanceof z.ZodError)) return null;
  const [issue] = error.issues;
  return `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'malformed'}`;
}
