import { fromHex, toHex } from '../../core/hex.ts';
import { sha256 } from './shuffle.ts';
import type { BeaconState } from './state.ts';

/**
 * Stands in for the state's hash tree root: 32 bytes that commit to everything a later state depends on. The real
 * root needs the whole BeaconState, most of which nobody can see through the API; block, body, attestation data
 * and signing roots are real.
 */
export function stateDigest(state: BeaconState): Uint8Array {
  return sha256(Buffer.from(JSON.stringify(state, plain)));
}

/** What a state carries along without being part of consensus. */
const NOT_CONSENSUS: ReadonlySet<string> = new Set(['journal', 'activeBalanceMemo', 'proposersMemo']);

function plain(key: string, value: unknown): unknown {
  if (NOT_CONSENSUS.has(key)) return undefined;
  if (typeof value === 'bigint') return value.toString();
  if (value === Infinity) return 'never';
  if (value instanceof Map) return [...(value as Map<unknown, unknown>)];
  if (value instanceof Uint8Array) return toHex(value);
  return value;
}

export const ZERO_BYTES_32 = fromHex(`0x${'00'.repeat(32)}`, 'root');
