import type { Pubkey } from '../../../core/units.ts';
import type { SecretBytes } from '../bls-keys.ts';
import type { OpenedSecret } from './unlock-cache.ts';

export interface CachedKey {
  readonly pubkey: Pubkey;
  /** Until the next batch is asked for. */
  readonly secretKey: SecretBytes;
}

/** Overwrites the secrets when whoever asked for them comes back, or comes no more. */
export function* lent(opened: readonly OpenedSecret[]): Generator<CachedKey[], void, undefined> {
  try {
    // Not keys of blst, which has copies that nobody overwrites.
    yield opened.map(({ pubkey, secret }) => ({ pubkey, secretKey: { toBytes: () => secret.slice() } }));
  } finally {
    for (const { secret } of opened) secret.fill(0);
  }
}
