import type { Adjustment } from './pool.ts';
import type { PoolFile } from './pool-schema.ts';
import type { Complain } from './read-pool-file.ts';

/** Without a word an adjustment is of the execution layer, or of the consensus layer where that is all there is. */
export function buildAdjustments(
  { adjustments = [] }: PoolFile,
  layers: { readonly cl: boolean; readonly el: boolean },
  complain: Complain,
): Adjustment[] {
  return adjustments.map((entry, index) => {
    const at = ['adjustments', index];
    const basis = entry.basis ?? (layers.el || !layers.cl ? 'el' : 'cl');
    if (!layers[basis])
      throw complain(
        [...at, 'basis'],
        `is ${basis}, and income.${basis} is false: that is not the pool's income`,
      );
    const fromHeld = entry['from-held'] ?? false;
    if (fromHeld && entry.eth < 0n)
      throw complain([...at, 'eth'], 'must be more than zero: what is held back is released, never added to');
    return {
      label: entry.label,
      on: entry.on,
      amountWei: entry.eth,
      basis,
      fromHeld,
      validator: entry.validator ?? null,
    };
  });
}
