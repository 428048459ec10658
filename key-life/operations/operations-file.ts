import { z } from 'zod';
import { parseStrictJson, type JsonValue } from '../../core/json/parse-strict-json.ts';
import { keyLifeError } from '../key-life-errors.ts';

const uint64 = z.string().regex(/^(0|[1-9][0-9]{0,19})$/, 'must be a string of decimal digits');
const hexOf = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${bytes * 2}}$`), `must be 0x and ${bytes * 2} hex digits`)
    .transform((text) => text.toLowerCase());

/** Other tools put notes of their own beside `message` and `signature`; they are left out, since nodes refuse them. */
const signedExit = z.object({
  message: z.strictObject({ epoch: uint64, validator_index: uint64 }),
  signature: hexOf(96),
});

const signedChange = z.object({
  message: z.strictObject({
    validator_index: uint64,
    from_bls_pubkey: hexOf(48),
    to_execution_address: hexOf(20),
  }),
  signature: hexOf(96),
});

/** `SignedVoluntaryExit` as JSON of the Beacon API. */
export type SignedExit = z.infer<typeof signedExit>;
/** `SignedBLSToExecutionChange` as JSON of the Beacon API. */
export type SignedChange = z.infer<typeof signedChange>;

/** One exit or a list of them, as the tools of this trade write them. @throws OPERATIONS_INVALID */
export const parseExits = (bytes: Uint8Array, field: string): SignedExit[] =>
  parseList(signedExit, bytes, field);

/** One change or a list of them. @throws OPERATIONS_INVALID */
export const parseChanges = (bytes: Uint8Array, field: string): SignedChange[] =>
  parseList(signedChange, bytes, field);

export const operationsText = (operations: readonly (SignedExit | SignedChange)[]): string =>
  `${JSON.stringify(operations, null, 2)}\n`;

function parseList<T extends { message: { validator_index: string } }>(
  schema: z.ZodType<T>,
  bytes: Uint8Array,
  field: string,
): T[] {
  let json: JsonValue;
  try {
    json = parseStrictJson(bytes, { maxDepth: 8, maxTokenBytes: 4096 });
  } catch (error) {
    throw keyLifeError('OPERATIONS_INVALID', `${field} is not one complete strict JSON value`, error);
  }
  const read = z
    .array(schema)
    .min(1, 'is empty')
    .safeParse(Array.isArray(json) ? json : [json]);
  if (!read.success) {
    const [issue] = read.error.issues;
    const where = ['$', ...(issue?.path ?? [])].map(String).join('.');
    throw keyLifeError('OPERATIONS_INVALID', `${field}: ${where} ${issue?.message ?? 'is wrong'}`);
  }
  const indices = read.data.map(({ message }) => message.validator_index);
  if (new Set(indices).size < indices.length) {
    throw keyLifeError('OPERATIONS_INVALID', `${field} names a validator twice`);
  }
  return read.data;
}
