import { epochOfSlot, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { slot, type Slot } from '../../core/units.ts';
import type { AttestationMessage, BlockMessage, UnslashableMessage } from '../message.ts';
import { refuse, type Refusal } from '../refusals.ts';

/** How far a client's clock may be ahead of ours. Clients ask at the start of the slot, not before. */
export const DEFAULT_TOLERANCE_SLOTS = 1n;

/** The largest slot or epoch that the storage can hold: SQLite integers are signed. */
export const MAX_STORABLE = 2n ** 63n - 1n;

/**
 * Nothing from the future is signed: one such signature would raise the watermark so far that the key is silent
 * until that time comes, and the boot floor relies on no signed target being later than its time.
 */
export function checkTime(
  spec: ChainSpec,
  now: Slot,
  toleranceSlots: bigint,
  message: BlockMessage | AttestationMessage,
): Refusal | null {
  const latest = slot(now + toleranceSlots);
  if (message.kind === 'block') {
    if (message.slot > MAX_STORABLE) return refuse('OUT_OF_RANGE');
    if (message.slot <= latest) return null;
    return refuse('IN_THE_FUTURE', `block at slot ${message.slot.toString()}, now is slot ${now.toString()}`);
  }
  if (message.target > MAX_STORABLE || message.source > MAX_STORABLE) return refuse('OUT_OF_RANGE');
  if (message.target <= epochOfSlot(spec, latest)) return null;
  const nowEpoch = epochOfSlot(spec, now).toString();
  return refuse('IN_THE_FUTURE', `attestation target ${message.target.toString()}, now is epoch ${nowEpoch}`);
}

/**
 * What cannot be slashed raises no watermark, but is of use before its time: whoever took a client over could gather the
 * RANDAO reveals of all proposals to come and choose among them long after it was thrown out again.
 */
export function checkEarliest(
  now: Slot,
  toleranceSlots: bigint,
  { earliest }: UnslashableMessage,
): Refusal | null {
  if (earliest === undefined || earliest <= now + toleranceSlots) return null;
  return refuse(
    'IN_THE_FUTURE',
    `it is signed from slot ${earliest.toString()} on, now is slot ${now.toString()}`,
  );
}
