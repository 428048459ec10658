import type { SecretKey } from '@chainsafe/blst';
import { pubkeyOf, secretKeyFromBytes } from '../keystore/bls-keys.ts';
import { inTurns } from './in-turns.ts';
import type { SourceKey } from './key-source.ts';
import { sourceError } from './source-errors.ts';

/**
 * Bare secret keys: 64 hex digits on a line, with or without 0x; blank lines and lines that start with # are passed over.
 * The text came out of a file or an answer and cannot be overwritten.
 * @param label what messages call it; keys of several lines get their line number behind it
 */
export async function* parseRawKeys(text: string, label: string): AsyncGenerator<SourceKey, void, undefined> {
  const lines = text.split(/\r\n|\r|\n/).map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const wanted = lines.filter(({ line }) => line !== '' && !line.startsWith('#'));
  if (wanted.length === 0) yield { label, error: sourceError('KEY_SOURCE_ANSWER', `${label} holds no key`) };
  for await (const { line, number } of inTurns(wanted)) {
    const named = wanted.length === 1 ? label : `${label}:${number}`;
    const secretKey = rawKey(line);
    yield secretKey === null
      ? {
          label: named,
          error: sourceError('KEY_SOURCE_ANSWER', `${named} is not 64 hex digits of a BLS secret key`),
        }
      : { label: named, pubkey: pubkeyOf(secretKey), secretKey };
  }
}

function rawKey(line: string): SecretKey | null {
  const digits = /^(?:0x)?([0-9a-f]{64})$/i.exec(line)?.[1];
  if (digits === undefined) return null;
  const secret = Buffer.from(digits, 'hex');
  try {
    return secretKeyFromBytes(secret);
  } catch {
    return null;
  } finally {
    secret.fill(0);
  }
}
