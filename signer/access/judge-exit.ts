import type { Pubkey } from '../../core/units.ts';
import { OWNER } from './access-policy.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import { judgeAccess, type Decision } from './judge-access.ts';

/** What a voluntary exit over the keymanager API asks of the rules: both have to allow it. */
export interface ExitDecisions {
  /** Whether the client may write with the keymanager API at all. */
  readonly write: Decision;
  /** Whether it may have this key sign a VOLUNTARY_EXIT. */
  readonly sign: Decision;
}

const OWNERS: Decision = {
  allowed: true,
  rule: null,
  why: 'the owner of the data directory may use the keymanager API, and no rule says otherwise',
};

/**
 * An exit is a signature, whichever way it is asked for. The owner, who signs nothing without a rule that names it, gets
 * this one as part of the keymanager API, unless such a rule speaks of exits.
 */
export function judgeExit(policy: CompiledPolicy, client: string, key: Pubkey): ExitDecisions {
  const write = judgeAccess(policy, { client, action: 'keymanager-write' });
  const sign = judgeAccess(policy, { client, action: 'sign', key, type: 'VOLUNTARY_EXIT' });
  return { write, sign: client === OWNER && sign.rule === null ? OWNERS : sign };
}

/** Both as one answer, with the reason of the one that is in the way. */
export function exitDecision({ write, sign }: ExitDecisions): { allowed: boolean; why: string } {
  if (!write.allowed) return { allowed: false, why: `keymanager-write: ${write.why}` };
  return { allowed: sign.allowed, why: sign.why };
}
