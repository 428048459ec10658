import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { epoch, slot, type Epoch } from '../../core/units.ts';
import type { Watermarks } from '../watermark.ts';

/**
 * Watermarks of a key that another signer gave up at `outEpoch`. That signer's votes have targets up to
 * outEpoch - 1 and so sources up to outEpoch - 2; a vote above this floor can neither double nor surround them nor
 * be surrounded by them, even if both signers run for ever.
 */
export function takeoverFloor(spec: ChainSpec, outEpoch: Epoch): Watermarks {
  if (outEpoch === 0n) return { block: null, attestation: null };
  const source = epoch(outEpoch > 2n ? outEpoch - 2n : 0n);
  return {
    block: { slot: slot(outEpoch * spec.slotsPerEpoch - 1n), signingRoot: null },
    attestation: { source, target: epoch(outEpoch - 1n), signingRoot: null },
  };
}
