import type { SigningBatch, SigningResult } from '../sharing-port.ts';
import type { StorageRecord } from '../storage-port.ts';
import type { Seat } from './seat.ts';
import { signQueries, signResult } from './sign-statement.ts';
import { mayTryAgain } from './try-again.ts';

/** All of the batch in one round trip, or nothing of it. @throws as {@link SharedStorage.sign} */
export async function signBatch(seat: Seat, batch: SigningBatch): Promise<SigningResult> {
  for (let tries = 1; ; tries += 1) {
    const { queries, head } = signQueries(batch, { ...seat.instance, revision: seat.revision });
    seat.sends({ head, records: recordsOf(batch) });
    try {
      const answers = await seat.ask(queries);
      const result = signResult(answers.at(-2) ?? []);
      if (result === null) throw await seat.displaced();
      if (result.kind === 'committed') seat.committed();
      else seat.wroteNothing();
      return result;
    } catch (error) {
      if (!mayTryAgain(error, tries)) throw seat.given(error);
      seat.wroteNothing();
    }
  }
}

/** What the anchors want to know of a batch. */
function recordsOf({ claims }: SigningBatch): StorageRecord[] {
  return claims.flatMap(({ pubkey, block, attestation }): StorageRecord[] => [
    ...(block === null ? [] : [{ kind: 'block', mode: 'advance', pubkey, watermark: block } as const]),
    ...(attestation === null
      ? []
      : [{ kind: 'attestation', mode: 'advance', pubkey, watermark: attestation } as const]),
  ]);
}
