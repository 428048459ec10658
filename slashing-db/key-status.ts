import type { Pubkey } from '../core/units.ts';
import type { KeyStatus } from './guard-contract.ts';
import type { KeyControls } from './key-controls.ts';
import { KeyLedger } from './key-ledger.ts';

/** All that the guard has on a key, as it is told outside: a key that was never admitted is unknown. */
export function keyStatus(pubkey: Pubkey, ledger: KeyLedger, controls: KeyControls): KeyStatus {
  const { state, ...entry } = ledger.get(pubkey) ?? KeyLedger.BLANK;
  return { pubkey, state: state === 'known' ? 'unknown' : state, ...entry, ...controls.of(pubkey) };
}
