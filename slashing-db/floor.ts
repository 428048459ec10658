import { epochOfSlot, type ChainSpec } from '../core/chain/chain-spec.ts';
import { epoch, type Slot } from '../core/units.ts';
import type { Watermarks } from './watermark.ts';

/**
 * Watermarks for a key whose past is not known: slot above now, source at least now - 1, target above now.
 * Whatever the key signed before, wherever, had a target of at most the epoch of that time and a source below it,
 * so no later vote that passes this floor can double, surround or be surrounded by it. Costs at most one epoch of duties.
 * Not covered: what another signer let out ahead of its time, within the tolerance of `check-time.ts`.
 */
export function floorAt(spec: ChainSpec, now: Slot): Watermarks {
  const target = epochOfSlot(spec, now);
  const source = epoch(target === 0n ? 0n : target - 1n);
  return { block: { slot: now, signingRoot: null }, attestation: { source, target, signingRoot: null } };
}
