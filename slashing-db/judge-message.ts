import type { Pubkey } from '../core/units.ts';
import { checkControls } from './key-controls.ts';
import type { KeyEntry } from './key-ledger.ts';
import type { AttestationMessage, BlockMessage, GuardedMessage } from './message.ts';
import { refuse, type Refusal } from './refusals.ts';
import type { RuleModules } from './rule-modules.ts';
import { checkAttestation } from './rules/check-attestation.ts';
import { checkBlock } from './rules/check-block.ts';
import { checkEarliest, checkTime } from './rules/check-time.ts';
import type { AttestationWatermark, BlockWatermark } from './watermark.ts';

interface Modules extends RuleModules {
  readonly silenced: (pubkey: Pubkey) => string | null;
  /** Puts down what is due under a key before a slashable message of it is held against its watermarks; or says why not. */
  readonly settleFloors: (pubkey: Pubkey) => Refusal | null;
}

/** `advance`: safe once `next` is on record. `repeat`: exactly what was recorded last. `unslashable`: no watermark. */
export type Judgement =
  | Refusal
  | { readonly kind: 'unslashable' | 'repeat' }
  | { readonly kind: 'advance-block'; readonly entry: KeyEntry; readonly next: BlockWatermark }
  | { readonly kind: 'advance-attestation'; readonly entry: KeyEntry; readonly next: AttestationWatermark };

const UNSLASHABLE: Judgement = { kind: 'unslashable' };
const REPEAT: Judgement = { kind: 'repeat' };

/** All the rules in their order, held against what memory knows of a key. Changes nothing by itself. */
export class MessageJudge {
  readonly #modules: Modules;

  constructor(modules: Modules) {
    this.#modules = modules;
  }

  judge(pubkey: Pubkey, message: GuardedMessage): Judgement {
    const { spec, clock, ledger, controls, silenced, settleFloors, toleranceSlots } = this.#modules;
    const entry = ledger.get(pubkey);
    if (entry === undefined || entry.state === 'known') return refuse('KEY_NOT_ADMITTED');
    if (entry.state === 'deleted') return refuse('KEY_DELETED');
    const silence = silenced(pubkey);
    if (silence !== null) return refuse('DOPPELGANGER_WATCH', silence);
    if (message.kind !== 'unslashable') {
      const refusal = this.#refusalByTime(entry, message);
      if (refusal !== null) return refusal;
      const unsettled = settleFloors(pubkey);
      if (unsettled !== null) return unsettled;
    }
    const refusal = checkControls(spec, controls.protection, controls.of(pubkey), message);
    if (refusal !== null) return refusal;
    if (message.kind === 'unslashable') {
      return checkEarliest(clock.slot, toleranceSlots, message) ?? UNSLASHABLE;
    }
    return againstWatermarks(ledger.get(pubkey) ?? entry, message);
  }

  #refusalByTime(entry: KeyEntry, message: BlockMessage | AttestationMessage): Refusal | null {
    const { spec, clock, onMissingHistory, toleranceSlots } = this.#modules;
    const { doubt } = clock;
    if (doubt !== null) return refuse('CLOCK_UNTRUSTED', doubt);
    if (onMissingHistory === 'refuse' && entry.block === null && entry.attestation === null) {
      return refuse('MISSING_HISTORY');
    }
    return checkTime(spec, clock.slot, toleranceSlots, message);
  }
}

function againstWatermarks(entry: KeyEntry, message: BlockMessage | AttestationMessage): Judgement {
  switch (message.kind) {
    case 'block': {
      const verdict = checkBlock(entry.block, message);
      if (verdict.kind === 'advance') return { kind: 'advance-block', entry, next: verdict.next };
      return verdict.kind === 'repeat' ? REPEAT : verdict;
    }
    case 'attestation': {
      const verdict = checkAttestation(entry.attestation, message);
      if (verdict.kind === 'advance') return { kind: 'advance-attestation', entry, next: verdict.next };
      return verdict.kind === 'repeat' ? REPEAT : verdict;
    }
  }
}
