import type { SignerSays } from './signer-history.ts';

/**
 * `ours`: one of our signers signed it. `foreign`: none did, though the key is theirs. `elsewhere`: the key was not
 * theirs to use at that time. `unknown`: their records do not reach that far. `open`: not all of them have answered.
 */
export type SeenJudgement = 'ours' | 'foreign' | 'elsewhere' | 'unknown' | 'open';

/**
 * What the answers of all signers say of one message. A key may live on any of them, and may have moved, so that only
 * all together can say that nobody signed it: one that is silent, or whose records are not complete, may have.
 * @param answers null from one that gave none
 */
export function judgeAnswers(answers: readonly (SignerSays | null)[]): SeenJudgement {
  if (answers.some((answer) => answer?.verdict === 'signed')) return 'ours';
  if (answers.includes(null)) return 'open';
  if (answers.some((answer) => answer?.verdict === 'unknown')) return 'unknown';
  return answers.some((answer) => answer?.verdict === 'not_signed') ? 'foreign' : 'elsewhere';
}

/** What our signers signed for the same duty, as JSON with the signer's name; null when nothing. */
export function oursOf(
  answers: readonly (SignerSays | null)[],
  signers: readonly { readonly name: string }[],
): string | null {
  const ours = answers.flatMap((answer, at) =>
    (answer?.recorded ?? []).map((record) => ({
      signer: signers[at]?.name ?? '',
      ...Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null)),
    })),
  );
  return ours.length === 0 ? null : JSON.stringify(ours);
}
