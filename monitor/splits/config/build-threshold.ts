import type { Threshold } from './pool.ts';
import type { ThresholdEntry } from './pool-schema.ts';
import type { Complain, Path } from './read-pool-file.ts';

export function buildThreshold(
  { 'network-minus': minus, 'at-least': least }: ThresholdEntry,
  complain: Complain,
  at: Path,
): Threshold | null {
  if (minus !== undefined && least !== undefined)
    throw complain([...at, 'at-least'], 'and network-minus exclude each other');
  if (minus !== undefined) return { kind: 'network-minus', bps: minus };
  if (least !== undefined) return { kind: 'at-least', bps: least };
  return null;
}
