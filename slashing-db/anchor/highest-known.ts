import { epoch, slot } from '../../core/units.ts';
import type { Watermarks } from '../watermark.ts';
import type { HighestKnown } from './anchor-record.ts';

export const NOTHING_KNOWN: HighestKnown = { slot: slot(0n), source: epoch(0n), target: epoch(0n) };

export const higher = (a: HighestKnown, b: HighestKnown): HighestKnown => ({
  slot: slot(max(a.slot, b.slot)),
  source: epoch(max(a.source, b.source)),
  target: epoch(max(a.target, b.target)),
});

/** Raised to a key's watermarks. */
export function raiseHighest(highest: HighestKnown, { block, attestation }: Watermarks): HighestKnown {
  return {
    slot: slot(max(highest.slot, block?.slot)),
    source: epoch(max(highest.source, attestation?.source)),
    target: epoch(max(highest.target, attestation?.target)),
  };
}

const max = (a: bigint, b: bigint | undefined): bigint => (b !== undefined && b > a ? b : a);
