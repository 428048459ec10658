import type { Refusal } from '../refusals.ts';

/** `advance`: safe once `next` is recorded. `repeat`: exactly the message recorded last, safe to sign again. */
export type Verdict<Watermark> =
  { readonly kind: 'advance'; readonly next: Watermark } | { readonly kind: 'repeat' } | Refusal;
