import type { Pubkey } from '../../core/units.ts';
import type { Asked, Guard } from '../../slashing-db/index.ts';
import type { SignRequest } from '../messages/parse-sign-request.ts';
import { judge } from './judge.ts';
import type { Policy } from './policy.ts';
import type { PolicyRefusal } from './policy-refusals.ts';
import { rulesOfKey, type KeySettings, type RulesOfKey } from './rules-of-key.ts';

interface Modules {
  readonly policy: () => Policy;
  /** The validator index of a key, or null while it is not known. */
  readonly indexOf: (pubkey: Pubkey) => bigint | null;
  /** What was set over the keymanager API. */
  readonly keySettings?: (pubkey: Pubkey) => KeySettings;
  readonly guard: Pick<Guard, 'recordRefusal'>;
}

/** Where every sign request passes between its parsing and the guard. */
export class PolicyGate {
  readonly #modules: Modules;

  constructor(modules: Modules) {
    this.#modules = modules;
  }

  /** Why this must not be signed, on record already; or null, and then the guard is asked. */
  refusalOf(pubkey: Pubkey, request: SignRequest, asked: Asked): PolicyRefusal | null {
    const refusal = judge(request, this.rulesOf(pubkey), this.indexOf(pubkey), pubkey);
    if (refusal !== null) this.#modules.guard.recordRefusal(pubkey, request.message, asked, refusal.reason);
    return refusal;
  }

  /** What is in force for a key now. */
  rulesOf(pubkey: Pubkey): RulesOfKey {
    const { policy, keySettings } = this.#modules;
    return rulesOfKey(policy(), pubkey, keySettings?.(pubkey));
  }

  indexOf(pubkey: Pubkey): bigint | null {
    return this.#modules.indexOf(pubkey);
  }
}
