import { HttpFailure } from './http-json.ts';

export type DutyKind = 'block' | 'attestation' | 'aggregate' | 'sync_message' | 'sync_contribution';

/** `not_chosen`: the selection proof does not make it an aggregator. */
export type Performed = 'published' | 'not_chosen';

/** What became of one duty. */
export interface DutyOutcome {
  readonly duty: DutyKind;
  readonly slot: number;
  readonly pubkey: string;
  /** `refused`: the signer would not sign; `failed`: somebody did not answer as they should. */
  readonly result: Performed | 'refused' | 'failed';
  readonly reason: string | null;
}

/** Runs one duty; what goes wrong is told, and never ends the others. */
export async function outcomeOf(
  duty: DutyKind,
  slot: number,
  pubkey: string,
  perform: () => Promise<Performed>,
): Promise<DutyOutcome> {
  try {
    return { duty, slot, pubkey, result: await perform(), reason: null };
  } catch (error) {
    const refused = error instanceof HttpFailure && error.status === 412;
    return { duty, slot, pubkey, result: refused ? 'refused' : 'failed', reason: (error as Error).message };
  }
}
