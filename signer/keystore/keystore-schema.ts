import { z } from 'zod';
import { isJsonObject, parseStrictJson, type JsonValue } from '../../core/json/parse-strict-json.ts';
import { parsePubkey, type Pubkey } from '../../core/units.ts';
import { keyError } from '../key-errors.ts';
import type { SealedSecret } from './cipher.ts';
import { assertBearable } from './kdf.ts';

/** An EIP-2335 keystore. Fields of other tools beside these are kept, so that a file is stored as it came. */
export interface Keystore {
  readonly crypto: SealedSecret;
  readonly description?: string | null | undefined;
  /** 96 hex digits, by the EIP without 0x; {@link pubkeyNamedBy} reads it. */
  readonly pubkey?: string | undefined;
  /** EIP-2334 path, empty when unknown. */
  readonly path: string;
  readonly uuid: string;
  readonly version: 4;
}

const JSON_LIMITS = { maxDepth: 16, maxTokenBytes: 64 * 1024 };
const MAX_SALT_BYTES = 256;

const hexOf = (bytes: number) =>
  z.string().regex(new RegExp(`^[0-9a-fA-F]{${bytes * 2}}$`), `must be ${bytes * 2} hex digits without 0x`);

const salt = z
  .string()
  .regex(/^(?:[0-9a-fA-F]{2})+$/, 'must be hex digits without 0x')
  .max(MAX_SALT_BYTES * 2, `must be at most ${MAX_SALT_BYTES} bytes`);

const positive = z.int().min(1);

const scryptKdf = z.strictObject({
  function: z.literal('scrypt'),
  params: z.strictObject({ dklen: z.literal(32), n: positive, r: positive, p: positive, salt }),
  message: z.literal(''),
});

const pbkdf2Kdf = z.strictObject({
  function: z.literal('pbkdf2'),
  params: z.strictObject({ dklen: z.literal(32), c: positive, prf: z.literal('hmac-sha256'), salt }),
  message: z.literal(''),
});

const sealedAround = (message: z.ZodString) =>
  z.strictObject({
    kdf: z.discriminatedUnion('function', [scryptKdf, pbkdf2Kdf]),
    checksum: z.strictObject({
      function: z.literal('sha256'),
      params: z.strictObject({}),
      message: hexOf(32),
    }),
    cipher: z.strictObject({
      function: z.literal('aes-128-ctr'),
      params: z.strictObject({ iv: hexOf(16) }),
      message,
    }),
  });

/** Strict where it decides what is computed; lenient at the top level, where tools add names and notes. */
const keystoreSchema = z.looseObject({
  version: z.literal(4),
  crypto: sealedAround(hexOf(32)),
  description: z.string().nullish(),
  // Some tools write the 0x that the EIP leaves out; it changes nothing about which key is meant.
  pubkey: z
    .string()
    .regex(/^(?:0x)?[0-9a-fA-F]{96}$/, 'must be 96 hex digits')
    .optional(),
  // Prysm left it out for years, and others pass that on as null.
  path: z
    .string()
    .nullish()
    .transform((path) => path ?? ''),
  uuid: z.string().regex(/^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, 'must be a UUID'),
});

/**
 * A keystore from JSON that is parsed already, or from its text: the keymanager API sends keystores as strings.
 * @param field what the messages call it, e.g. a path or `keystores[3]`
 * @throws KEYSTORE_INVALID, KEYSTORE_TOO_COSTLY; neither quotes the file
 */
export function parseKeystore(json: JsonValue, field: string): Keystore {
  return typeof json === 'string'
    ? parseKeystoreBytes(Buffer.from(json, 'utf8'), field)
    : keystoreFrom(json, field);
}

/** As {@link parseKeystore}, from the bytes of a file. */
export function parseKeystoreBytes(bytes: Uint8Array, field: string): Keystore {
  return keystoreFrom(parseKeystoreJson(bytes, field), field);
}

/** True for JSON that means to be an EIP-2335 keystore, be it a broken one. */
export function looksLikeKeystore(value: JsonValue): boolean {
  return isJsonObject(value) && value['version'] === 4 && isJsonObject(value['crypto']);
}

/** @throws KEYSTORE_INVALID when the bytes are not strict JSON */
export function parseKeystoreJson(bytes: Uint8Array, field: string, limits = JSON_LIMITS): JsonValue {
  try {
    return parseStrictJson(bytes, limits);
  } catch {
    // The cause stays out: it names keys of a file that may be anything, such as a note with a mnemonic.
    throw keyError('KEYSTORE_INVALID', `${field} is not one complete strict JSON value`);
  }
}

/** The public key that the keystore claims, null when it claims none. */
export function pubkeyNamedBy(keystore: Keystore): Pubkey | null {
  if (keystore.pubkey === undefined) return null;
  return parsePubkey(`0x${keystore.pubkey.replace(/^0x/, '')}`, 'pubkey');
}

/** Around a secret of any length, as wallets of many keys have it. */
const walletSchema = z.looseObject({
  crypto: sealedAround(z.string().regex(/^(?:[0-9a-fA-F]{2})+$/, 'must be hex digits without 0x')),
});

/**
 * The sealed part of a file that is made as a keystore is, around something else than one key.
 * @throws KEYSTORE_INVALID, KEYSTORE_TOO_COSTLY
 */
export function parseSealed(bytes: Uint8Array, field: string): SealedSecret {
  const limits = { ...JSON_LIMITS, maxTokenBytes: bytes.length };
  const result = walletSchema.safeParse(parseKeystoreJson(bytes, field, limits));
  if (!result.success) throw keyError('KEYSTORE_INVALID', problemOf(result.error, field));
  const sealed: SealedSecret = result.data.crypto;
  assertBearable(sealed.kdf, `${field}.crypto.kdf`);
  return sealed;
}

function keystoreFrom(value: JsonValue, field: string): Keystore {
  const result = keystoreSchema.safeParse(value);
  if (!result.success) throw keyError('KEYSTORE_INVALID', problemOf(result.error, field));
  const keystore: Keystore = result.data;
  assertBearable(keystore.crypto.kdf, `${field}.crypto.kdf`);
  return keystore;
}

/** The first problem in our words. Zod's own are kept only where they name types and literals of the schema. */
function problemOf(error: z.ZodError, field: string): string {
  const [issue] = error.issues;
  if (issue === undefined) return `${field} is not a keystore`;
  const where = [field, ...issue.path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys') return `${where} has keys that EIP-2335 does not know there`;
  if (issue.code === 'invalid_union') return `${where} must be scrypt or pbkdf2`;
  if (issue.code === 'invalid_value') return `${where} must be ${issue.values.map(quoted).join(' or ')}`;
  return `${where}: ${issue.message}`;
}

const quoted = (value: unknown): string => JSON.stringify(value);
