import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM under a fresh random nonce: nonce, ciphertext, tag. `plain` is left as it is. */
export function sealBox(key: Uint8Array | KeyObject, plain: Uint8Array, boundTo: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Null when the box was sealed under another key, is bound to something else, or was changed. */
export function openBox(
  key: Uint8Array | KeyObject,
  box: Uint8Array,
  boundTo: Uint8Array,
): Uint8Array | null {
  const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(boundTo).setAuthTag(box.subarray(-TAG_BYTES));
  // All of it at once: GCM is a stream, so that `final` only judges.
  const plain = decipher.update(box.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return null;
  }
}
