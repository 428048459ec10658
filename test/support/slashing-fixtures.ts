import { SecretKey } from '@chainsafe/blst';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import { epoch, parsePubkey, parseRoot, slot, type Pubkey, type Root } from '../../core/units.ts';
import type { AttestationMessage, BlockMessage } from '../../slashing-db/message.ts';

/** Small values that the tests of the guard are written in: `att(2, 3)` reads like the tables of the specs. */

type Integer = bigint | number;

export const root = (n: Integer): Root => parseRoot(`0x${n.toString(16).padStart(64, '0')}`, 'root');

export const GENESIS_VALIDATORS_ROOT = root(0x1e57n);

export const SPEC: ChainSpec = {
  name: 'tests',
  presetBase: 'minimal',
  genesisTimeSeconds: 1_600_000_000n,
  genesisValidatorsRoot: GENESIS_VALIDATORS_ROOT,
  slotsPerEpoch: 8n,
  slotDurationMs: 6000,
  forks: [{ name: 'phase0', version: new Uint8Array(4), epoch: epoch(0n) }],
};

/** So late that every slot and epoch that can be stored lies in the past. */
export const endOfTime = (spec: ChainSpec = SPEC): SlotClock => new SlotClock(spec, () => 1e30);

/** A clock that the test sets by the slot. */
export function clockAt(startSlot: number): { clock: SlotClock; moveTo: (slot: number) => void } {
  let now = startSlot;
  const time = () => Number(SPEC.genesisTimeSeconds) * 1000 + now * SPEC.slotDurationMs;
  return { clock: new SlotClock(SPEC, time), moveTo: (to) => (now = to) };
}

/** Real public keys, because imports check that a key is on the curve. */
export function key(n: number): Pubkey {
  const secret = SecretKey.fromKeygen(new Uint8Array(32).fill(n));
  return parsePubkey(secret.toPublicKey().toHex(), 'pubkey');
}

export const KEY_A = key(1);
export const KEY_B = key(2);

export const att = (source: Integer, target: Integer, signingRoot: Integer = 1): AttestationMessage => ({
  kind: 'attestation',
  source: epoch(BigInt(source)),
  target: epoch(BigInt(target)),
  signingRoot: root(signingRoot),
});

export const block = (at: Integer, signingRoot: Integer = 1): BlockMessage => ({
  kind: 'block',
  slot: slot(BigInt(at)),
  signingRoot: root(signingRoot),
});
